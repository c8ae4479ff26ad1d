"""The kernel and the guard are one device: in random sessions every output, state and byte is the same."""

import pytest
from depth import DEPTH
from differential import difference, drawn, guard_record, kernel_record, shortest

TICKS = 10_000
SESSIONS = 100 if DEPTH == 1 else 10


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
