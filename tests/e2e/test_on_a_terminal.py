"""The live view and its keys, with the command at a real terminal."""

import os
from typing import Any

import pytest
from people import make_recipient, screened
from terminals import Terminal

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def test_keys_steer_the_session_and_the_terminal_is_restored(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(lambda: terminal.shows("playing"), "live view")
    assert not terminal.restored
    device.until(lambda: terminal.shows("step 1 of 2"), "step")
    device.until(lambda: terminal.shows("┊"), "body map")
    device.until(lambda: terminal.shows("space pause"), "help line")
    terminal.press("-")
    device.until(lambda: terminal.shows("intensity 90 %"), "lower intensity")
    terminal.press(" ")
    device.until(lambda: terminal.shows("paused"), "pause")
    terminal.forget()
    terminal.press(" ")
    device.until(lambda: terminal.shows("playing"), "playing again")
    terminal.press("c")
    device.until(lambda: terminal.shows("step 2 of 2"), "closing")
    terminal.press("q")
    assert terminal.ended(run) == 0
    device.until(lambda: terminal.shows("stopped by a key"), "last line")
    assert terminal.restored
    assert device.state() == "disarmed"


def test_ctrl_c_on_the_terminal_stops_and_restores_it(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(lambda: terminal.heard(device.works), "work")
    terminal.press("\x03")
    assert terminal.ended(run) == 130
    device.until(lambda: terminal.shows("error: ended by Ctrl-C"), "the last word")
    assert terminal.restored
    assert not device.events("trip")


def test_a_terminal_that_goes_away_stops_the_session(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(lambda: terminal.heard(device.works), "work")
    terminal.shows("")
    os.close(terminal.master)
    terminal.master = -1
    assert run.wait(timeout=60) in (129, 7)
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert not device.events("trip")


def test_no_escape_byte_under_no_color(bench: Bench, terminal: Terminal) -> None:
    run = terminal.start(bench, "run", "short.toml", "--device", "sim:", NO_COLOR="1")
    bench_over = bench.until(lambda: terminal.shows("at rest") or run.poll() is not None, "end")
    assert bench_over
    assert terminal.ended(run) == 0
    assert terminal.shows("step 1 of 1")
    assert "\x1b" not in terminal.text


def test_a_reader_that_goes_away_stops_the_session(bench: Bench) -> None:
    device = bench.cushion()
    bench.clear()
    run = bench.start("run", "felt-check", "--device", device.path, "--json")
    assert run.stdout is not None
    device.until(device.works, "work")
    run.stdout.close()
    assert run.wait(timeout=60) == 7
    device.until(lambda: device.reached("disarmed"), "disarmed device")
    assert "Traceback" not in run.stderr.read()


def test_the_list_before_a_run_is_shown_and_confirmed_before_anything_is_opened(
    bench: Bench, terminal: Terminal
) -> None:
    device = bench.cushion()
    make_recipient("me", env=bench.env)
    screened("me", env=bench.env, ready=False)
    refused = terminal.start(bench, "run", "short.toml", "--device", device.path)
    device.until(lambda: terminal.shows("Is all of this so?"), "question")
    terminal.press("n\n")
    assert terminal.ended(refused) == 7
    assert device.events("state") == []
    terminal.forget()
    run = terminal.start(bench, "run", "short.toml", "--device", device.path)
    device.until(lambda: terminal.shows("Before it begins:"), "list")
    device.until(lambda: terminal.shows("Is all of this so?"), "question")
    assert device.events("state") == []
    terminal.press("y\n")
    assert terminal.ended(run) == 0
    assert device.works()
    assert terminal.restored


def test_a_guided_step_breathes_and_a_change_of_posture_waits(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, "run", "mixed.toml", "--device", device.path)
    device.until(lambda: terminal.shows("Turn over, slowly."), "instruction")
    device.until(lambda: terminal.shows("press space or Enter when you are ready"), "what it waits for")
    assert run.poll() is None
    terminal.press("\n")
    device.until(lambda: terminal.shows("Breathe with the bar."), "next instruction")
    for word in ("breathe in", "hold", "breathe out", "2 of 2"):
        device.until(lambda word=word: terminal.shows(word), word)
    device.until(lambda: terminal.shows("stay lying"), "rest")
    device.until(lambda: terminal.heard(lambda: device.reached("disarmed")), "disarmed device")
    device.until(lambda: terminal.shows("any key ends it"), "countdown")
    terminal.press("x")
    assert terminal.ended(run) == 0
    assert terminal.restored
    assert not device.events("trip")


def test_the_pain_key_eases_a_zone_and_pressed_again_stops(bench: Bench, terminal: Terminal) -> None:
    device = bench.cushion()
    bench.clear()
    run = terminal.start(bench, "run", "felt-check", "--device", device.path)
    device.until(lambda: terminal.heard(device.works), "work")
    terminal.press("p")
    device.until(lambda: terminal.shows("gets less from then on; p once more stops"), "eased zone")
    terminal.press("p")
    assert terminal.ended(run) == 0
    device.until(lambda: terminal.shows("stopped for pain"), "last line")
    assert device.state() == "disarmed"


def test_a_routine_of_hands_needs_no_device_and_breathes(bench: Bench, terminal: Terminal) -> None:
    bench.clear()
    run = terminal.start(bench, "run", "hands.toml")
    bench.until(lambda: terminal.shows("no device moves in this routine"), "what it is")
    for word in ("Breathe with the bar.", "breath, 1 of 10", "breathe in", "breathe out", "p pain"):
        bench.until(lambda word=word: terminal.shows(word), word)
    terminal.press(" ")
    bench.until(lambda: terminal.shows("paused"), "pause")
    terminal.forget()
    terminal.press(" ")
    bench.until(lambda: terminal.shows("playing"), "playing again")
    terminal.press("s")
    assert terminal.ended(run) == 0
    bench.until(lambda: terminal.shows("stopped by a key"), "last line")
    assert terminal.restored
