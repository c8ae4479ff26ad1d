"""A session that lost its device goes on: past the gate, where it was, for the time that is left."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from people import cleared, folder_of, make_recipient, screened
from session_events import events, received

from firmware_bridge.errors import LinkLost
from firmware_bridge.play.ending import EndReason
from kneadwave.errors import NotCleared
from kneadwave.sessions.controls import Inbox, Pain, PostureTaken, Softer, StopSession
from kneadwave.sessions.end_events import LeftOff
from kneadwave.sessions.events import IntensityChanged, Progressed
from kneadwave.sessions.resume import BACK_S, FILE, PlayedSoFar, Unfinished, drop, keep
from kneadwave.sessions.start import SessionRequest, plan_session, taking_up

Knead = Callable[..., Any]
At = Callable[[float, Callable[[Any], None]], None]

pytestmark = pytest.mark.usefixtures("one_clock")


def lose(_session: Any) -> None:
    raise LinkLost("gone")


@pytest.fixture
def lost(knead: Knead, at: At, port: Any, wall: Any, minutes: Callable[..., str]) -> Any:
    """A session of six minutes that lost its device after a hundred seconds."""
    cleared("me", now=wall())
    at(100.0, lose)
    ended = knead("run", minutes(6), "--device", port.url, "--intensity", "80%", "--json")
    assert ended.code == 6
    return ended


def test_it_goes_on_where_it_was_and_is_one_session(lost: Any, knead: Knead, wall: Any) -> None:
    (left,) = events(lost, "lost")
    assert left["t"] == pytest.approx(100.0, abs=1.0)
    assert left["seconds"] == 600.0
    screened("me", now=wall())
    ended = knead("run", "--resume", "--json")
    assert ended.code == 0
    progress = events(ended, "progress")
    assert progress[0]["t"] == pytest.approx(left["t"] - BACK_S, abs=1.0)
    assert progress[-1]["t"] > 355.0
    assert max(each["intensity"] for each in progress) <= 0.8
    (had,) = received()
    assert had.reason == "completed"
    assert had.device == "/dev/cushion"
    assert 340.0 < had.seconds < 365.0
    assert had.took_s == pytest.approx(365.0, abs=10.0)
    assert knead("run", "--resume").code == 7


def test_it_is_told_how(knead: Knead, at: At, port: Any, wall: Any, minutes: Callable[..., str]) -> None:
    cleared("me", now=wall())
    at(50.0, lose)
    told = knead("run", minutes(6), "--device", port.url).err
    assert "once the device is back, continue by 18:10 with: knead run --resume" in told


def test_the_gate_asks_for_the_list_again(lost: Any, knead: Knead) -> None:
    assert events(lost, "lost")
    ended = knead("run", "--resume")
    assert ended.code == 7
    assert "not confirmed" in ended.err


@pytest.mark.usefixtures("lost")
def test_after_ten_minutes_it_is_over(knead: Knead, wall: Any, one_clock: Any) -> None:
    one_clock.sleep(601.0)
    screened("me", now=wall())
    ended = knead("run", "--resume")
    assert ended.code == 7
    assert "has lost its device in the last ten minutes" in ended.err


@pytest.mark.usefixtures("lost")
def test_another_session_begins_no_earlier_for_it(knead: Knead, wall: Any, port: Any) -> None:
    screened("me", now=wall())
    ended = knead("run", "felt-check", "--device", port.url)
    assert ended.code == 0, "a felt test has limits of its own"
    screened("me", now=wall())
    assert knead("run", "--resume").code == 7, "what was played last is not what lost its device"


@pytest.mark.usefixtures("lost")
def test_the_time_it_may_take_shrinks_with_each_time(
    knead: Knead, at: At, wall: Any, port: Any, one_clock: Any
) -> None:
    for _ in range(2):
        one_clock.sleep(500.0)  # the time without a device does not count
        screened("me", now=wall())
        at(200.0, lose)
        assert knead("run", "--resume", "--device", port.url).code == 6
    screened("me", now=wall())
    ended = knead("run", "--resume", "--json")
    assert ended.code == 0
    (allowed,) = events(ended, "allowed")
    (had,) = received()
    assert allowed["seconds"] == pytest.approx(1200.0 - 200.0, abs=10.0)
    assert had.took_s < 380.0


@pytest.mark.usefixtures("lost")
def test_a_screening_that_blocks_now_blocks(knead: Knead, wall: Any) -> None:
    screened("me", now=wall(), yes=("fever",))
    assert knead("run", "--resume").code == 7


@pytest.mark.usefixtures("lost")
@pytest.mark.parametrize(
    ("words", "told"),
    [(("felt-check",), "leave PROFILE and --minutes out"), (("--minutes", "5"), "leave PROFILE")],
)
def test_it_goes_on_with_what_was_played(knead: Knead, words: tuple[str, ...], told: str) -> None:
    ended = knead("run", "--resume", *words)
    assert ended.code == 2
    assert told in ended.err


@pytest.mark.usefixtures("lost")
def test_a_profile_that_has_changed_is_refused(knead: Knead, wall: Any, tmp_path: Path) -> None:
    path = tmp_path / "strokes.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("level = 0.3", "level = 0.35"), encoding="utf-8")
    screened("me", now=wall())
    ended = knead("run", "--resume")
    assert ended.code == 3
    assert "has changed since" in ended.err


DAMAGES: tuple[Callable[[Any], Any], ...] = (
    lambda said: [],  # noqa: ARG005
    lambda said: said | {"schema": 2},
    lambda said: said | {"progress": {}},
    lambda said: said | {"progress": said["progress"] | {"position_s": -1}},
    lambda said: said | {"progress": said["progress"] | {"intensity": "loud"}},
    lambda said: said | {"progress": said["progress"] | {"eased": ["lumbar"]}},
    lambda said: said | {"progress": said["progress"] | {"eased": "lumbar", "hurt": ""}},
    lambda said: said | {"devices": []},
    lambda said: said | {"devices": [[5, None]]},
    lambda said: said | {"limit": None},
    lambda said: said | {"limit": 10**400},
    lambda said: {key: value for key, value in said.items() if key != "profile_sum"},
)


@pytest.mark.usefixtures("lost")
def test_a_damaged_file_is_told(knead: Knead, wall: Any) -> None:
    path = folder_of("me") / FILE
    whole = json.loads(path.read_text(encoding="utf-8"))
    screened("me", now=wall())
    for damage in DAMAGES:
        damaged = json.dumps(damage(whole))
        path.write_text(damaged, encoding="utf-8")
        ended = knead("run", "--resume")
        assert (ended.code, f"{path}: cannot be read" in ended.err) == (3, True), damaged


@pytest.mark.usefixtures("lost")
def test_a_limit_can_only_lower(knead: Knead, wall: Any) -> None:
    path = folder_of("me") / FILE
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(said | {"limit": 7.0, "intensity": 7.0}), encoding="utf-8")
    screened("me", now=wall())
    ended = knead("run", "--resume", "--limit", "50%", "--intensity", "50%", "--json")
    assert events(ended, "start")[0]["limit"] == 0.5
    progress = events(ended, "progress")
    assert max(each["intensity"] for each in progress) <= 0.5


@pytest.mark.usefixtures("lost")
def test_hands_take_up_no_session_of_a_device(knead: Knead, wall: Any) -> None:
    """It would be one sitting by hand then, and the session of the day would be gone."""
    screened("me", now=wall())
    ended = knead("run", "--resume", "--on", "foot-plate")
    assert ended.code == 3
    assert "reaches nothing of it" in ended.err
    assert [each.kind for each in received()] == ["session"]
    assert knead("run", "--resume").code == 0


@pytest.mark.usefixtures("lost")
def test_a_description_alone_counts_in_place_of_the_one_before() -> None:
    before, named = taking_up(SessionRequest("")), taking_up(SessionRequest("", on="seat-pad-8"))
    assert named.on == "seat-pad-8"
    assert (before.device, before.on) != (None, "seat-pad-8")
    assert named.device == before.device


def test_there_is_nothing_to_take_up(wall: Any, knead: Knead) -> None:
    with pytest.raises(NotCleared, match="no recipient yet"):
        taking_up(SessionRequest(""))
    make_recipient("me")
    screened("me", now=wall())
    ended = knead("run", "--resume")
    assert (ended.code, "no session that lost its device" in ended.err) == (7, True)


def test_which_profile_is_asked_for(knead: Knead) -> None:
    ended = knead("run")
    assert (ended.code, "which profile?" in ended.err) == (2, True)


def test_what_hurt_stays_eased_and_what_was_softer_stays_so(
    at: At, port: Any, wall: Any, one_clock: Any, minutes: Callable[..., str]
) -> None:
    cleared("me", now=wall())
    inbox = Inbox()
    at(20.0, lambda _: (inbox.post(Pain()), inbox.post(Softer()), inbox.post(Softer())))
    at(60.0, lose)
    told: list[Any] = []
    with pytest.raises(LinkLost):
        told.extend(plan_session(SessionRequest(minutes(3), port.url)).play(None, inbox, one_clock))
    assert isinstance(told[-1], LeftOff)
    screened("me", now=wall())
    plan = plan_session(taking_up(SessionRequest("")))
    progress = plan.asked.taken_up.progress  # type: ignore[union-attr]
    assert progress.eased
    assert progress.hurt is not None
    seen: list[Any] = []
    at(61.0, seen.append)
    again = list(plan.play(None, Inbox(), one_clock))
    (session,) = seen
    assert next(e for e in again if isinstance(e, IntensityChanged)).intensity == pytest.approx(0.8)
    eased = [e.eased for e in again if isinstance(e, Progressed)]
    assert set(eased) == {progress.eased}
    assert session.feed.hurt == pytest.approx(progress.hurt)


@pytest.fixture
def hurt(at: At, port: Any, wall: Any, one_clock: Any, minutes: Callable[..., str]) -> Inbox:
    """The inbox of a session in which it hurt, and that lost its device after a minute."""
    cleared("me", now=wall())
    inbox = Inbox()
    at(20.0, lambda _: inbox.post(Pain()))
    at(60.0, lose)
    with pytest.raises(LinkLost):
        list(plan_session(SessionRequest(minutes(3), port.url)).play(None, inbox, one_clock))
    return inbox


@pytest.mark.usefixtures("hurt")
def test_what_is_lost_again_at_once_goes_on_no_further_back_and_no_stronger(
    at: At, wall: Any, one_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = taking_up(SessionRequest("")).taken_up
    assert first is not None
    screened("me", now=wall())
    monkeypatch.setattr("kneadwave.sessions.resume.actuators_of", lambda _layout, _zone: [])  # another device
    at(57.0, lose)
    with pytest.raises(LinkLost):
        list(plan_session(taking_up(SessionRequest(""))).play(None, Inbox(), one_clock))
    again = taking_up(SessionRequest("")).taken_up
    assert again is not None
    assert again.at > first.at
    assert again.progress == first.progress


def test_a_second_pain_stops_what_was_taken_up(hurt: Inbox, at: At, wall: Any, one_clock: Any) -> None:
    screened("me", now=wall())
    at(70.0, lambda _: hurt.post(Pain()))
    list(plan_session(taking_up(SessionRequest(""))).play(None, hurt, one_clock))
    assert received()[-1].reason.startswith("stopped for pain")


def test_a_change_of_posture_is_confirmed_again_before_anything_moves(
    at: At, port: Any, wall: Any, one_clock: Any, tmp_path: Path
) -> None:
    stroke = '[[step]]\nname = "{}"\ntechnique = {{ kind = "stroking" }}\nzones = ["lumbar", "upper-back"]\n'
    turn = 'kind = "guide", instruction = "Sit up.", part = "posture", posture = "seated"'
    path = tmp_path / "turned.toml"
    path.write_text(
        'schema = 1\nname = "turned"\naudience = "quick"\n'
        + stroke.format("first")
        + "crossfade_s = 1\nduration_s = 30\nlevel = 0.3\n"
        + f'[[step]]\nname = "turn"\ntechnique = {{ {turn} }}\nduration_s = 5\n'
        + stroke.format("last")
        + "crossfade_s = 1\nduration_s = 60\nlevel = 0.3\n",
        encoding="utf-8",
    )
    cleared("me", now=wall())
    inbox = Inbox()
    at(60.0, lose)
    asked = SessionRequest(str(path), port.url, attended=True)
    with suppress(LinkLost):
        for event in plan_session(asked).play(None, inbox, one_clock):
            if isinstance(event, Progressed) and event.awaiting is not None:
                inbox.post(PostureTaken())
    screened("me", now=wall())
    waited: list[Progressed] = []
    plan = plan_session(taking_up(SessionRequest("", attended=True)))
    for event in plan.play(None, inbox, one_clock):
        if isinstance(event, Progressed):
            waited.append(event)
            if len(waited) == 20:
                inbox.post(StopSession(EndReason.BY_KEY))
    assert all(each.awaiting is not None for each in waited)
    assert not any(any(each.update.drives) for each in waited)
    assert waited[-1].update.elapsed == pytest.approx(57.0, abs=1.0)


def test_a_store_that_cannot_be_had_ends_no_session(wall: Any, tmp_path: Path, monkeypatch: Any) -> None:
    cleared("me", now=wall())
    unfinished = Unfinished(wall(), "felt-check", "", (("x", None),), 1.0, None, PlayedSoFar(1.0, 1.0))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for text in (
        "store = 'nowhere'",
        "store = 'postgresql://a@/b?host=/nowhere'",
        "store = 'sqlite:///dev/null/a'",
    ):
        (tmp_path / "kneadwave").mkdir(exist_ok=True)
        (tmp_path / "kneadwave" / "config.toml").write_text(text, encoding="utf-8")
        keep("me", unfinished)
        drop("me")
