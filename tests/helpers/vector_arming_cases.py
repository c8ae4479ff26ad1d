"""The cases of tests/vectors/states.json about limits, ARM, RESET, the session's seconds and its rest."""

from collections.abc import Iterator

from reference_wire import ARM, DESCRIBE, HEARTBEAT, HELLO, LIMITS, RESET, SETPOINTS, STOP
from vector_story import FIRST_DRIVE, Story


def hashes() -> Iterator[Story]:
    """LIMITS: what is kept, and its hash."""
    for name, seconds in {"0": 0, "1": 1, "1199": 1199, "1200": 1200, "1201": 1201, "65535": 65535}.items():
        s = Story(f"limits: {name} seconds").at(1).hello().limits(seconds).arm()
        yield (
            s.is_in("armed" if seconds else "disarmed")
            .answered("none" if seconds else "wrong limits")
            .after(2)
        )
    s = Story("limits: none told").at(1).hello()
    s.session_hash = s.device.session_hash()
    yield s.arm().answered("wrong limits").is_in("disarmed").after(2)
    s = Story("limits: piece by piece, the last seconds count").at(1).hello().limits(50, [1, 2], first=3)
    s.limits(40, [10], first=0).limits(30, [20, 30], first=1)
    yield s.arm().is_in("armed").after(2)
    s = Story("limits: told twice, the first hash is another").at(1).hello().limits(50)
    first = s.session_hash
    s.limits(49)
    wrong = s.session_hash ^ first
    yield s.arm(wrong=wrong).answered("wrong limits").after(1).arm().is_in("armed").after(2)
    s = Story("limits: an index beyond the last leaves all as it was").at(1).hello().limits(50)
    s.send(LIMITS, b"\0\7\0" + bytes([1] * 6)).answered("no such actuator")
    s.send(LIMITS, b"\5\7\0\1").answered("no such actuator").send(LIMITS, b"\xff\7\0\1").answered(
        "no such actuator"
    )
    yield s.arm().is_in("armed").after(2)
    s = (
        Story("limits: sixty-four actuators in two frames", "mat")
        .at(1)
        .hello()
        .limits(9)
        .limits(9, [1, 2, 3], 61)
    )
    yield s.arm().is_in("armed").after(2)
    s = (
        Story("limits: sixty-one from the fourth on, one too many", "mat")
        .at(1)
        .hello()
        .limits(9, [5] * 61, 3)
    )
    s.limits(9, [5] * 61, 4).answered("no such actuator")
    yield s.arm().is_in("armed").after(2)


def forgotten() -> Iterator[Story]:
    """All limits are 0 again whenever a device comes to disarmed."""
    for name in ("a stop", "a trip and RESET", "a restart"):
        s = Story(f"limits: forgotten after {name}").at(1).ready().after(5)
        if name == "a stop":
            s.send(STOP).is_in("disarmed", "stop frame")
        elif name == "a restart":
            s.event("restart", 9).is_in("disarmed").after(3).hello()
        else:
            s.event("button").after(1).event("button").send(RESET).is_in("disarmed")
        s.after(3).arm().answered("wrong limits").limits(60, [7], first=1)
        yield s.arm().is_in("armed").setpoints({0: 1}, to=s.now + 9).is_in("tripped", "ceiling").after(2)
    s = (
        Story("limits: kept by a STOP, a button's RESET and an ARM refused, in disarmed")
        .at(1)
        .hello()
        .limits(60)
    )
    yield s.send(STOP).send(RESET).event("break").arm(wrong=2).after(4).arm().is_in("armed").after(2)


def order_of_refusals() -> Iterator[Story]:
    """Which of two reasons is told."""
    s = Story("refusals: a trip before all").at(1).ready().event("button").after(1)
    s.arm(wrong=1).answered("tripped").send(LIMITS, b"\0\0\0").answered("tripped")
    yield s.send(LIMITS, b"\xff\0\0\1").answered("tripped").after(2)
    s = Story("refusals: busy before wrong and malformed").at(1).ready().setpoints({}, to=9).after(1)
    s.arm(wrong=1).answered("busy").send(LIMITS, b"\0\0\0").answered("busy")
    yield s.send(LIMITS, b"\xff\0\0\1").answered("busy").after(2)
    s = Story("refusals: LIMITS while armed").at(1).ready().after(1)
    yield s.limits().answered("busy").send(LIMITS, b"\xff\0\0").answered("busy").is_in("armed").after(2)
    s = Story("refusals: malformed before no such actuator").at(1).hello()
    yield (
        s.send(LIMITS, b"\xff\0\0")
        .answered("malformed")
        .send(LIMITS, b"\xff\0\0\1")
        .answered("no such actuator")
    )
    s = Story("refusals: wrong limits before resting").at(1).ready(1)
    beat(s, 1001).is_in("disarmed", "session over").limits().arm(wrong=1).answered("wrong limits")
    yield s.arm().answered("resting").limits(0).arm().answered("wrong limits").after(2)
    s = Story("refusals: another epoch before all").at(1).ready().event("button")
    s.send(ARM, b"", epoch=8).answered("wrong epoch").send(0x77, epoch=8).answered("wrong epoch")
    yield s.after(2)


def beat(s: Story, t: int) -> Story:
    """Heartbeats until `t`, the first of them at once."""
    return s.beat().beat_until(t)


def armed_again() -> Iterator[Story]:
    """ARM while armed."""
    s = Story("armed: ARM again renews no session").at(1).ready(1)
    s.at(500).arm().answered("none").is_in("armed").at(700).arm(wrong=4).answered("wrong limits").is_in(
        "armed"
    )
    s.beat().at(1000).is_in("armed")
    yield s.at(1001).is_in("disarmed", "session over").after(2)
    s = Story("armed: ARM again renews no watchdog").at(1).ready()
    s.echoes = False
    s.at(900).arm().answered("none").at(1000).is_in("armed").at(1001)
    yield s.is_in("tripped", "link lost").after(2)
    s = Story("armed: ARM again is a frame like any other, live by its echo").at(1).ready()
    s.at(900).arm().answered("none").at(1899).is_in("armed")
    yield s.at(1900).is_in("tripped", "link lost").after(2)


def session_over() -> Iterator[Story]:
    """The session's seconds."""
    s = Story("session over: armed").at(5).ready(1)
    yield beat(s, 1004).is_in("armed").at(1005).is_in("disarmed", "session over").after(2)
    s = Story("session over: playing, moving").at(FIRST_DRIVE - 1).ready(1)
    s.line_to(2999, {1: 30}).is_in("playing").puts_out({1: 30}).at(3000).is_in("stopping", "session over")
    s.setpoints({1: 30}, to=3020).at(3249).is_in("stopping", "session over").at(3250)
    yield s.is_in("disarmed", "session over").puts_out({}).after(2)
    s = Story("session over: playing, at rest").at(1).ready(1).line_to(1000, {1: 30}).is_in("playing")
    yield s.at(1001).is_in("disarmed", "session over").after(2)
    s = Story("session over: holding, in its ramp").at(FIRST_DRIVE - 1).ready(1).line_to(2800, {1: 30})
    s.at(2990).is_in("holding").beat().at(3000).is_in("stopping", "session over").at(3249)
    yield s.is_in("stopping", "session over").at(3250).is_in("disarmed", "session over").after(2)
    s = (
        Story("session over: holding, at rest, pauses included")
        .at(FIRST_DRIVE - 1)
        .ready(1)
        .line_to(2200, {1: 30})
    )
    beat(s, 2999).is_in("holding")
    yield s.at(3000).is_in("disarmed", "session over").after(2)
    s = Story("session over: stopping for another reason already").at(FIRST_DRIVE - 1).ready(1)
    s.line_to(2900, {1: 30}).send(STOP).at(3149).is_in("stopping", "stop frame").at(3150)
    yield s.is_in("disarmed", "stop frame").limits().arm().is_in("armed").after(2)
    s = Story("session over: two seconds, nothing renews them").at(1).ready(2)
    s.line_to(400, {}).at(700).is_in("holding").line_to(1100, {}).is_in("playing").line_to(2000, {})
    yield s.is_in("playing").at(2001).is_in("disarmed", "session over").after(2)


def rest_of_a_session() -> Iterator[Story]:
    """No ARM for rest_s after a session that ran out."""
    for ms in (-1, 0, 1):
        s = Story(f"resting: ARM {ms} ms from the end of the rest, which began armed").at(1).ready(1)
        beat(s, 1001).is_in("disarmed", "session over").at(3001 + ms).limits().arm()
        yield s.answered("resting" if ms < 0 else "none").after(2)
        s = Story(f"resting: ARM {ms} ms from the end of the rest, which began when stopping ended")
        s.at(FIRST_DRIVE - 1).ready(1).line_to(3250, {1: 30}).is_in("disarmed", "session over")
        s.at(5250 + ms).limits().arm()
        yield s.answered("resting" if ms < 0 else "none").after(2)
    s = Story("resting: a button while stopping, the rest begins with the RESET").at(FIRST_DRIVE - 1).ready(1)
    s.line_to(3100, {1: 30}).is_in("stopping", "session over").event("button").is_in("tripped", "button")
    s.at(3200).event("button").send(RESET).is_in("disarmed").limits().at(5199).arm().answered("resting")
    yield s.after(1).arm().answered("none").after(2)
    s = Story("resting: a button and its RESET do not shorten it").at(1).ready(1)
    beat(s, 1001).is_in("disarmed", "session over").at(1500).event("button").event("button").send(RESET)
    s.is_in("disarmed").limits().at(3000).arm().answered("resting")
    yield s.after(1).arm().answered("none").after(2)
    s = Story("resting: none after a stop").at(1).ready(1).at(500).send(STOP).limits().arm().is_in("armed")
    yield s.after(2)
    s = Story("resting: once for each session that ran out").at(1).ready(1)
    beat(s, 1001).is_in("disarmed", "session over").at(3001).limits().arm().is_in("armed").send(STOP)
    yield s.limits().arm().answered("none").is_in("armed").after(2)
    s = Story("resting: all but ARM is answered").at(1).ready(1)
    beat(s, 1001).is_in("disarmed", "session over").limits()
    s.send(DESCRIBE, b"\0").send(RESET).answered("none").setpoints({}, to=s.now + 5).answered("not armed")
    yield s.hello().after(2)


def who_may_reset() -> Iterator[Story]:
    """RESET: at once after a lost link, else after the button or two seconds of silence."""
    s = Story("reset: after a lost link at once").at(1).ready()
    yield s.at(1001).is_in("tripped", "link lost").send(RESET).answered("none").is_in("disarmed").after(2)
    for kind in ("button", "ceiling"):

        def trip(name: str, kind: str = kind) -> Story:
            s = Story(f"reset: after a {kind}, {name}").at(1).ready().at(10)
            return s.event("button") if kind == "button" else s.setpoints({1: 121}, to=20)

        s = trip("refused; taken after the device's own button").is_in("tripped", kind)
        s.send(RESET).answered("tripped").at(20).event("button").is_in("tripped", kind)
        yield s.send(RESET).answered("none").is_in("disarmed").after(2)
        s = trip("another press in the same tick").event("button").send(RESET).answered("none")
        yield s.is_in("disarmed").after(2)
        for ms in (-1, 0, 1):
            s = trip(f"{2000 + ms} ms of silence").at(2010 + ms).send(RESET)
            yield s.answered("tripped" if ms < 0 else "none").after(2)
        for ms in (-1, 0, 1):
            s = (
                trip(f"{2000 + ms} ms of silence since a refused RESET")
                .at(500)
                .send(RESET)
                .answered("tripped")
            )
            s.at(2500 + ms).send(RESET)
            yield s.answered("tripped" if ms < 0 else "none").after(2)
        s = trip("silence once is enough").at(2010).send(HEARTBEAT).at(2100).send(DESCRIBE, b"\0").at(2200)
        yield s.send(RESET).answered("none").is_in("disarmed").after(2)
        s = trip("a valid frame breaks the silence").at(1000).send(HEARTBEAT).at(2999).send(RESET)
        yield s.answered("tripped").after(2)
        s = trip("setpoints that are ignored break it too").at(1000).setpoints({1: 200}, to=1010).at(2999)
        yield s.send(RESET).answered("tripped").after(2)
        s = trip("what is not valid does not")
        s.at(500).send(HELLO, b"\2", epoch=0).at(700).send(STOP, epoch=0).at(900).send(HEARTBEAT, b"\1")
        s.at(1100).send(0x40).at(1300).send(HEARTBEAT, epoch=8).at(1500).bytes(b"\5\5\0").at(1700)
        s.send(LIMITS, b"\0\0\0").at(1900).send(SETPOINTS, b"\0\0").at(2010).send(RESET)
        yield s.answered("none").is_in("disarmed").after(2)
        s = trip("the reason stays until then, and what follows says none").at(100).event("break").at(200)
        s.send(STOP).is_in("tripped", kind).event("button").is_in("tripped", kind).send(RESET).is_in(
            "disarmed"
        )
        s.limits().arm().is_in("armed").setpoints({}, to=s.now + 9).is_in("playing").after(20)
        yield s.at(450).is_in("holding").send(STOP).is_in("disarmed", "stop frame").after(2)
    s = Story("reset: a press before the trip is none after it").at(1).ready()
    s.event("button").event("button").send(RESET).is_in("disarmed").limits().arm().setpoints({1: 121}, to=9)
    yield s.is_in("tripped", "ceiling").send(RESET).answered("tripped").after(2)
    s = Story("reset: silence before the trip is none after it").at(2500).hello().event("button").after(1)
    yield s.send(RESET).answered("tripped").after(2)


def arming_cases() -> Iterator[Story]:
    """All of this file."""
    for group in (
        hashes,
        forgotten,
        order_of_refusals,
        armed_again,
        session_over,
        rest_of_a_session,
        who_may_reset,
    ):
        yield from group()
