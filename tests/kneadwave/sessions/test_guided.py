"""Routines for hands and breath, alone and between the strokes of a device; virtual time throughout."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from people import cleared, screened

from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.updates import Phase
from kneadwave.people.history import sessions
from kneadwave.people.ledger import read
from kneadwave.sessions.guided import GuidedSession
from profiles.profile import parse
from profiles.score import Score, compose
from simulator.clock import VirtualClock

Knead = Callable[..., Any]
Press = Callable[[float, str], None]

GUIDE = """
[[step]]
name = "{name}"
technique = {{ kind = "guide", instruction = "Do the {name}.", part = "{part}"{more} }}
duration_s = {seconds}
repeats = {repeats}
"""
STROKE = """
[[step]]
name = "{name}"
technique = {{ kind = "stroking" }}
zones = [{zones}]
duration_s = {seconds}
level = {level}
crossfade_s = 1
"""


def guide(name: str, seconds: float, repeats: int = 1, part: str = "neck", more: str = "") -> str:
    return GUIDE.format(name=name, seconds=seconds, repeats=repeats, part=part, more=more)


def stroke(name: str, seconds: float, level: float = 0.3, zones: str = '"lumbar", "upper-back"') -> str:
    return STROKE.format(name=name, seconds=seconds, level=level, zones=zones)


BREATH = ", breath = { inhale_s = 2, hold_s = 1, exhale_s = 2 }"
TURN = ', posture = "supine"'
HEAD = 'schema = 1\nname = "{name}"\naudience = "quick"\nfade_in_s = 0.5\nfade_out_s = 0.5\n'
ROUTINE = guide("breaths", 10, part="breath", more=BREATH) + guide("strokes", 2, repeats=3) + guide("rest", 4)
TURNING = stroke("up", 6) + guide("turn", 5, part="posture", more=TURN) + stroke("down", 6, 0.2)


@pytest.fixture
def profile(tmp_path: Path) -> Callable[..., str]:
    def write(steps: str, name: str = "routine", head: str = "") -> str:
        path = tmp_path / f"{name}.toml"
        path.write_text(HEAD.format(name=name) + head + steps, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def nothing_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:  # noqa: ARG001
        raise AssertionError("something was opened or looked for")

    for where in ("firmware_bridge.wire.link.SerialLink", "firmware_bridge.wire.link.list_serial_ports"):
        monkeypatch.setattr(where, refuse)


def score(steps: str = ROUTINE) -> Score:
    return compose(parse(HEAD.format(name="routine") + steps))


def events(ended: Any, kind: str) -> list[dict[str, Any]]:
    return [event for event in ended.events if event["event"] == kind]


# -- the session itself -------------------------------------------------------------------------------


def test_it_passes_through_every_step_in_real_time() -> None:
    clock = VirtualClock()
    updates = list(GuidedSession(score(), clock).play())
    assert clock.now() == pytest.approx(20.0, abs=0.01)
    assert updates[-1].phase is Phase.DONE
    assert [u.elapsed for u in updates] == sorted(u.elapsed for u in updates)
    starts = {step: min(u.elapsed for u in updates if u.step == step) for step in (0, 1, 2)}
    assert starts == {0: 0.0, 1: pytest.approx(10.0, abs=0.01), 2: pytest.approx(16.0, abs=0.01)}


def test_pause_last_step_and_stop() -> None:
    clock = VirtualClock()
    session = GuidedSession(score(), clock)
    seen = []
    for update in session.play():
        seen.append(update)
        if update.elapsed >= 3.0 and not session.paused and clock.now() < 5.0:
            session.pause()
        elif session.paused and clock.now() >= 60.0:
            session.resume()
            session.skip_to_closing()
        elif update.elapsed >= 18.0:
            session.stop(EndReason.STOPPED, "enough")
    assert str(session.stopped) == "stopped: enough"
    assert seen[-1].phase is Phase.STOPPED
    assert any(u.phase is Phase.PAUSED for u in seen)
    assert not [u for u in seen if 3.5 < u.elapsed < 16.0]
    assert clock.now() == pytest.approx(62.0, abs=0.5)
    session.skip_to_closing()
    assert session.elapsed >= 18.0


def test_nothing_can_be_made_louder_or_eased() -> None:
    session = GuidedSession(score(), VirtualClock())
    session.louder()
    session.softer()
    assert session.ease() == ""
    assert next(session.play()).intensity == 0.0


def test_it_ends_within_the_time_allowed_pauses_included() -> None:
    clock = VirtualClock()
    session = GuidedSession(score(), clock, allowed_s=12.0)
    for update in session.play():
        if update.elapsed > 3.0:
            session.pause()
    assert session.stopped is not None
    assert session.stopped.reason is EndReason.TIME_OVER
    assert 12.0 <= clock.now() <= 12.3


# -- knead run of a routine without a device ----------------------------------------------------------


@pytest.mark.usefixtures("one_clock", "wall", "nothing_opened")
class TestHandsAlone:
    @pytest.fixture(autouse=True)
    def me(self, wall: Any) -> None:
        cleared("me", now=wall())

    def test_it_needs_no_device(self, knead: Knead, profile: Callable[..., str]) -> None:
        ended = knead("run", profile(ROUTINE), "--record", "r.jsonl")
        assert ended.code == 0
        assert "no device moves in this routine" in ended.out
        assert "Do the breaths." in ended.out
        assert "breathe in 2 s, hold 1 s, out 2 s" in ended.out
        assert "2 of 2" in ended.out
        assert "completed; it took 0:20 min\n" in ended.out
        assert "nothing is recorded" in ended.err
        assert not Path("r.jsonl").exists()

    def test_events_tell_what_to_do(self, knead: Knead, profile: Callable[..., str]) -> None:
        ended = knead("run", profile(ROUTINE), "--json")
        assert ended.code == 0
        guides = events(ended, "guide")
        assert [g["instruction"] for g in guides] == ["Do the breaths.", "Do the strokes.", "Do the rest."]
        assert guides[0]["breath"] == {"inhale_s": 2.0, "hold_s": 1.0, "exhale_s": 2.0}
        assert (guides[1]["repeats"], guides[1]["duration_s"], guides[1]["part"]) == (3, 2.0, "neck")
        steps = events(ended, "step")
        assert [(s["technique"], s["zones"]) for s in steps] == [("guide", [])] * 3
        assert "device" not in events(ended, "start")[0]
        assert ended.events[-1] == {"event": "end", "ok": True, "reason": "completed"}

    def test_keys_work_as_they_do_with_a_device(
        self, knead: Knead, profile: Callable[..., str], press: Press, one_clock: Any, wall: Any
    ) -> None:
        for when, key in ((2.0, " "), (50.0, " "), (52.0, "+"), (53.0, "c")):
            press(when, key)
        assert knead("run", profile(ROUTINE)).code == 0
        assert 56.5 < one_clock.now() < 58.0
        screened("me", now=wall())
        press(60.0, "s")
        ended = knead("run", profile(ROUTINE))
        assert ended.code == 0
        assert "stopped by a key" in ended.out
        screened("me", now=wall())
        press(one_clock.now() + 3, "p")
        ended = knead("run", profile(ROUTINE), "--json")
        assert ended.code == 0
        assert ended.events[-1]["reason"] == "stopped for pain"
        when = {"t": 3.0, "took": 3.0}
        assert events(ended, "pain") == [{"event": "pain", "zone": "", "action": "stopped", **when}]

    @pytest.mark.parametrize("number", [2, 15])
    def test_a_signal_ends_it_as_usual(
        self, knead: Knead, profile: Callable[..., str], at: Callable[..., None], number: int
    ) -> None:
        import os

        at(3.0, lambda session: os.kill(os.getpid(), number))  # noqa: ARG005
        assert knead("run", profile(ROUTINE)).code == 128 + number

    def test_the_parts_are_written_down(
        self, knead: Knead, profile: Callable[..., str], at: Callable[..., None], wall: Any
    ) -> None:
        assert knead("run", profile(ROUTINE)).code == 0
        had = sessions(read("me"))[-1]
        assert (had.profile, had.device, had.reason) == ("routine", "", "completed")
        assert had.parts["neck"] == pytest.approx(10.0, abs=0.6)
        assert had.seconds == pytest.approx(20.0, abs=0.8)
        screened("me", now=wall())
        at(3.0, lambda session: session.stop(EndReason.BY_ABSENCE))
        assert knead("run", profile(ROUTINE)).code == 7
        assert sessions(read("me"))[-1].reason == "hung up"

    def test_five_minutes_a_part_hold_across_runs(
        self, knead: Knead, profile: Callable[..., str], wall: Any, one_clock: Any
    ) -> None:
        path = profile(guide("strokes", 200), head="self_massage = true\n")
        assert knead("run", path).code == 0
        begins = one_clock.now()
        screened("me", now=wall())
        ended = knead("run", path, "--json")
        assert ended.code == 0
        assert events(ended, "allowed")[0]["seconds"] == pytest.approx(100.0, abs=1.0)
        assert "rule 288" in events(ended, "allowed")[0]["notices"][0]
        assert one_clock.now() - begins == pytest.approx(100.0, abs=2.0)
        assert ended.events[-1]["reason"] == EndReason.TIME_OVER
        screened("me", now=wall())
        ended = knead("run", path)
        assert ended.code == 7
        assert "rule 288" in ended.err
        wall.start += timedelta(hours=1.5)
        screened("me", now=wall())
        assert knead("run", path).code == 0

    def test_a_change_of_posture_waits_for_a_key(
        self, knead: Knead, profile: Callable[..., str], press: Press, one_clock: Any
    ) -> None:
        path = profile(guide("neck", 4) + guide("turn", 5, part="posture", more=TURN) + guide("feet", 4))
        press(100.0, "\n")
        ended = knead("run", path)
        assert ended.code == 0
        assert 103.5 < one_clock.now() < 105.0
        assert "press space or Enter to go on" in ended.out

    def test_without_a_terminal_a_change_of_posture_is_refused(
        self, knead: Knead, profile: Callable[..., str]
    ) -> None:
        path = profile(TURNING)
        for words in (("--device", "sim:"), ("--device", "/dev/cushion"), ()):
            ended = knead("run", path, *words)
            assert ended.code == 2
            assert "knead simulate" in ended.err

    def test_on_a_device_that_reaches_none_of_it_hands_do_it(
        self, knead: Knead, profile: Callable[..., str], wall: Any
    ) -> None:
        path = profile(stroke("feet", 5, zones='"foot"') + stroke("feet again", 5, 0.2, zones='"foot"'))
        for words in (("--device", "sim:"), ("--device", "/dev/cushion", "--on", "reference-cushion")):
            screened("me", now=wall())
            ended = knead("run", path, *words)
            assert ended.code == 0, ended.err
            assert "no device moves" in ended.out

    @pytest.mark.parametrize("name", ["child", "newborn"])
    def test_a_locked_profile_is_refused_by_every_command(
        self, knead: Knead, name: str, tmp_path: Path
    ) -> None:
        from profiles.profile import profile_source

        copy = tmp_path / "copy.toml"
        copy.write_text(profile_source(name), encoding="utf-8")
        bare = tmp_path / "bare.toml"
        lines = [line for line in profile_source(name).splitlines() if not line.startswith("locked")]
        bare.write_text("\n".join(lines), encoding="utf-8")
        for which in (name, str(copy), str(bare)):
            for words in (("simulate",), ("run",), ("run", "--device", "sim:")):
                ended = knead(*words, which)
                assert ended.code == 3, (words, which)
                assert "rule 98" in ended.err


# -- guided steps between those of a device -----------------------------------------------------------


@pytest.mark.usefixtures("one_clock", "wall")
class TestBetweenStrokes:
    def test_the_device_waits_still_until_a_key_and_then_goes_on_at_once(
        self, knead: Knead, profile: Callable[..., str], press: Press, one_clock: Any, port: Any, wall: Any
    ) -> None:
        cleared("me", now=wall())
        press(40.0, " ")
        ended = knead("run", profile(TURNING), "--device", port.url, "--json")
        assert ended.code == 0
        assert ended.events[-1]["trips"] == 0
        states = [event["state"] for event in events(ended, "state")]
        assert states == ["paused", "playing", "done"]
        assert 45.0 < one_clock.now() < 48.5
        assert events(ended, "guide")[0]["posture"] == "supine"
        port.watch.flush()
        history = port.watch.summary.history
        waiting = (history.t > 8.0) & (history.t < 40.0)
        assert not history.drive[waiting].any()
        assert sessions(read("me"))[-1].seconds < 20.0

    def test_a_wait_without_end_is_ended_gently(
        self, knead: Knead, profile: Callable[..., str], press: Press, one_clock: Any, port: Any, wall: Any
    ) -> None:
        cleared("me", now=wall())
        press(5000.0, " ")
        ended = knead("run", profile(TURNING), "--device", port.url, "--minutes", "3", "--json")
        assert ended.code == 0
        assert ended.events[-1]["reason"] == EndReason.TIME_OVER
        assert ended.events[-1]["trips"] == 0
        assert ended.events[-1]["confirmed"] is True
        assert 50.0 < one_clock.now() < 181.5

    def test_a_jump_past_a_change_of_posture_still_waits_for_it(
        self, knead: Knead, profile: Callable[..., str], press: Press, one_clock: Any
    ) -> None:
        press(2.0, "c")
        press(50.0, "\n")
        ended = knead("run", profile(TURNING), "--device", "sim:", "--json")
        assert ended.code == 0
        assert 54.0 < one_clock.now() < 58.0
        assert [event["state"] for event in events(ended, "state")] == ["paused", "playing", "done"]

    def test_a_device_that_turns_out_to_reach_nothing_is_closed_and_hands_go_on(
        self, knead: Knead, profile: Callable[..., str], port: Any, wall: Any
    ) -> None:
        cleared("me", now=wall())
        steps = stroke("feet", 5, zones='"foot"') + stroke("feet again", 5, 0.2, zones='"foot"')
        ended = knead("run", profile(steps), "--device", port.url)
        assert ended.code == 0, ended.err
        assert "no device moves" in ended.out
        assert not port.moved
        had = sessions(read("me"))[-1]
        assert had.parts["feet"] == pytest.approx(10.0, abs=0.8)
        screened("me", now=wall())

    @pytest.mark.parametrize("steps", [ROUTINE, TURNING])
    def test_simulate_plays_through(self, knead: Knead, profile: Callable[..., str], steps: str) -> None:
        ended = knead("simulate", profile(steps), "--record", "s.jsonl", "--json")
        assert ended.code == 0
        assert ended.events[-1]["trips"] == 0
        assert events(ended, "guide")
        moved = any(zone["active_s"] for zone in events(ended, "summary")[0]["zones"])
        assert moved is (steps == TURNING)
