"""The cases of tests/vectors/states.json about setpoints and the loss of a link."""

from collections.abc import Callable, Iterator

from reference_wire import ARM, DESCRIBE, HEARTBEAT, HELLO, RESET, SETPOINTS, STATUS
from vector_story import FIRST_DRIVE, Story


def ready(name: str, device: str = "pad") -> Story:
    """A story that is armed in its first tick."""
    return Story(name, device).at(1).ready()


def violations() -> Iterator[Story]:
    """Setpoints that trip, one below, at and one above; and which reason comes first."""
    fine: dict[str, Callable[[Story], object]] = {
        "500 ms ahead": lambda s: s.setpoints({1: 1}, to=s.now + 500),
        "at the ceiling": lambda s: s.setpoints({1: 120}, to=s.now + 9),
        "at the power budget": lambda s: s.setpoints({0: 120, 1: 120}, to=s.now + 9),
        "a kneading rate at its least": lambda s: s.setpoints({0: 1}, {0: 10}, to=s.now + 9),
        "a kneading rate at its most": lambda s: s.setpoints({0: 1}, {0: 60}, to=s.now + 9),
        "60 cycles a minute where the table says 100": lambda s: s.setpoints({4: 1}, {4: 60}, to=s.now + 9),
        "rate 0 where the least is 0": lambda s: s.setpoints({4: 1}, {4: 0}, to=s.now + 9),
        "a vibration rate at its most": lambda s: s.setpoints({1: 1}, {1: 120}, to=s.now + 9),
        "a vibration rate at its least": lambda s: s.setpoints({1: 1}, {1: 20}, to=s.now + 9),
    }
    far, near = 501, 9
    bad: dict[str, tuple[str, bytes, int]] = {
        "501 ms ahead": ("too far ahead", b"\x02\x01\x1e", far),
        "32767 ms ahead": ("too far ahead", b"\x02\x01\x1e", 32767),
        "too far ahead and malformed": ("too far ahead", b"", far),
        "a drive byte missing": ("malformed", b"\x04", near),
        "a rate byte missing": ("malformed", b"\x02\x01", near),
        "a byte more": ("malformed", b"\x04\x01\x00", near),
        "drive 0": ("malformed", b"\x04\x00", near),
        "a bit beyond the last actuator": ("malformed", b"\x20\x01", near),
        "a bit beyond the last actuator, and nothing for it": ("malformed", b"\x20", near),
        "one above the ceiling": ("ceiling", b"\x02\x79\x1e", near),
        "an excluded actuator": ("excluded", b"\x08\x01", near),
        "an excluded actuator, and another above its ceiling": ("excluded", b"\x0c\x5b\x01", near),
        "an excluded actuator above its own ceiling": ("excluded", b"\x08\xff", near),
        "one above the power budget": ("power budget", b"\x03\x79\x78\x1e\x1e", near),
        "above ceiling and budget": ("ceiling", b"\x03\xc9\x78\x1e\x1e", near),
        "above the budget, and a rate too high": ("power budget", b"\x03\x79\x78\x3d\x1e", near),
        "a kneading rate too low": ("rate", b"\x01\x01\x09", near),
        "a kneading rate too high": ("rate", b"\x01\x01\x3d", near),
        "61 cycles a minute where the table says 100": ("rate", b"\x10\x01\x3d", near),
        "a vibration rate too low": ("rate", b"\x02\x01\x13", near),
        "a vibration rate too high": ("rate", b"\x02\x01\x79", near),
        "above the ceiling, and too late": ("ceiling", b"\x02\x79\x1e", 0),
        "malformed, and too late": ("malformed", b"\x04\x00", -5),
    }
    for name, do in fine.items():
        s = ready(f"setpoints: {name}").after(3)
        do(s)
        yield s.is_in("playing").after(20)
    for name, (reason, payload, ahead) in bad.items():
        s = ready(f"setpoints: {name}").after(3)
        yield s.send(SETPOINTS, payload, t_ms=(s.now + ahead) % 65536).is_in("tripped", reason).after(2)
    s = ready("setpoints: a violation while playing").setpoints({1: 9}, to=20).at(30)
    yield s.setpoints({3: 1}, to=40).is_in("tripped", "excluded").after(2)
    s = ready("setpoints: nine actuators, a bit beyond the last", "points").after(3)
    yield s.send(SETPOINTS, b"\0\2\1", t_ms=20).is_in("tripped", "malformed").after(2)
    s = ready("setpoints: nine actuators, a bit beyond the last, and nothing for it", "points").after(3)
    yield s.send(SETPOINTS, b"\0\2", t_ms=20).is_in("tripped", "malformed").after(2)
    s = (
        Story("setpoints: sixty-four, fifty-six on", "mat")
        .at(1)
        .hello()
        .limits()
        .limits(60, [9, 9, 9], 61)
        .arm()
    )
    s.setpoints({i: 9 for i in range(64) if i % 8 != 7}, to=20).is_in("playing")
    yield s.at(25)


def late() -> Iterator[Story]:
    """Setpoints that are dropped, and counted."""
    for ahead in (1, 0, -1, -32768):
        s = ready(f"late: setpoints {ahead} ms ahead, while armed").at(30).setpoints({1: 3}, to=30 + ahead)
        yield s.is_in("playing" if ahead > 0 else "armed").at(40).hello().after(1)
    for newer in (-1, 0, 1):
        s = (
            ready(f"late: {newer} ms from the newest in the queue")
            .setpoints({}, to=50)
            .setpoints({1: 9}, to=50 + newer)
        )
        yield s.at(40).hello().at(60).hello().after(1)
    s = (
        ready("late: between two in the queue")
        .setpoints({}, to=50)
        .setpoints({}, to=90)
        .setpoints({1: 9}, to=70)
    )
    yield s.hello().after(2)
    s = ready("late: older than the last one played, in a dry queue, is late by the clock alone")
    s.setpoints({}, to=50).at(50).setpoints({}, to=50).hello().setpoints({}, to=51).hello()
    yield s.after(3)
    s = ready("late: eight slots, and the ninth").at(10)
    for i in range(9):
        s.setpoints({}, to=30 + i).hello()
    s.at(30).setpoints({}, to=60).hello()
    yield s.after(2)
    s = ready("late: they are a sign of life, and of no play").setpoints({}, to=20).at(200)
    s.setpoints({}, to=150).at(269).is_in("playing")
    yield (
        s.at(270)
        .is_in("holding")
        .setpoints({}, to=270)
        .is_in("holding")
        .setpoints({}, to=271)
        .is_in("playing")
    )
    s = ready("late: while stopping, tripped and disarmed none is counted").event("button").after(1)
    s.setpoints({}, to=1).after(1).hello().event("button").send(RESET).setpoints({}, to=1).answered(
        "not armed"
    )
    yield s.hello().after(2)
    s = ready("late: a live frame by its echo").at(900).setpoints({}, to=800).at(1899).is_in("armed")
    yield s.at(1900).is_in("tripped", "link lost").after(2)


def softly() -> Iterator[Story]:
    """250 ms without a valid frame, or with no newer keyframe."""
    for ms in (-1, 0, 1):
        s = (
            ready(f"soft: a heartbeat after {250 + ms} ms of silence")
            .setpoints({}, to=400)
            .at(251 + ms)
            .beat()
        )
        yield s.is_in("holding" if ms >= 0 else "playing").after(30)
        s = (
            ready(f"soft: setpoints {250 + ms} ms after the newest keyframe")
            .setpoints({}, to=20)
            .at(200)
            .beat()
        )
        s.at(270 + ms).setpoints({}, to=300 + ms).is_in("playing")
        yield s.after(9)
    s = ready("soft: heartbeats alone do not keep it playing").setpoints({}, to=20)
    yield (
        s.beat_until(270)
        .is_in("holding")
        .beat_until(1400)
        .is_in("holding")
        .setpoints({}, to=1410)
        .is_in("playing")
    )
    for name, send in NO_LIFE.items():
        s = ready(f"soft: {name}: no life").setpoints({}, to=400).at(200)
        send(s)
        yield s.at(250).is_in("playing").at(251).is_in("holding").after(2)
    for name, send in LIFE.items():
        s = ready(f"soft: {name}: life").setpoints({}, to=400).at(200)
        send(s)
        yield s.at(449).is_in("playing").at(450).is_in("holding").after(2)
    s = ready("soft: none while armed").at(900).is_in("armed").setpoints({}, to=920).is_in("playing")
    yield s.after(2)


NO_LIFE: dict[str, Callable[[Story], object]] = {
    "a frame of another epoch": lambda s: s.send(HEARTBEAT, epoch=8),
    "STOP-less noise": lambda s: s.bytes(b"\x11\x22\x33\0"),
    "an unknown type": lambda s: s.send(0x20),
    "a wrong length": lambda s: s.send(HEARTBEAT, b"\0"),
    "HELLO of epoch 0": lambda s: s.send(HELLO, b"\2", epoch=0),
    "LIMITS without a ceiling": lambda s: s.send(8, b"\0\0\0"),
}
LIFE: dict[str, Callable[[Story], object]] = {
    "HEARTBEAT": lambda s: s.beat(),
    "HEARTBEAT without an echo": lambda s: s.beat(echo=0),
    "HELLO of this epoch": lambda s: s.send(HELLO, b"\2"),
    "DESCRIBE that is refused": lambda s: s.send(DESCRIBE, b"\x63").answered("no such actuator"),
    "ARM that is refused": lambda s: s.arm(wrong=1).answered("busy"),
    "RESET": lambda s: s.send(RESET),
    "LIMITS that is refused": lambda s: s.limits().answered("busy"),
    "late setpoints": lambda s: s.setpoints({}, to=s.now),
}


def for_good() -> Iterator[Story]:
    """1000 ms without a live frame."""
    for state in ("armed", "playing", "holding"):
        for ms in (-1, 0, 1):
            s = ready(f"hard: {state}, a live frame after {1000 + ms} ms")
            s.echoes = False
            if state != "armed":
                s.setpoints({}, to=9).at(150)
            if state == "playing":
                s.line_to(960, {}).is_in("playing")
            s.at(1001 + ms).beat(echo=s.status_seq)
            yield (s.is_in("tripped", "link lost") if ms >= 0 else s).after(2)
    s = ready("hard: while moving").after(1)
    s = Story("hard: while moving").at(FIRST_DRIVE - 1).ready()
    s.echoes = False
    s.line_to(2999, {1: 30}).puts_out({1: 30}).at(3000).is_in("tripped", "link lost").puts_out({1: 30}).after(
        1
    )
    yield s.puts_out({}).after(2)
    s = ready("hard: malformed setpoints speak of no status")
    s.echoes, spoken = False, s.status_seq
    s.at(51).send(SETPOINTS, b"", t_ms=100, echo=spoken).is_in("tripped", "malformed").event("button")
    s.send(RESET).limits().arm().at(60).beat(echo=spoken).at(1059).is_in("armed")
    yield s.at(1060).is_in("tripped", "link lost").after(2)
    s = ready("hard: each status counts once").at(900).beat()
    used = s.status_seq
    s.echoes = False
    s.at(1200).beat(echo=used).at(1800).beat(echo=used).at(1899).is_in("armed").at(1900)
    yield s.is_in("tripped", "link lost").after(2)
    s = ready("hard: an echo that a refused frame carried is used up").at(900)
    used = s.status_seq
    s.arm(wrong=1).answered("wrong limits").at(1000).is_in("armed").beat(echo=used).at(1899).is_in("armed")
    yield s.at(1900).is_in("tripped", "link lost").after(2)
    s = ready("hard: an echo that a malformed frame carried is not used up").at(900)
    used = s.status_seq
    s.send(HEARTBEAT, b"\0", echo=used).send(HEARTBEAT, epoch=8, echo=used).at(1000).beat(echo=used)
    yield s.at(1999).is_in("armed").at(2000).is_in("tripped", "link lost").after(2)
    s = ready("hard: an older status counts as well, if it is fresh").at(300)
    older = s.status_seq
    yield (
        s.at(900)
        .beat()
        .at(950)
        .beat(echo=older)
        .at(1949)
        .is_in("armed")
        .at(1950)
        .is_in("tripped", "link lost")
    )
    for ms in (-1, 0, 1):
        s = ready(f"hard: an echo of a status {1000 + ms} ms old")
        s.at(150).is_in("armed")
        sent = next(t for t, frame in reversed(s.sent()) if frame.type == STATUS)
        old = s.status_seq
        s.at(700).beat().at(sent + 1000 + ms).beat(echo=old).at(1700)
        yield s.is_in(*(("tripped", "link lost") if ms > 0 else ("armed", "none"))).at(sent + 2001 + ms)
    for name, kind in {"an ANSWER": 0x83, "LIMITS_HASH": 0x85, "IDENTITY": 0x81}.items():
        s = ready(f"hard: an echo of {name} is none")
        seq = next(frame.seq for _, frame in s.sent() if frame.type == kind)
        yield s.at(900).beat(echo=seq).at(1001).is_in("tripped", "link lost").after(2)
    for name, echo in {"0": 0, "one that was not sent yet": 200}.items():
        s = ready(f"hard: echo {name}").at(900).beat(echo=echo).at(1000).is_in("armed").at(1001)
        yield s.is_in("tripped", "link lost").after(2)
    s = ready("hard: an echo in a frame of another epoch is none").at(900).beat(epoch=8)
    yield s.at(1001).is_in("tripped", "link lost").after(2)
    s = ready("hard: an echo of the time before a restart is none").at(70)
    old = s.status_seq
    s.event("restart", 8).at(80).limits().send(ARM, s.session_hash.to_bytes(4, "little"), echo=0).is_in(
        "armed"
    )
    yield s.at(700).beat(echo=old).at(1079).is_in("armed").at(1080).is_in("tripped", "link lost").after(2)
    s = ready("hard: without HELLO there are no statuses to echo")
    s = Story("hard: armed without HELLO").at(1).limits().arm().is_in("armed").at(900).beat()
    yield s.at(1001).is_in("tripped", "link lost").after(2)
    s = Story("hard: both times begin with ARM").at(1).hello().at(5000).limits().arm(echo=0)
    yield s.at(5999).is_in("armed").at(6000).is_in("tripped", "link lost").after(2)


def link_cases() -> Iterator[Story]:
    """All of this file."""
    for group in (violations, late, softly, for_good):
        yield from group()
