"""The kernel and the guard are one device: in random sessions every output, state and byte is the same."""

import pytest
from depth import DEPTH
from differential import DrawnSession, difference, drawn, guard_record, kernel_record, shortest
from reference_wire import ARMED, HEARTBEAT, RESET, STOP, TRIPPED
from vector_devices import DEVICES
from vector_story import EPOCH, Story

TICKS = 10_000
SESSIONS = 1000 if DEPTH == 1 else 100


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(SESSIONS))
def test_a_session_comes_out_the_same_on_both(library, seed):
    session, of_guard = drawn(seed, TICKS)
    assert len(of_guard.drives) >= TICKS

    def differs(one):
        return difference(guard_record(one), kernel_record(library, one))

    found = difference(of_guard, kernel_record(library, session))
    if found is not None:
        short = shortest(session, differs)
        pytest.fail(f"guard and kernel differ in {differs(short)} at the end of this session:\n{short}")


def test_a_difference_is_told_by_the_shortest_session_that_shows_it(library):
    """Here the kernel is told to cut where the guard ramps: one goes silent while it plays."""
    session, _ = drawn(3, TICKS)
    session = session._replace(cuts=False)

    def differs(one):
        return difference(guard_record(one), kernel_record(library, one._replace(cuts=True)))

    short = shortest(session, differs)
    assert differs(short) is not None
    assert len(short.events) <= 5, "LIMITS, ARM, setpoints"


def test_a_status_is_forgotten_when_its_number_comes_round(library):
    """255 frames within a second: number 5 is two statuses, and of these the later one counts, once."""
    story = Story("numbers that come round")
    story.echoes = False
    for t in (10, 500):
        story.at(t)
        for _ in range(5):
            story.send(STOP)
        for _ in range(250):
            story.send(RESET)
    story.at(600).limits().arm()
    for t in (700, 900):
        story.at(t).send(HEARTBEAT, echo=5)
    story.at(2000)
    session = DrawnSession(
        **DEVICES["pad"], epoch=EPOCH, start=0, cuts=False, events=story.events, until=story.now
    )
    of_kernel = kernel_record(library, session)
    assert difference(guard_record(session), of_kernel) is None
    assert of_kernel.states[[1698, 1699], 0].tolist() == [ARMED, TRIPPED]
