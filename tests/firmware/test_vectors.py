"""The kernel passes the vectors of docs/wire.md, which another device wrote that shares nothing with it."""

import pytest
from depth import thinned
from kernel import KernelDevice, decoded
from kernel_vectors import CASES, FRAMES, NAMED, SOUND, check


@pytest.mark.parametrize("frame", FRAMES["frames"], ids=lambda frame: frame["name"])
def test_a_frame_is_read_and_written_as_it_stands_there(library, frame):
    wire = bytes.fromhex(frame["wire"])
    assert decoded(library, wire) == ([wire], 0, 0)


@pytest.mark.parametrize("stream", FRAMES["streams"], ids=lambda stream: stream["name"])
def test_a_stream_holds_what_stands_there(library, stream):
    frames = [NAMED[name] for name in stream["frames"]]
    assert decoded(library, bytes.fromhex(stream["wire"])) == (frames, stream["discarded"], stream["stops"])


@pytest.mark.parametrize(
    ("file", "case"), CASES, ids=lambda part: part if isinstance(part, str) else part["name"]
)
def test_a_case_comes_out_as_the_reference_device_has_it(library, file, case):
    check(library, file, case)


@pytest.mark.parametrize("told", SOUND, ids=lambda told: told["name"])
def test_a_device_starts_where_it_is_sound(library, told):
    if told["starts"]:
        assert KernelDevice(library, told["identity"], told["table"], 1).state == (0, 0, 0)
    else:
        with pytest.raises(ValueError, match="refuses"):
            KernelDevice(library, told["identity"], told["table"], 1)


@pytest.mark.parametrize("name", ["pad", "slews", "power"])
def test_a_small_board_makes_the_same_of_its_cases(small_library, name):
    cases = [(file, case) for file, case in CASES if case["device"] == name]
    assert cases
    for file, case in thinned(cases):
        check(small_library, file, case)
