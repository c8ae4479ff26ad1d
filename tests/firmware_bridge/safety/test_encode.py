"""The encoder takes what the interlock permitted, and nothing else has a way to the wire."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mypy.api
import pytest
from hypothesis import given
from hypothesis import strategies as st
from interlocks import anywhere

import firmware_bridge
from firmware_bridge.devices.layout import Actuator
from firmware_bridge.safety.encode import encode
from firmware_bridge.safety.interlock import Interlock, InterlockEvent, PermittedFrame
from firmware_bridge.wire.codec import setpoints_size
from firmware_bridge.wire.framing import FrameDecoder, pack_frame
from firmware_bridge.wire.messages import (
    TYPE_OF,
    Arm,
    Describe,
    Heartbeat,
    Hello,
    HostMessage,
    Limits,
    Reset,
    Setpoints,
    Stop,
    unpack_host,
)
from firmware_bridge.wire.setpoints import unpack_setpoints

U8, U16, U32 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)
HEADER = st.fixed_dictionaries({"seq": U8, "t_ms": U16, "epoch": U8, "echo": U8})


QUESTIONS = st.one_of(st.builds(Hello, U8), st.builds(Describe, U8), st.just(Stop()), st.just(Reset()))


def permitted(message: HostMessage) -> PermittedFrame[HostMessage]:
    return Interlock((), 0, 0).admit(message)


@given(QUESTIONS, HEADER)
def test_host_message_comes_back_as_it_went_out(message: HostMessage, header: dict[str, int]) -> None:
    (frame,) = FrameDecoder().feed(encode(permitted(message), **header))
    assert unpack_host(frame) == message
    assert type(unpack_host(frame)) is type(message)
    assert {name: getattr(frame, name) for name in header} == header


def test_before_a_status_was_read_nothing_is_echoed() -> None:
    (frame,) = FrameDecoder().feed(encode(permitted(Hello()), seq=1, t_ms=2, epoch=3))
    assert frame.echo == 0


@given(U32)
def test_arm_and_heartbeat_come_back_as_they_went_out(session_hash: int) -> None:
    interlock = Interlock((), 0, session_hash)
    for message in (Arm(session_hash), Heartbeat()):
        (frame,) = FrameDecoder().feed(encode(interlock.admit(message), seq=1, t_ms=2, epoch=3))
        assert unpack_host(frame) == message


@pytest.mark.parametrize(("first", "count"), [(0, 1), (0, 61), (3, 61), (63, 1)])
@pytest.mark.parametrize("seconds", [0, 1, 900, 1200])
def test_limits_come_back_as_they_went_out(
    actuator: Callable[..., Actuator], first: int, count: int, seconds: int
) -> None:
    interlock = Interlock([actuator(i, ceiling=200) for i in range(64)], 1000, 0, anywhere(64))
    message = Limits(first, seconds, bytes(range(count)))
    (frame,) = FrameDecoder().feed(encode(interlock.admit(message), seq=1, t_ms=2, epoch=3))
    assert frame.payload == bytes([first, seconds & 0xFF, seconds >> 8, *range(count)])
    assert unpack_host(frame) == message


@given(st.lists(U8, min_size=1, max_size=40), st.data())
def test_setpoints_come_back_and_their_size_is_known_before(drives: list[int], data: st.DataObject) -> None:
    """Every second actuator has a rate; the interlock is bypassed on purpose, with its own seal."""
    rated = bytes(i % 2 for i in range(len(drives)))
    rates = bytes(data.draw(st.integers(1, 255)) if d and rated[i] else 0 for i, d in enumerate(drives))
    message = Setpoints(bytes(drives), rates)
    if (len(drives) + 7) // 8 + sum(map(bool, drives)) + sum(map(bool, rates)) > 64:
        with pytest.raises(ValueError, match="payload"):
            encode(_sealed(message), seq=0, t_ms=0, epoch=0)
        return
    wire = encode(_sealed(message), seq=0, t_ms=70_000, epoch=9)
    (frame,) = FrameDecoder().feed(wire)
    assert unpack_setpoints(frame.payload, rated) == message
    assert frame.t_ms == 70_000 - 65_536
    assert len(wire) == setpoints_size(message)


def _sealed(message: HostMessage) -> PermittedFrame[Any]:
    from firmware_bridge.safety import interlock

    return PermittedFrame(message, interlock._SEAL)


@pytest.mark.parametrize(
    "thing",
    [Setpoints(b"\x01", b"\0"), Stop(), Hello(), b"\x06", None, "stop", pack_frame, object()],
    ids=lambda thing: type(thing).__name__,
)
def test_what_the_interlock_did_not_permit_is_not_encoded(thing: Any) -> None:
    with pytest.raises(TypeError, match="interlock"):
        encode(thing, seq=1, t_ms=0, epoch=1)


def test_something_that_only_looks_like_a_permitted_frame_is_not_encoded() -> None:
    class Lookalike:
        message = Setpoints(b"\xff", b"\0")

    with pytest.raises(TypeError, match="interlock"):
        encode(Lookalike(), seq=1, t_ms=0, epoch=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("seal", [None, object(), True, "seal"])
def test_only_the_interlock_makes_permitted_frames(seal: object) -> None:
    with pytest.raises(TypeError, match="interlock"):
        PermittedFrame(Setpoints(b"\xff", b"\0"), seal)


def test_a_permitted_frame_cannot_be_inherited_from() -> None:
    with pytest.raises(TypeError, match="interlock"):

        class Forged(PermittedFrame[Setpoints]):  # type: ignore[misc]
            message = Setpoints(b"\xff", b"\0")

            def __init__(self) -> None:
                pass


def test_a_permitted_frame_does_not_change() -> None:
    frame: Any = permitted(Hello())
    with pytest.raises(AttributeError):
        frame.message = Setpoints(b"\xff", b"\0")
    with pytest.raises(AttributeError):
        frame.more = 1
    with pytest.raises(AttributeError):
        del frame.message
    with pytest.raises(AttributeError):
        frame.message.protocol = 2
    assert frame.message == Hello()


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))])
def test_a_permitted_frame_is_not_copied_with_other_contents(way: Callable[[Any], Any]) -> None:
    """A copy would be a second frame of which the interlock knows nothing."""
    with pytest.raises((AttributeError, TypeError)):
        way(permitted(Hello()))


def test_setpoints_reach_the_encoder_through_the_interlock(actuator: Callable[..., Actuator]) -> None:
    interlock = Interlock([actuator(0), actuator(1, rate=(20, 80))], 200, 77, anywhere(2))
    interlock.admit(Arm(77))
    interlock.observe(InterlockEvent.ARM_CONFIRMED)
    message = Setpoints(b"\x14\x0a", b"\0\x28")
    (frame,) = FrameDecoder().feed(encode(interlock.admit(message), seq=5, t_ms=40, epoch=6))
    assert frame.type == TYPE_OF[Setpoints]
    assert frame.payload == b"\x03\x14\x0a\x28"


SNIPPET = """
from firmware_bridge.safety.encode import encode
from firmware_bridge.safety.interlock import Interlock, PermittedFrame
from firmware_bridge.wire.messages import Setpoints

wish = Setpoints(b"", b"")
encode(Interlock((), 0, 0).admit(wish), seq=0, t_ms=0, epoch=0)
encode(wish, seq=0, t_ms=0, epoch=0)  # LINE 8
PermittedFrame(wish)  # LINE 9
"""


@pytest.mark.no_cover
def test_going_round_the_interlock_is_a_type_error(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(SNIPPET)
    sources = [str(Path(p) / f"{n}.py") for p in firmware_bridge.__path__ for n in TYPED]
    # What these five import is taken as Any: the check stays quick and their own types are all it needs.
    options = ["--strict", "--follow-imports=skip", "--config-file=", "--no-error-summary"]
    places = [f"--cache-dir={tmp_path / 'cache'}", "--explicit-package-bases"]
    out, err, _ = mypy.api.run([*options, *places, str(snippet), *sources])
    assert not err
    found = {int(line.split(":")[1]): line for line in out.splitlines() if line.split(":")[0] == str(snippet)}
    assert sorted(found) == [8, 9], out
    assert 'incompatible type "Setpoints"' in found[8]
    assert "PermittedFrame" in found[8]


TYPED = ("safety/encode", "wire/framing", "safety/interlock", "wire/messages", "wire/setpoints")
