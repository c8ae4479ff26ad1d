"""The cases of tests/vectors/playout.json, by the sentences of docs/wire.md, "Playout"; spans are beside."""

from collections.abc import Iterator

from reference_wire import STOP
from vector_story import FIRST_DRIVE, Story


def armed(name: str, device: str = "pad", t: int = FIRST_DRIVE - 1) -> Story:
    """A story that begins armed, in the last tick in which nothing may be put out."""
    return Story(name, device).at(t).ready()


def line() -> Iterator[Story]:
    """Line: rounding, holding, where it begins."""
    for ms in (1, 2, 3, 7, 33, 100, 249):
        s = armed(f"line: up and down over {ms} ms, rounded down")
        yield (
            s.line_to(2010, {})
            .line_to(2010 + ms, {0: 5, 1: 17, 4: 3})
            .line_to(2010 + 2 * ms, {0: 2, 4: 3})
            .after(9)
        )
    s = armed("line: two keyframes wait, the line goes from keyframe to keyframe")
    s.setpoints({1: 10}, to=2011).setpoints({1: 30}, to=2033).setpoints({1: 3, 4: 9}, to=2080)
    yield s.at(2100).puts_out({1: 3, 4: 9})
    s = armed("line: after the last keyframe its value holds").setpoints({1: 10}, to=2020)
    yield s.at(2200).beat().at(2269).puts_out({1: 10}).is_in("playing").at(2270).is_in("holding")
    s = armed("line: begins at the keyframe, though the output lags behind it")
    s.setpoints({2: 50}, to=2010).setpoints({2: 50}, to=2050).setpoints({2: 0 + 20}, to=2060)
    yield s.at(2090)
    for late in (-1, 0, 1, 15):
        s = armed(f"line: next setpoints {late} ms after the keyframe, while the output lags behind")
        s.setpoints({2: 60}, to=2050).at(2050 + late).setpoints({2: 10, 1: 5}, to=2100)
        yield s.at(2120)
    s = armed("line: from a ramp it begins at the present output").line_to(2020, {1: 40})
    s.at(2250).is_in("holding").at(2370).puts_out({1: 20}).setpoints({1: 60}, to=2400).is_in("playing")
    yield s.at(2420)
    s = armed("line: from the end of a ramp it begins at zero").line_to(2020, {1: 40})
    s.at(2519).puts_out({}).at(2600).beat().setpoints({1: 8}, to=2640)
    yield s.at(2660)
    s = armed("line: setpoints that wait when the line is lost are never played")
    s.setpoints({1: 40}, to=2100).setpoints({1: 60}, to=2500)
    s.at(2249).is_in("playing").at(2250).is_in("holding").at(2450).setpoints({1: 20}, to=2480)
    yield s.is_in("playing").at(2520).puts_out({1: 20})
    s = armed("line: setpoints 500 ms ahead").setpoints({1: 50}, to=2500)
    s.at(2200).beat().at(2400).beat()
    yield s.at(2520).puts_out({1: 50})
    s = armed("line: the clock's 16 bits run over", t=65500)
    s.setpoints({1: 9}, to=65520).setpoints({1: 30}, to=65535).setpoints({1: 31}, to=65536)
    s.setpoints({1: 5}, to=65570)
    yield s.at(65600).puts_out({1: 5})


def rates() -> Iterator[Story]:
    """Rates do not glide."""
    s = armed("rate: the rate of the line's end holds for the line")
    s.setpoints({0: 6, 1: 6, 4: 6}, {0: 10, 1: 20, 4: 60}, to=2020)
    s.setpoints({0: 8, 1: 3, 4: 6}, {0: 60, 1: 120, 4: 10}, to=2040)
    yield s.at(2040).setpoints({0: 8, 1: 3, 4: 6}, {0: 31, 1: 32, 4: 33}, to=2060).at(2080)
    s = armed("rate: 0 where the table allows it is a rate like any other")
    s.setpoints({4: 6}, {4: 30}, to=2020).setpoints({4: 6}, {4: 0}, to=2040)
    yield s.at(2040).setpoints({4: 6}, {4: 45}, to=2060).at(2080)
    s = armed("rate: what is on its way to off keeps the one it had")
    s.setpoints({0: 40, 1: 6}, {0: 22, 1: 44}, to=2060).setpoints({2: 1}, to=2070).setpoints({2: 1}, to=2120)
    yield s.at(2140)
    s = armed("rate: a ramp keeps it, and drive 0 has none").setpoints({1: 9}, {1: 77}, to=2020).at(2020)
    s.send(STOP).is_in("stopping", "stop frame")
    yield s.at(2280).is_in("disarmed", "stop frame")
    s = armed("rate: none while the drive is still 0").setpoints({1: 1}, {1: 50}, to=2100)
    yield s.at(2110)


def ceilings() -> Iterator[Story]:
    """Ceilings: what the session may have is played, in full and no more."""
    own = [actuator["ceiling"] for actuator in Story("").table]
    for name, told in {
        "one below the device's own": [own[0], own[1] - 1, own[2], 0, own[4]],
        "the device's own": own,
        "one above the device's own": [own[0], own[1] + 1, own[2], 0, own[4]],
    }.items():
        s = Story(f"ceiling: told {name}").at(2000).hello().limits(60, told).arm()
        least = min(told[1], own[1])
        s.setpoints({1: least}, to=2040).at(2060).puts_out({1: least})
        yield s.setpoints({1: least + 1}, to=2080).is_in("tripped", "ceiling").after(1).puts_out({})
    s = Story("ceiling: 0 is off, and one may stay").at(2000).hello().limits(60, [0, 1, 0, 0, 0]).arm()
    s.setpoints({1: 1}, to=2010).at(2020).puts_out({1: 1}).setpoints({0: 1}, to=2030)
    yield s.is_in("tripped", "ceiling").after(2)


def start_rest() -> Iterator[Story]:
    """After the start every point rests."""
    s = Story("rest: at the start, ticks 1 to 2000").at(1700).ready()
    s.setpoints({1: 20, 4: 3}, to=1800).line_to(1999, {1: 20, 4: 3}).puts_out({}).rests(0, 1, 2, 3, 4)
    s.at(2000).puts_out({}).rests().line_to(2001, {1: 20, 4: 3}).puts_out({1: 4, 4: 3})
    yield s.line_to(2050, {1: 20, 4: 3}).puts_out({1: 20, 4: 3})
    s = Story("rest: the line goes on beneath it").at(1900).ready().setpoints({1: 100}, to=2300)
    yield s.at(2050).beat().at(2100)
    s = Story("rest: a new start brings it again").at(2000).ready().line_to(2050, {4: 4}).puts_out({4: 4})
    s.event("restart", 8).is_in("disarmed").at(2051).puts_out({}).at(3900).ready()
    s.line_to(4050, {4: 4}).puts_out({}).line_to(4060, {4: 4}).puts_out({4: 4})
    yield s


def slews() -> Iterator[Story]:
    """Slew: both ways, every rounding."""
    every = dict.fromkeys(range(6), 20)
    s = armed("slew: up, six attacks", "slews").line_to(2001, every)
    yield s.line_to(2120, every).puts_out({1: 20, 2: 20, 3: 20, 4: 20, 5: 20})
    s = armed("slew: down, six releases", "slews").line_to(2001, every | {0: 1}).line_to(2400, every)
    yield s.line_to(2401, {}).line_to(2440, {}).puts_out({})
    s = armed("slew: a line that is slower than the slew is kept to", "slews")
    yield s.line_to(2100, {5: 100, 4: 99, 2: 50}).line_to(2150, {5: 1}).after(9)


def power() -> Iterator[Story]:
    """Power: rises are scaled by one factor a tick."""
    s = armed("power: one falls slowly, three rise", "power").line_to(2030, {0: 100}).puts_out({0: 100})
    yield s.line_to(2031, {1: 60, 2: 39, 3: 1}).line_to(2200, {1: 60, 2: 39, 3: 1})
    for budget in (-1, 0):
        s = armed(f"power: {100 + budget} of 100 are not scaled", "power").line_to(
            2030, {0: 50, 1: 50 + budget}
        )
        yield s.puts_out({0: 50, 1: 50 + budget}).line_to(2060, {0: 50 + budget, 1: 50}).after(9)
    s = armed("power: exchanged in one tick", "power").line_to(2030, {1: 99, 3: 1})
    yield s.line_to(2031, {2: 100}).line_to(2180, {2: 100})
    s = armed("power: exchanged step by step", "power").line_to(2030, {0: 90, 1: 10})
    for t in range(2040, 2160, 10):
        s.line_to(t, {0: 5 + t // 10 % 3, 1: 90, 2: 1 + t // 10 % 4})
    yield s.after(9)
    s = armed("power: nothing left for a rise", "power").line_to(2030, {0: 100})
    yield s.line_to(2230, {0: 100}).line_to(2231, {0: 99, 1: 1}).line_to(2250, {0: 99, 1: 1})


def ramps() -> Iterator[Story]:
    """The ramp to zero, of a stop and of a lost link."""
    everything = {0: 60, 1: 41, 2: 7, 4: 3}
    for what in ("break", "dtr"):
        s = (
            armed(f"ramp: {what} while the line is rising")
            .setpoints(everything, to=2060)
            .at(2030)
            .event(what)
        )
        yield s.at(2279).is_in("stopping", "line break" if what == "break" else "line dropped").at(2300)
    s = armed("ramp: a stop at full drive").line_to(2255, {0: 200, 4: 40}).line_to(2270, {0: 200, 4: 40})
    s.send(STOP).at(2519).is_in("stopping", "stop frame").at(2520)
    yield s.is_in("disarmed", "stop frame").puts_out({}).at(2530)
    s = armed("ramp: a stop within that of a lost link begins none anew").line_to(2060, {0: 60, 1: 41, 4: 3})
    s.at(2310).is_in("holding").at(2410).send(STOP).at(2659).is_in("stopping", "stop frame")
    yield s.at(2660).is_in("disarmed", "stop frame").at(2661)
    s = armed("ramp: another stop changes nothing of it").line_to(2060, {0: 60, 1: 41}).send(STOP)
    s.at(2100).event("break").event("dtr").bytes(bytes(4)).send(STOP).is_in("stopping", "stop frame")
    yield s.at(2310).is_in("disarmed", "stop frame").at(2311)
    s = armed("ramp: a button cuts it").line_to(2060, {0: 60, 1: 41}).send(STOP).at(2100).event("button")
    yield s.is_in("tripped", "button").at(2101).puts_out({}).at(2110)
    s = armed("trip: zero from the next tick on, whatever was put out").line_to(2150, {0: 100, 1: 41})
    s.puts_out({0: 100, 1: 41}).event("button").puts_out({0: 100, 1: 41}).after(1).puts_out({})
    yield s.after(9)


def wide() -> Iterator[Story]:
    """One actuator, nine, and sixty-four, fifty-six of them on."""
    s = armed("mask: one actuator", "one").line_to(2010, {0: 100}).line_to(2020, {}).line_to(2030, {0: 7})
    yield s.puts_out({0: 7}).send(STOP).is_in("stopping", "stop frame").at(2285)
    s = (
        Story("mask: sixty-four actuators", "mat")
        .at(1960)
        .hello()
        .limits(60)
        .limits(60, [100, 99, 98], first=61)
        .arm()
    )
    some = {i: 1 + i % 3 for i in range(64) if i % 8 != 7} | {63: 2}
    s.line_to(2010, {i: drive for i, drive in some.items() if i != 0 and i != 1})
    yield s.line_to(2030, {63: 3, 0: 1, 8: 2}).line_to(2040, {}).after(3)
    s = armed("mask: nine actuators", "points").line_to(2010, {0: 1, 7: 2, 8: 3}).line_to(2020, {8: 4})
    yield s.after(3).puts_out({8: 4})


def playout_cases() -> Iterator[Story]:
    """All of them."""
    for group in (line, rates, ceilings, start_rest, slews, power, ramps, wide):
        yield from group()
