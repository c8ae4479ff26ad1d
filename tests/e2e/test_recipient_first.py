"""No device without a recipient who was asked today: real processes, a real serial line, a real ledger."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from people import cleared, data_home, ledger_of, make_recipient, screened

from firmware_bridge.clock import local_now
from kneadwave.people.gate import admit
from kneadwave.people.history import sessions
from kneadwave.people.ledger import read
from profiles.profile import load_profile, profile_source

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")

LONG = ("run", "long.toml", "--device")


def received(bench: Bench, name: str = "me") -> list[Any]:
    with data_home(bench.env):
        return sessions(read(name))


def test_step_by_step_until_it_plays(bench: Bench) -> None:
    device = bench.cushion()
    run = ("run", "short.toml", "--device", device.path, "--json")
    nobody = bench.here(*run)
    assert nobody.code == 7
    assert "knead recipient new" in nobody.last["hint"]
    assert bench.here("recipient", "new", "me", "--adult").code == 0
    unasked = bench.here(*run)
    assert unasked.code == 7
    assert "knead screen" in unasked.last["hint"]
    screened("me", env=bench.env, yes=["fever"])
    blocked = bench.here(*run)
    assert blocked.code == 7
    assert "rule" in blocked.last["error"]
    assert not device.works()
    assert device.events("state") == []
    cleared("guest", env=bench.env)
    played = bench.call(*run, "--recipient", "guest")
    assert played.code == 0, played.err
    assert device.works()
    assert received(bench, "guest")[-1].reason == "completed"


def test_a_screening_by_file_is_enough_for_a_script(bench: Bench) -> None:
    device = bench.cushion()
    assert bench.here("recipient", "new", "me", "--adult").code == 0
    template = bench.here("screen", "--template")
    assert template.code == 0
    answers = bench.folder / "answers.toml"
    answers.write_text(template.out, encoding="utf-8")
    unanswered = bench.here("screen", "--answers", "answers.toml")
    assert unanswered.code != 0
    from people import answers_text

    answers.write_text(answers_text(), encoding="utf-8")
    assert bench.here("screen", "--answers", "answers.toml").code == 0
    assert bench.call("run", "short.toml", "--device", device.path).code == 0
    again = bench.here("run", "short.toml", "--device", device.path)
    assert again.code == 7  # the list before a run holds for one run
    assert "confirmed" in again.err


def test_a_second_session_within_the_hour_is_refused(bench: Bench) -> None:
    device = bench.cushion()
    began = local_now() - timedelta(minutes=50)
    cleared("me", env=bench.env, now=began)
    with data_home(bench.env), admit("me", load_profile("first-session"), began, confirmed=None) as sitting:
        sitting.begin("first-session", device.path, 600.0, began)
        dose = {"lumbar-left": {"peak": 0.4, "mean": 0.2, "active_s": 300.0, "dwell_s": 4.0}}
        sitting.end("completed", 600.0, dose, began + timedelta(minutes=10))
    screened("me", env=bench.env)
    ended = bench.here(*LONG, device.path)
    assert ended.code == 7
    assert "rule 155" in ended.err
    assert not device.works()
    # A felt check is no session: it is still allowed.
    assert bench.call("run", "short.toml", "--device", device.path).code == 0


def test_two_runs_at_once_for_one_recipient_are_one_too_many(bench: Bench) -> None:
    first, second = bench.cushion(), bench.cushion()
    cleared("me", env=bench.env)
    run = bench.start(*LONG, first.path)
    first.until(first.works, "work")
    ended = bench.call("run", "short.toml", "--device", second.path)
    assert ended.code == 7
    assert "is going on" in ended.err
    assert not second.works()
    assert bench.here("stop", "--device", first.path).code == 0
    assert bench.ended(run).code == 7
    assert received(bench)[-1].reason == "stopped from outside"


def test_a_killed_run_counts_all_the_same(bench: Bench) -> None:
    device = bench.cushion()
    cleared("me", env=bench.env)
    run = bench.start(*LONG, device.path)
    device.until(device.works, "work")
    run.kill()
    run.wait()
    had = received(bench)[-1]
    assert had.reason == "broken off"
    assert had.seconds >= 15.0
    shown = bench.here("history", "--json")
    assert shown.code == 0, shown.err
    told = json.loads(shown.out.splitlines()[0])
    assert (told["event"], told["profile"]) == ("session", "long")
    assert told["seconds"] >= 15.0
    device.until(lambda: device.events("trip"), "trip")
    screened("me", env=bench.env)
    again = bench.call("run", "short.toml", "--device", device.path)
    assert again.code == 0, again.err
    assert [s.profile for s in received(bench)] == ["long", "short"]


def test_a_ledger_that_was_changed_counts_as_the_day_used_up(bench: Bench) -> None:
    device = bench.cushion()
    cleared("me", env=bench.env)
    assert bench.call("run", "short.toml", "--device", device.path).code == 0
    screened("me", env=bench.env)
    path = ledger_of("me", bench.env)
    path.write_text(path.read_text(encoding="utf-8").replace('"short"', '"nothing"'), encoding="utf-8")
    ended = bench.here("run", "short.toml", "--device", device.path)
    assert ended.code == 7
    assert "changed" in ended.err


def test_a_ledger_put_back_with_its_anchor_counts_as_the_day_used_up(bench: Bench) -> None:
    device = bench.virtual()
    cleared("me", env=bench.env)
    folder = ledger_of("me", bench.env).parent
    shutil.copytree(folder, bench.folder / "copy")
    assert bench.call("run", "short.toml", "--device", device.path).code == 0
    assert "completed" in bench.call("history").out
    shutil.rmtree(folder)
    shutil.move(bench.folder / "copy", folder)
    ended = bench.call("run", "short.toml", "--device", device.path)
    assert ended.code == 7
    assert "counts as the daily limit reached" in ended.err
    assert "an earlier copy of it was put back" in " ".join(bench.call("history").out.split())


def test_a_child_is_refused_by_every_device(bench: Bench) -> None:
    device = bench.cushion()
    make_recipient("guest", env=bench.env, adult=False)
    screened("guest", env=bench.env)
    ended = bench.here("run", "short.toml", "--device", device.path)
    assert ended.code == 7
    assert "rule 98" in ended.err


@pytest.mark.parametrize("name", ["child", "newborn"])
def test_what_is_locked_plays_nowhere_not_even_as_a_copy(bench: Bench, name: str) -> None:
    device = bench.cushion()
    cleared("me", env=bench.env)
    copy: Path = bench.folder / "mine.toml"
    text = profile_source(name)
    copy.write_text("\n".join(line for line in text.splitlines() if not line.startswith("locked")))
    for which in (name, "mine.toml"):
        for words in (
            ("simulate", which),
            ("run", which, "--device", "sim:"),
            ("run", which, "--device", device.path),
        ):
            ended = bench.here(*words)
            assert ended.code == 3, (words, ended.err)
            assert "rule 98" in ended.err
    assert not device.works()
