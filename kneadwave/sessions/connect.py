"""Opening a device: with a Clearance of the gate, or not at all."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firmware_bridge.clock import Clock
from firmware_bridge.devices.load import DeviceDescription, load_device
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.devices import DEFAULT_DEVICE, Target, with_responses
from kneadwave.errors import NotCleared, SessionRemedy
from kneadwave.guards.dialects import scheme_of
from kneadwave.sessions.controls import Inbox, Request, StopSession
from kneadwave.sessions.events import Event, FindingTold, HoldsItsLevel, ResponsesTaken
from kneadwave.sessions.felt_bounds import refuse_raised
from kneadwave.sessions.prepare import Piece, Placed, place
from kneadwave.sessions.registry import CHECK_EVERY_S, Registration

if TYPE_CHECKING:
    from firmware_bridge.wire.identity import DeviceSelf
    from firmware_bridge.wire.link import Link
    from kneadwave.people.gate import Clearance


@dataclass(frozen=True)
class OnDevice:
    """A piece placed on an open device; `notices` is what the person should know before it begins."""

    device: WireDevice
    registration: Registration
    placed: Placed
    notices: tuple[Event, ...]


class OtherProcesses:
    """Takes the stop that another process asks for through the registry; a Feeder of an Inbox."""

    def __init__(self, registration: Registration, clock: Clock) -> None:
        self._registration = registration
        self._clock = clock
        self._next_look = 0.0

    def waiting(self) -> bool:
        """Whether somebody asked; looks into the registry every CHECK_EVERY_S."""
        now = self._clock.now()
        if now < self._next_look:
            return False
        self._next_look = now + CHECK_EVERY_S
        return self._registration.requested()

    def take(self) -> list[Request]:
        """The stop that was asked for."""
        return [StopSession(EndReason.BY_REQUEST)] if self._registration.stop_asked else []


@contextmanager
def on_device(
    piece: Piece,
    target: Target,
    clearance: "Clearance",
    inbox: Inbox,
    clock: Clock,
    *,
    limit: float = 1.0,
    warn: bool = True,
    described: bool = False,
) -> Iterator[OnDevice]:
    """Open the device of `target` and put the piece on it; other processes can ask for a stop meanwhile.

    `limit` (0 to 1) comes on top of the clearance's. The check's warnings are among the notices if `warn`.
    The response curves of a real device are taken up, unless it is wanted as it is `described`.
    NotCleared for a clearance that does not cover it; link errors where it cannot be opened.
    """
    with ExitStack() as stack:
        device, description = stack.enter_context(opened(target, clearance, clock))
        registration = stack.enter_context(Registration(target.port, piece.profile.name))
        stack.enter_context(inbox.fed_by(OtherProcesses(registration, clock)))
        description = description or _described(device)
        placed = place(piece, description, clearance.factors)
        notices: list[Event] = [FindingTold(finding) for finding in placed.warnings if warn]
        if not description.stops_by_itself:
            notices.append(HoldsItsLevel(description.title, description.overall_ceiling))
        if not (described or placed.profile.guided_only):
            placed, taken = _with_responses(placed, target, limit * clearance.limit)
            notices += taken
        yield OnDevice(device, registration, placed, tuple(notices))


def identify(target: Target, clock: Clock) -> "DeviceSelf":
    """What a device says that it is. It is asked, never armed; so nobody needs a clearance."""
    with _connected(target, clock) as (device, _):
        return device.identify()


def open_link(target: Target, clock: Clock) -> "Link":
    """The link to a real device: to its port, or to a guard of ours before it. Link errors."""
    scheme = scheme_of(target.url)
    if scheme is not None:
        from kneadwave.guards.launch import GuardLink

        return GuardLink(target.opens, target.on or scheme.description, clock)
    from firmware_bridge.wire.link import SerialLink

    return SerialLink(target.opens)


@contextmanager
def opened(
    target: Target, clearance: "Clearance", clock: Clock
) -> Iterator[tuple[WireDevice, DeviceDescription | None]]:
    """The device of `target`, and its description where that is known.

    NotCleared for a clearance that does not cover it: nothing is opened then.
    """
    if not clearance.covers(simulated=target.simulated):
        raise NotCleared(f"nobody was cleared for {target.url}", hint=SessionRemedy.RUN_ON_IT)
    with _connected(target, clock) as both:
        yield both


@contextmanager
def _connected(target: Target, clock: Clock) -> Iterator[tuple[WireDevice, DeviceDescription | None]]:
    """The device and what is known of it; a simulated one is a virtual cushion in this process."""
    link: Link
    given = target.given
    if target.simulated:
        from simulator.cushion import VirtualCushion
        from simulator.link import VirtualLink

        given = given or load_device(DEFAULT_DEVICE)
        link = VirtualLink(VirtualCushion(given, warm=True), clock)
    else:
        link = open_link(target, clock)
    try:
        yield WireDevice(link, clock), given
    finally:
        link.close()


def _described(device: WireDevice) -> DeviceDescription:
    from firmware_bridge.wire.describe import description_of

    return description_of(device.identify())


def _with_responses(placed: Placed, target: Target, limit: float) -> tuple[Placed, list[Event]]:
    """The piece with the response curves of its device: no curve gets a drive past `limit` (0 to 1)."""
    layout, responses = with_responses(placed.layout, target, limit)
    refuse_raised(placed.layout, layout)
    if responses is None:
        return placed, []
    taken = ResponsesTaken(responses.device, responses.made.isoformat(), tuple(responses.actuator))
    return replace(placed, layout=layout), [taken]
