"""The kernel as machine code of the Pico's processor, in QEMU, with room for every device of the vectors."""

import pytest
from arm_kernel import ArmKernel, build
from depth import DEPTH
from differential import difference, drawn, guard_record, kernel_record, shortest
from kernel import decoded
from kernel_vectors import CASES, FRAMES, NAMED, check

TICKS = 10_000
SESSIONS = 100 if DEPTH == 1 else 10


@pytest.fixture(scope="module")
def arm(shared, tmp_path_factory):
    with ArmKernel(shared.get("arm kernel", build), tmp_path_factory.mktemp("arm")) as arm:
        yield arm


def test_every_frame_and_stream_is_read_as_it_stands_there(arm):
    for wire in NAMED.values():
        assert decoded(arm, wire) == ([wire], 0, 0)
    for stream in FRAMES["streams"]:
        frames = [NAMED[name] for name in stream["frames"]]
        read = decoded(arm, bytes.fromhex(stream["wire"]))
        assert read == (frames, stream["discarded"], stream["stops"]), stream["name"]


@pytest.mark.parametrize(
    ("file", "case"), CASES, ids=lambda part: part if isinstance(part, str) else part["name"]
)
def test_a_case_comes_out_as_the_reference_device_has_it(arm, file, case):
    check(arm, file, case)


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_a_session_comes_out_as_on_the_guard(arm, seed):
    session, of_guard = drawn(seed, TICKS)

    def differs(one):
        return difference(guard_record(one), kernel_record(arm, one))

    if difference(of_guard, kernel_record(arm, session)) is not None:
        short = shortest(session, differs)
        pytest.fail(f"guard and kernel differ in {differs(short)} at the end of this session:\n{short}")
