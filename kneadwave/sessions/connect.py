"""Opening a device: with a Clearance of the gate, or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from firmware_bridge.clock import Clock, Files
from firmware_bridge.devices.join import join, parts_of, with_parts
from firmware_bridge.devices.load import DeviceDescription, load_device
from firmware_bridge.play.device import OpenedDevice
from firmware_bridge.play.ending import EndReason
from firmware_bridge.play.joined_device import JoinedDevice
from firmware_bridge.play.wire_device import WireDevice
from kneadwave.devices import DEFAULT_DEVICE, Target, described_together, with_responses
from kneadwave.errors import NotCleared, SessionRemedy, UsageError
from kneadwave.guards.dialects import scheme_of
from kneadwave.sessions.controls import Inbox, Request, StopSession
from kneadwave.sessions.device_events import DeviceSays, HoldsItsLevel, PlaysAsSound, ResponsesTaken
from kneadwave.sessions.events import Event, FindingTold
from kneadwave.sessions.felt_bounds import refuse_raised
from kneadwave.sessions.note_events import NotRegistered
from kneadwave.sessions.prepare import Piece, Placed, place
from kneadwave.sessions.registry import CHECK_EVERY_S, Registration, find, own_folder

if TYPE_CHECKING:
    from firmware_bridge.wire.identity import DeviceSelf
    from firmware_bridge.wire.link import Link
    from kneadwave.people.gate import Clearance


@dataclass(frozen=True)
class OnDevice:
    """A piece placed on an open device; `notices` is what the person should know before it begins."""

    device: OpenedDevice
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

    def files(self) -> Files:
        """What can be read when somebody asked."""
        return self._registration.files()

    def take(self) -> list[Request]:
        """The stop that was asked for."""
        return [StopSession(EndReason.BY_REQUEST)] if self._registration.stop_asked else []


def unregistered(ports: Sequence[str]) -> Iterator[NotRegistered]:
    """Told once where no other process finds the session of this one on `ports`."""
    if all(find(port) is not None for port in ports):
        return
    try:
        why = f"{own_folder()} cannot be written"
    except OSError as error:
        why = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    yield NotRegistered(why)


@contextmanager
def on_device(
    piece: Piece,
    target: Target,
    clearance: "Clearance",
    inbox: Inbox,
    clock: Clock,
    *,
    limit: float = 1.0,
    allowed_s: float | None = None,
    warn: bool = True,
    described: bool = False,
) -> Iterator[OnDevice]:
    """Open the device of `target` and put the piece on it; other processes can ask for a stop meanwhile.

    `limit` (0 to 1) is the most that may be felt, beside the clearance's. The check's warnings of what there
    is time for in `allowed_s` seconds are among the notices if `warn`. The response curves of a real device
    are taken up, unless it is wanted as it is `described`.
    NotCleared for a clearance that does not cover it; link errors where it cannot be opened.
    """
    with ExitStack() as stack:
        device, description, said = stack.enter_context(opened(target, clearance, clock))
        ports, urls = [each.port for each in target.all], [each.url for each in target.all]
        registration = stack.enter_context(Registration(ports, piece.profile.name, urls))
        stack.enter_context(inbox.fed_by(OtherProcesses(registration, clock)))
        placed = place(piece, description, clearance.factors, touches=not target.stands_in)
        notices: list[Event] = [FindingTold(each) for each in placed.told_within(allowed_s) if warn]
        notices += unregistered(ports)
        for part in parts_of(placed.layout):
            if not part.description.stops_by_itself:
                notices.append(HoldsItsLevel(part.description.title, part.description.overall_ceiling))
        notices += said
        if not (described or placed.profile.guided_only):
            placed, taken = _with_responses(placed, target, min(limit, clearance.limit))
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

        description = target.on or scheme.description
        if description is None:
            raise UsageError(
                f"nobody knows where the motors of {target.url} lie", hint=SessionRemedy.DESCRIBE
            )
        return GuardLink(target.opens, description, clock)
    from firmware_bridge.wire.link import SerialLink

    return SerialLink(target.opens)


@contextmanager
def opened(
    target: Target, clearance: "Clearance", clock: Clock
) -> Iterator[tuple[OpenedDevice, DeviceDescription, list[Event]]]:
    """The device of `target`, or all of them as one, its description, and what to know of them.

    A description that is not known is asked for.

    NotCleared for a clearance that does not cover it: nothing is opened then. DeviceDescriptionError for
    devices that cannot play together.
    """
    if not clearance.covers(simulated=target.simulated):
        raise NotCleared(f"nobody was cleared for {target.url}", hint=SessionRemedy.RUN_ON_IT)
    described_together(target)  # refuses what is known beforehand before anything is opened
    with ExitStack() as stack:
        found = [stack.enter_context(_connected(each, clock)) for each in target.all]
        description = join([given or _described(device) for device, given in found])
        devices = [device for device, _ in found]
        notices = [notice for device in devices for notice in _said_by(device.link)]
        yield devices[0] if len(devices) == 1 else JoinedDevice(devices), description, notices


@contextmanager
def _connected(target: Target, clock: Clock) -> Iterator[tuple[WireDevice, DeviceDescription | None]]:
    """The device and what is known of it; a simulated one is a virtual cushion in this process."""
    link: Link
    given = target.given
    if target.simulated:
        from kneadwave.sessions.kernel import playing
        from simulator.cushion import virtual_cushion
        from simulator.link import VirtualLink

        given = given or load_device(DEFAULT_DEVICE)
        link = VirtualLink(virtual_cushion(playing(), given, warm=True), clock)
    else:
        link = open_link(target, clock)
    try:
        yield WireDevice(link, clock), given
    finally:
        link.close()


def _described(device: WireDevice) -> DeviceDescription:
    from firmware_bridge.wire.describe import description_of

    return description_of(device.identify())


def _said_by(link: "Link") -> Iterator[Event]:
    """What the guard of a device has to tell of it."""
    from kneadwave.guards.launch import GuardLink

    if not isinstance(link, GuardLink):
        return
    if link.about:
        yield DeviceSays(link.name, link.about)
    if link.sound is not None:
        yield PlaysAsSound(link.sound.card, link.sound.latency_s, link.sound.alone)


def _with_responses(placed: Placed, target: Target, limit: float) -> tuple[Placed, list[Event]]:
    """The piece with the response curves of its devices: no curve gets a drive past `limit` (0 to 1)."""
    parts, taken = list(parts_of(placed.layout)), list[Event]()
    for number, each in enumerate(target.all):
        layout, responses = with_responses(parts[number], each, limit)
        refuse_raised(parts[number], layout)
        if responses is not None:
            parts[number] = layout
            taken.append(
                ResponsesTaken(responses.device, responses.made.isoformat(), tuple(responses.actuator))
            )
    return replace(placed, layout=with_parts(placed.layout, parts)), taken
