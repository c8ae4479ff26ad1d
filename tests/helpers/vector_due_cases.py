"""The cases of tests/vectors/states.json about what is due in one tick, statuses, and the seq of frames."""

from collections.abc import Iterator

from reference_wire import ARM, DESCRIBE, HEARTBEAT, HELLO, RESET, SETPOINTS, STATUS, STOP
from vector_story import FIRST_DRIVE, Story


def ready(name: str, seconds: int = 60, t: int = 1) -> Story:
    """A story that is armed in tick `t`."""
    return Story(name).at(t).ready(seconds)


def coincidences() -> Iterator[Story]:
    """Deadlines in one tick."""
    s = ready("due: link lost for good and session over, armed", 1)
    s.echoes = False
    yield s.at(1000).is_in("armed").at(1001).is_in("tripped", "link lost").after(2)
    s = ready("due: link lost for good and session over, playing", 1, FIRST_DRIVE - 1)
    s.echoes = False
    yield s.line_to(2999, {1: 30}).is_in("playing").at(3000).is_in("tripped", "link lost").after(2)
    for ms in (-1, 0, 1):
        s = ready(f"due: session over, and link lost softly {ms} ms from it", 1, FIRST_DRIVE - 1)
        s.line_to(2740, {1: 30}).setpoints({1: 30}, to=2900).at(2750 + ms).beat().at(2999)
        s.is_in("playing" if ms >= 0 else "holding").at(3000).is_in("stopping", "session over").at(3250)
        yield s.is_in("disarmed", "session over").after(2)
    s = ready("due: link lost for good and softly", t=FIRST_DRIVE - 1)
    s.echoes = False
    s.line_to(2740, {1: 30}).setpoints({1: 30}, to=2900).at(2750).beat().at(2999).is_in("playing").at(3000)
    yield s.is_in("tripped", "link lost").after(2)
    for ms in (-1, 0, 1):
        s = ready(f"due: end of stopping {ms} ms from the session's end", 1, FIRST_DRIVE - 1)
        s.line_to(2750 + ms, {1: 30}).send(STOP).at(2999 + ms).is_in("stopping", "stop frame").at(3000 + ms)
        yield s.is_in("disarmed", "stop frame").limits().arm().is_in("armed").after(2)
    s = ready("due: nothing is lost while stopping", t=FIRST_DRIVE - 1)
    s.echoes = False
    s.line_to(2960, {1: 30}).send(STOP).at(3100).is_in("stopping", "stop frame").at(3210)
    yield s.is_in("disarmed", "stop frame").after(2)


def due_and_arriving() -> Iterator[Story]:
    """What is due happens before what arrives."""
    s = ready("due first: holding, then setpoints play").setpoints({}, to=300).at(251).is_in("holding")
    yield s.setpoints({}, to=320).is_in("playing").after(2)
    s = ready("due first: link lost for good, then setpoints that would trip").at(1001)
    yield s.setpoints({3: 1}, to=1010).is_in("tripped", "link lost").send(RESET).is_in("disarmed").after(2)
    s = ready("due first: link lost for good, then a stop").at(1001).send(STOP).is_in("tripped", "link lost")
    yield s.after(2)
    s = ready("due first: session over, then a stop", 1).at(500).beat().at(1001).event("break")
    yield s.is_in("disarmed", "session over").after(2)
    s = ready("due first: the end of stopping, then setpoints", t=FIRST_DRIVE - 1).line_to(2030, {1: 30})
    s.send(STOP).at(2280).setpoints({1: 30}, to=2300).answered("not armed").is_in("disarmed", "stop frame")
    yield s.after(2)
    s = ready("due first: the end of stopping, then LIMITS and ARM", t=FIRST_DRIVE - 1).line_to(2030, {1: 30})
    yield s.send(STOP).at(2280).limits().arm().answered("none").is_in("armed").after(2)
    s = ready("due first: a status, then HELLO").at(76).hello()
    yield s.at(151).after(2)
    s = ready("one tick: stop and button").after(5).send(STOP).event("button").is_in("tripped", "button")
    yield s.after(2)
    s = ready("one tick: button and stop").after(5).event("button").send(STOP).is_in("tripped", "button")
    yield s.after(2)
    s = ready("one tick: disarmed, told limits, armed, playing, stopped, in the same bytes")
    s.send(STOP).limits().bytes(
        s.frame(ARM, s.session_hash.to_bytes(4, "little")) + s.frame(SETPOINTS, b"\0", t_ms=9) + s.frame(STOP)
    )
    yield s.is_in("disarmed", "stop frame").after(2)


def statuses() -> Iterator[Story]:
    """When a status goes out, and what it says."""
    s = Story("status: none before HELLO").at(1).limits().arm().at(10).event("button").at(200)
    assert not any(frame.type == STATUS for _, frame in s.sent())
    yield s.hello().at(400)
    s = Story("status: STOP is answered even before HELLO").at(1).send(STOP).limits().arm().at(9).send(STOP)
    yield s.is_in("disarmed", "stop frame").at(200)
    s = Story("status: every 75 ms, and anew with every status").at(1).hello().at(40).hello().at(114).silent()
    s.at(115).at(150).limits().at(160).arm().at(200).send(STOP).at(274).silent()
    yield s.at(275).at(300).send(STOP).at(400)
    s = (
        Story("status: other answers do not put it off")
        .at(1)
        .hello()
        .at(70)
        .send(DESCRIBE, b"\0")
        .send(RESET)
    )
    yield s.at(80)
    s = Story("status: one change of state, one status; STOP's answer is it").at(FIRST_DRIVE - 1).ready()
    yield s.line_to(2030, {1: 30}).send(STOP).at(2060).send(STOP).at(2290)
    s = Story("status: HELLO of another protocol starts them too").at(1).send(HELLO, b"\1", epoch=0).at(160)
    yield s
    s = Story("status: what it counts").at(FIRST_DRIVE - 1).ready().bytes(b"\1\2\3\0\0\7\0")
    s.bytes(b"\x11" * 80 + b"\0").send(HEARTBEAT, b"\0").send(HEARTBEAT, epoch=1).setpoints({1: 1}, to=2000)
    s.setpoints({0: 2, 1: 30, 2: 1, 4: 3}, to=2100).setpoints({1: 31}, to=2110).setpoints(
        {1: 31}, to=2115
    ).hello()
    s.at(2099).hello().at(2100).hello().puts_out({0: 2, 1: 30, 2: 1, 4: 3}).at(2112).hello()
    yield s.at(2120)
    for ms in (-1, 0):
        s = (
            Story(f"status: that of ARM tells who rests, {ms} ms from the end of the first rest")
            .at(1)
            .hello()
        )
        s.at(2000 + ms).limits().arm().is_in("armed")
        yield s.rests(*range(5) if ms < 0 else ()).after(2)
    s = Story("status: slots are freed when a stop drops the queue").at(FIRST_DRIVE - 1).ready()
    s.setpoints({1: 30}, to=2050).setpoints({1: 30}, to=2400).at(2060).send(STOP).at(2310)
    yield s.is_in("disarmed", "stop frame").after(2)
    s = Story("seq: from 255 to 1").at(1).hello()
    for _ in range(256):
        s.send(DESCRIBE, b"\x63")
    yield s.hello().after(2)
    s = Story("seq: the answer names that of the request").at(1).hello()
    s.send(RESET).send(RESET)
    s.seq = 254
    yield s.send(RESET).send(RESET).send(RESET).after(2)
    s = Story("restart: the device's time, seq, epoch, counts and statuses begin anew").at(30).ready()
    s.bytes(b"\5\0").setpoints({}, to=20).hello().at(90).event("restart", 255).at(300).send(
        HEARTBEAT, epoch=7
    )
    yield s.answered("wrong epoch").at(320).send(HELLO, b"\2", epoch=7).at(400)
    s = Story("restart: half a frame is forgotten").at(1).hello().at(5)
    half = s.frame(RESET, epoch=9)
    s.bytes(half[:6]).at(6).event("restart", 9).at(8).bytes(half[6:]).after(2).hello()
    yield s.after(2)


def due_cases() -> Iterator[Story]:
    """All of this file."""
    for group in (coincidences, due_and_arriving, statuses):
        yield from group()
