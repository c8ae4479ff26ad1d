"""`knead stop`: stop a device, through the session that holds its port or by opening the port itself."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

from firmware_bridge.clock import Clock
from firmware_bridge.errors import BridgeError, DeviceRefused, LinkTimeout, PortBusy
from firmware_bridge.guard.outputs.output import OutputStuck
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.wire.messages import DeviceState, Status
from firmware_bridge.wire.reasons import reason_text
from kneadwave.config import Config
from kneadwave.devices import Target, chosen_url, is_simulated, is_simulated_port, port_of, resolve_url
from kneadwave.errors import KneadError, NoDevice, NotConfirmed, SessionRemedy
from kneadwave.guards.dialects import open_output, scheme_of
from kneadwave.guards.marks import forget
from kneadwave.sessions.connect import open_link
from kneadwave.sessions.registry import RunningSession, find, running_sessions

T = TypeVar("T")
REACTION_S = 1.0
"""How long a session may take to notice the request. After it a watchdog has stopped the device."""
ANSWER_S = 4.0
"""How long a session that noticed may take to end: ramp, confirmation and its own goodbye."""
RELEASE_S = 2.0
"""How long a session that ended may still hold the port."""
POLL_S = 0.02


@dataclass(frozen=True)
class SessionSilent:
    """The session that holds the port does not react; by now a watchdog has stopped the device."""

    pid: int
    port: str


@dataclass(frozen=True)
class StoppedBySession:
    """A running session stopped its device, which confirmed, or whose guard did."""

    pid: int
    port: str


@dataclass(frozen=True)
class StoppedByPort:
    """The device behind a port was stopped and confirmed: how it is now, and why it was stopped last."""

    port: str
    state: DeviceState
    reason: str

    @property
    def latched(self) -> bool:
        """Whether it holds a trip until somebody resets it."""
        return self.state is DeviceState.TRIPPED


@dataclass(frozen=True)
class TripCleared:
    """A latched trip was cleared; nothing starts by it."""

    reason: str


@dataclass(frozen=True)
class ToldOff:
    """The device at `port` was told to be off; one without a guard of its own confirms nothing."""

    port: str


Stopped = SessionSilent | StoppedBySession | StoppedByPort | ToldOff | TripCleared


def stop(option: str | None, config: Config, clock: Clock, *, reset: bool) -> Iterator[Stopped]:
    """Stop the device and wait until that is confirmed; with `reset` clear a latched trip as well.

    Where several devices play in one session, all of them.

    Raises NotConfirmed when nobody confirms, NoDevice when there is nothing to stop, and link errors.
    """
    session, url = _whom(option, config)
    if session is not None:
        confirmed = _ask_session(session, clock)
        if confirmed is None:
            yield SessionSilent(session.pid, session.port)
        if confirmed and (not reset or is_simulated_port(session.port)):
            yield StoppedBySession(session.pid, session.port)
            return
    if is_simulated_port(url):
        raise NotConfirmed(
            "the session on a simulated cushion left no answer",
            hint="it has ended, or it hangs: kill its process",
        )
    yield from _stop_all(url, clock, reset=reset, held_by=session)


def _stop_all(url: str, clock: Clock, *, reset: bool, held_by: RunningSession | None) -> Iterator[Stopped]:
    """Stop the device at `url` and all that play with it; raises what went wrong first, after the last."""
    others = () if held_by is None else held_by.ports
    failed: BridgeError | KneadError | None = None
    for port in dict.fromkeys((url, *others)):
        try:
            yield from _stop_port(port, clock, reset=reset, held_by=held_by)
        except (BridgeError, KneadError) as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _whom(option: str | None, config: Config) -> tuple[RunningSession | None, str]:
    """The session to ask, None when nobody runs one there, and the port, as that session names it."""
    sessions = running_sessions()
    if option is None and len(sessions) == 1:
        return sessions[0], sessions[0].port
    named = chosen_url(option, config)
    if is_simulated(named):
        simulated = [session for session in sessions if is_simulated_port(session.port)]
        if len(simulated) != 1:
            raise NoDevice(f"{len(simulated)} sessions run on a simulated cushion", hint="end it with Ctrl-C")
        return simulated[0], simulated[0].port
    if named is None and sessions:
        listed = ", ".join(f"{session.port} ({session.profile})" for session in sessions)
        raise NoDevice(f"several sessions are running: {listed}", hint=SessionRemedy.CHOOSE_DEVICE)
    url = named or _only_device(config)
    port = port_of(url)
    held = next((held for each in sessions for held in each.ports if _place(held) == _place(port)), port)
    return find(held), held


def _place(port: str) -> str:
    """What is opened for a port, whichever dialect is spoken to it."""
    scheme, _, place = port.partition(":")
    return place if scheme.isalnum() and place and not place.startswith("//") else port


def _only_device(config: Config) -> str:
    try:
        return resolve_url(None, config)
    except NoDevice as error:
        raise NoDevice(f"no session is running, and {error}", hint=SessionRemedy.STOP_NAMED) from error


def _ask_session(session: RunningSession, clock: Clock) -> bool | None:
    """Whether the session stopped and its device confirmed; None where it does not react."""
    session.ask_to_stop()
    began = clock.now()
    while not session.over:
        passed = clock.now() - began
        if passed > ANSWER_S or (session.asked and passed > REACTION_S):
            return None
        clock.sleep(POLL_S)
    return bool(session.answer())


def _stop_port(url: str, clock: Clock, *, reset: bool, held_by: RunningSession | None) -> Iterator[Stopped]:
    patience_s = RELEASE_S if held_by is not None else 0.0
    try:
        if scheme_of(url) is not None:
            with closing(_open(lambda: open_output(url, clock).output, patience_s, clock)) as output:
                output.zero()
            forget(url)
            yield ToldOff(url)
            return
        link = _open(lambda: open_link(Target(url, port_of(url)), clock), patience_s, clock)
    except OutputStuck as error:
        raise NotConfirmed(f"{url} takes nothing", hint="look at the device; pull its plug") from error
    except PortBusy as error:
        if held_by is None or not held_by.alive:
            raise
        raise NotConfirmed(
            f"nobody confirmed the stop: process {held_by.pid} hangs and holds {url}",
            hint=f"look at the device; then end the process with: kill -9 {held_by.pid}",
        ) from error
    try:
        device = WireDevice(link, clock)
        status = _stop_device(device, url)
        stopped = StoppedByPort(url, DeviceState(status.state), reason_text(status.reason))
        yield stopped
        if stopped.latched and reset:
            device.reset()
            yield TripCleared(stopped.reason)
    finally:
        link.close()


def _stop_device(device: WireDevice, url: str) -> Status:
    """Send the stop at once, then greet the device so that it tells how it is; else NotConfirmed."""
    device.send_stop()
    unsure = NotConfirmed(
        f"the stop was sent to {url}, but nothing confirms it",
        hint="look at the device; if it moves, pull its plug",
    )
    try:
        device.identify()
    except (LinkTimeout, DeviceRefused):
        if not device.stop() or device.status is None:
            raise unsure from None
        return device.status
    if not device.stop() or device.status is None:
        raise unsure
    return device.status


def _open(attempt: Callable[[], T], patience_s: float, clock: Clock) -> T:
    """Open the device; a session that is just ending may take a moment to let go of it."""
    deadline = clock.now() + patience_s
    while True:
        try:
            return attempt()
        except PortBusy:
            if clock.now() >= deadline:
                raise
            clock.sleep(POLL_S)
