"""What a device says comes back from the wire as it went out."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.codec import encode_report, report_payload
from firmware_bridge.wire.framing import FrameDecoder
from firmware_bridge.wire.messages import ActuatorInfo, Answer, Identity, Report, Status, unpack_report

U8, U16, U32 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)
S16 = st.integers(-32768, 32767)
HEADER = st.fixed_dictionaries({"seq": U8, "t_ms": U16, "epoch": U8})


def name(size: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=size)


REPORTS = st.one_of(
    st.builds(Identity, U8, U16, U32, U32, U16, U8, name(24)),
    st.builds(ActuatorInfo, U8, U8, U8, S16, S16, U8, U8, U8, U8, U8, U16, U16, U8, U8, name(12)),
    st.builds(Answer, U8, U8, U8),
    st.builds(Status, U8, U8, U8, U8, U16, U16, U16, st.integers(0, 2**64 - 1)),
)


@given(REPORTS, HEADER)
def test_report_comes_back_as_it_went_out(report: Report, header: dict[str, int]) -> None:
    (frame,) = FrameDecoder().feed(encode_report(report, **header))
    assert unpack_report(frame) == report
    assert type(unpack_report(frame)) is type(report)
    assert {"seq": frame.seq, "t_ms": frame.t_ms, "epoch": frame.epoch} == header
    assert frame.flags == 0
    assert frame.payload == report_payload(report)
