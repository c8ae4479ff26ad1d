"""The cases of tests/vectors/playout.json about points and their span."""

from collections.abc import Iterator

from reference_wire import RESET, STOP
from vector_story import FIRST_DRIVE, Story

BEGIN = FIRST_DRIVE
SPAN = 9700
REST = 2000


def points(name: str) -> Story:
    """A story on the device of points, armed before anything may be put out."""
    return Story(name, "points").at(BEGIN - 1).ready()


def spans() -> Iterator[Story]:
    """A span without gaps: one tick short, whole, one tick over."""
    for ticks in (-1, 0, 1):
        s = points(f"span: {SPAN + ticks} ticks of work").work(BEGIN, BEGIN + SPAN + ticks, {7: 4})
        yield s.line_to(BEGIN + SPAN + 9, {}).rests(7)
    s = points("span: at 9700 ticks the point is released, and comes back after 2000 without work")
    s.line_to(BEGIN, {7: 4, 2: 60}).line_to(BEGIN + SPAN - 1, {7: 4, 2: 60})
    s.puts_out({7: 4, 2: 60}).rests(2, 7).line_to(BEGIN + SPAN, {7: 4, 2: 60}).puts_out({2: 56})
    yield s.line_to(BEGIN + SPAN + REST + 50, {7: 4, 2: 60}).puts_out({7: 4, 2: 60})


def rests() -> Iterator[Story]:
    """Gaps in a span: one tick short of a rest, a rest, one tick more."""
    for ticks in (-1, 0, 1):
        s = points(f"span: a gap of {REST + ticks} ticks").work(BEGIN, BEGIN + 5000, {7: 4})
        again = BEGIN + 5000 + REST + ticks
        s.work(again, again + 4000, {7: 4})
        yield s.rests(*([7] if ticks < 0 else []))
    for ticks in (-1, 0, 1):
        s = points(f"span: work wanted {REST + ticks} ticks after a forced rest began")
        s.work(BEGIN, BEGIN + SPAN, {7: 4}).rests(7)
        again = BEGIN + SPAN + REST + ticks
        s.line_to(again - 1, {}).line_to(again, {7: 4})
        yield s.puts_out({} if ticks < 0 else {7: 4}).line_to(again + 3, {7: 4}).puts_out({7: 4})
    s = points("span: what is wanted while it rests begins no span and delays no rest")
    s.work(BEGIN, BEGIN + SPAN, {7: 4}).line_to(BEGIN + SPAN + 1000, {7: 4}).puts_out({})
    yield s.line_to(BEGIN + SPAN + REST, {7: 4}).puts_out({7: 4}).rests()
    s = points("span: it runs out within a gap").work(BEGIN, BEGIN + 9000, {7: 4})
    s.line_to(BEGIN + SPAN - 2, {}).rests().line_to(BEGIN + SPAN - 1, {}).rests(7)
    s.line_to(BEGIN + 9000 + REST - 1, {7: 4}).rests().line_to(BEGIN + 9000 + REST, {7: 4})
    yield s.puts_out({7: 4})
    for short in (1, 0):
        s = points(
            f"span: 2000 ticks without work end {short} tick before 9700"
            if short
            else "span: both in one tick"
        )
        worked = SPAN - REST - short
        s.work(BEGIN, BEGIN + worked, {7: 4}).line_to(BEGIN + worked + REST - 1, {}).rests()
        yield s.line_to(BEGIN + worked + REST, {7: 4}).puts_out({7: 4}).rests().after(1)
    s = points("span: one more tick of work than a rest leaves room for")
    worked = SPAN - REST + 1
    s.work(BEGIN, BEGIN + worked, {7: 4}).line_to(BEGIN + SPAN - 1, {}).rests(7)
    yield s.line_to(BEGIN + SPAN, {}).rests().after(1)


def pieces() -> Iterator[Story]:
    """Work that is cut into pieces."""
    s = points("span: pulses of 20 ms in 500")
    for begin in range(BEGIN, BEGIN + SPAN + REST + 600, 500):
        s.work(begin, begin + 20, {7: 4, 2: 1})
    yield s
    s = points("span: the gap after a single tick of work counts").work(BEGIN, BEGIN + 1, {7: 4})
    s.work(BEGIN + 1900, BEGIN + 8000, {7: 4}).rests()
    s.line_to(BEGIN + SPAN - 1, {7: 4}).puts_out({7: 4}).rests(7)
    yield s.line_to(BEGIN + SPAN + 9, {7: 4}).puts_out({})
    s = points("span: drive 1, and less than 1")  # Q8 values below 256 are a drive of 0
    s.line_to(BEGIN, {7: 1}).line_to(BEGIN + 1, {7: 1}).line_to(BEGIN + 200, {}).puts_out({})
    yield s.line_to(BEGIN + REST - 1, {}).rests().line_to(BEGIN + REST + 10, {7: 1}).rests()


def two_as_one() -> Iterator[Story]:
    """Actuators of one point, and those that are none."""
    s = points("points: in turn, at the radius, one mm beyond it, in a chain, without a place")
    s.work(BEGIN, BEGIN + 6000, {0: 4, 2: 4, 4: 4, 7: 4})
    both = {1: 4, 3: 4, 6: 4, 8: 4}
    s.line_to(BEGIN + 6000, both).line_to(BEGIN + SPAN + 99, both).puts_out({3: 4, 8: 4}).rests(0, 1, 4, 5, 6)
    yield s
    s = points("points: two of one point alternate")
    for begin in range(BEGIN, BEGIN + SPAN, 1200):
        s.work(begin, begin + 600, {0: 4}).work(begin + 601, begin + 1199, {1: 4})
    yield s.rests(0, 1)
    s = points("points: all of a chain rest, the one too that was not driven")
    s.line_to(BEGIN, {4: 40}).line_to(BEGIN + SPAN - 1, {4: 40}).rests(4, 5, 6)
    s.line_to(BEGIN + SPAN + 100, {5: 40, 6: 1}).puts_out({})
    yield s.line_to(BEGIN + SPAN + REST + 60, {5: 40, 6: 1}).puts_out({5: 40, 6: 1})


def nothing_forgets() -> Iterator[Story]:
    """Arming, stopping, resetting and tripping forget nothing of a span."""
    s = points("span: a stop and arming again do not end it").work(BEGIN, BEGIN + 8000, {7: 4})
    s.send(STOP).is_in("disarmed", "stop frame").after(50).limits().arm().after(50)
    begin = s.now
    s.line_to(begin + 10, {7: 4}).line_to(BEGIN + SPAN - 1, {7: 4}).puts_out({7: 4}).rests(7)
    yield s.line_to(BEGIN + SPAN + 9, {7: 4}).puts_out({})
    s = points("span: a trip and a RESET do not end it").work(BEGIN, BEGIN + 8000, {7: 4})
    s.event("button").is_in("tripped", "button").after(20).event("button").send(RESET).is_in("disarmed")
    s.after(50).limits().arm().after(50)
    begin = s.now
    s.line_to(begin + 10, {7: 4}).line_to(BEGIN + SPAN - 1, {7: 4}).puts_out({7: 4}).rests(7)
    yield s.line_to(BEGIN + SPAN + 9, {7: 4}).puts_out({})
    s = points("span: a rest that is owed is counted on while disarmed").work(BEGIN, BEGIN + SPAN, {7: 4})
    s.rests(7).send(STOP).is_in("disarmed", "stop frame").after(1990).limits().arm().rests(7)
    s.line_to(s.now + 9, {7: 4}).puts_out({}).line_to(BEGIN + SPAN + REST, {7: 4}).puts_out({7: 4})
    yield s


def span_cases() -> Iterator[Story]:
    """All of them."""
    for group in (spans, rests, pieces, two_as_one, nothing_forgets):
        yield from group()
