"""A session on a device, with keys, signals and other processes able to stop it.

A device is opened with a Clearance of the gate, or it is not opened.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.load import DeviceDescription, load_device
from firmware_bridge.limits import SESSION_MAX_S
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.recording.dose import DoseMeter, Tee
from firmware_bridge.recording.writer import Recorder, open_recorder
from firmware_bridge.wire.identity import DeviceSelf
from kneadwave.cli.terminal.keys import Keys
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.signals import Signals
from kneadwave.cli.views.session import Narrator, note
from kneadwave.devices import DEFAULT_DEVICE, Target, with_responses
from kneadwave.errors import NotCleared
from kneadwave.sessions.controls import Controls
from kneadwave.sessions.felt_bounds import refuse_raised
from kneadwave.sessions.leading import lead
from kneadwave.sessions.loop import follow, wants_view
from kneadwave.sessions.outcome import settled
from kneadwave.sessions.prepare import Piece, Placed, place
from kneadwave.sessions.record import Keeper
from kneadwave.sessions.registry import Registration

if TYPE_CHECKING:
    from firmware_bridge.devices.calibration import Responses
    from firmware_bridge.wire.link import Link
    from kneadwave.people.gate import Clearance

PROGRESS_S = 1.0
"""Session time between two progress events."""


@dataclass(frozen=True)
class Performance:
    """What is to be played on which device, by whose leave and within which bounds.

    `limit` is a fraction of what the clearance leaves; `allowed_s` may only shorten what it allows.
    """

    piece: Piece
    target: Target
    clearance: "Clearance"
    keeper: Keeper
    limit: float = 1.0
    allowed_s: float = SESSION_MAX_S
    record: Path | None = None

    @property
    def seconds(self) -> float:
        """The longest that it may take."""
        return min(self.allowed_s, self.clearance.allowed_s, SESSION_MAX_S)


def perform(out: Output, what: Performance, signals: Signals) -> bool:
    """Open the device and play; whether the device played to the end. Raises whatever ended it early.

    Where it turns out that the device can do none of it, it is closed again and the hands are guided.
    """
    with on_device(out, what.piece, what.target, what.clearance, what.limit) as (
        device,
        registration,
        placed,
    ):
        if not placed.profile.guided_only:
            return _play(out, what, placed, device, registration, signals)
    lead(out, placed.score, what.keeper, signals, MonotonicClock(), allowed_s=what.seconds)
    return False


@contextmanager
def on_device(
    out: Output,
    piece: Piece,
    target: Target,
    clearance: "Clearance",
    limit: float,
    *,
    warn: bool = True,
    described: bool = False,
) -> Iterator[tuple[OpenedDevice, Registration, Placed]]:
    """Open the device of `target` and put the piece on it; other processes can ask for a stop meanwhile.

    `limit` (0 to 1) comes on top of the clearance's. The check's warnings are told if `warn`. The response
    curves of a real device are taken up, unless it is wanted as it is `described`.
    """
    with ExitStack() as stack:
        device, description = stack.enter_context(opened(target, clearance))
        registration = stack.enter_context(Registration(target.port, piece.profile.name))
        description = description or _described(device)
        placed = place(piece, description, out, clearance.factors, warn=warn)
        if not (described or placed.profile.guided_only):
            tuned, responses = with_responses(placed.layout, target, limit * clearance.limit)
            if responses is not None:
                _tell_responses(out, responses)
            refuse_raised(placed.layout, tuned)
            placed = replace(placed, layout=tuned)
        yield device, registration, placed


def _play(
    out: Output,
    what: Performance,
    placed: Placed,
    device: OpenedDevice,
    registration: Registration,
    signals: Signals,
) -> bool:
    clock, keeper, url = MonotonicClock(), what.keeper, what.target.url
    with ExitStack() as stack:
        controls = Controls(stack.enter_context(Keys()), signals, registration, clock)
        recorder = _recorder(stack, what, placed)
        keeper.meter = DoseMeter(placed.layout)
        session = Session(
            placed.score,
            placed.layout,
            device,
            clock,
            limit=what.limit * what.clearance.limit,
            wake=controls.waiting,
            recorder=Tee(keeper.meter, recorder),
            allowed_s=what.seconds,
        )
        lines = not wants_view(out)
        narrator = Narrator(out, placed.score, PROGRESS_S, session, lines=lines, recorder=recorder)
        controls.on_pain = narrator.pain
        with settled(
            out, session, registration, signals, keeper, eased=lambda: controls.eased, recorder=recorder
        ):
            narrator.start(url)
            for text in session.substitutions:
                note(out, text)
            follow(session, controls, narrator, keeper, out, url)
    return not session.stop_reason


def _tell_responses(out: Output, responses: "Responses") -> None:
    out.event(
        "responses",
        device=responses.device,
        made=responses.made.isoformat(),
        actuators=list(responses.actuator),
    )
    out.say(f"with the response curves of {responses.made.isoformat()}")


def _recorder(stack: ExitStack, what: Performance, placed: Placed) -> Recorder | None:
    if what.record is None:
        return None
    recorder = stack.enter_context(open_recorder(what.record))
    recorder.header(placed.layout, placed.score.name, "host", placed.layout.description.name)
    return recorder


@contextmanager
def opened(target: Target, clearance: "Clearance") -> Iterator[tuple[OpenedDevice, DeviceDescription | None]]:
    """The device of `target` and what is known of it; `sim:` makes a virtual cushion in this process.

    NotCleared for a clearance that does not cover it: nothing is opened then.
    """
    if not clearance.covers(target.url):
        raise NotCleared(f"nobody was cleared for {target.url}", hint="play on it with: knead run")
    with _connected(target) as both:
        yield both


def identify(target: Target) -> DeviceSelf:
    """What the device of `target` says that it is. It is asked, never armed; so nobody needs a clearance."""
    with _connected(target) as (device, _):
        return device.identify()


@contextmanager
def _connected(target: Target) -> Iterator[tuple[OpenedDevice, DeviceDescription | None]]:
    link: Link
    given = target.given
    if target.simulated:
        from simulator.cushion import VirtualCushion
        from simulator.link import VirtualLink

        given = given or load_device(DEFAULT_DEVICE)
        link = VirtualLink(VirtualCushion(given), MonotonicClock())
    else:
        from firmware_bridge.wire.link import SerialLink

        link = SerialLink(target.opens)
    try:
        yield WireDevice(link, MonotonicClock()), given
    finally:
        link.close()


def _described(device: OpenedDevice) -> DeviceDescription:
    from firmware_bridge.wire.describe import description_of

    return description_of(device.identify())
