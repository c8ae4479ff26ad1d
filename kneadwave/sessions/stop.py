"""`knead stop`: stop devices, through the sessions that hold their ports or by opening the ports.

It depends on nothing: on no config file where anything runs, on no environment, on no session that reacts.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TypeVar

from firmware_bridge.clock import Clock
from firmware_bridge.errors import BridgeError, DeviceRefused, LinkTimeout, PortBusy
from firmware_bridge.guard.outputs.output import OutputStuck
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.wire.holder import holder_of, locked_ports
from firmware_bridge.wire.messages import DeviceState, Status
from firmware_bridge.wire.reasons import reason_text
from kneadwave.config import Config
from kneadwave.devices import (
    Target,
    is_simulated,
    is_simulated_port,
    known_urls,
    named_url,
    opens_nothing,
    port_of,
)
from kneadwave.errors import KneadError, NoDevice, NotConfirmed, SessionOfAnother, SessionRemedy
from kneadwave.guards.dialects import open_output, refuse_unknown, scheme_of
from kneadwave.guards.marks import forget
from kneadwave.sessions.at_once import PLACE
from kneadwave.sessions.connect import open_link
from kneadwave.sessions.registry import (
    RunningSession,
    asked_at_once,
    clear_away,
    damaged_at_once,
    place_of_port,
    running_sessions,
    session_on,
    told_since,
)
from kneadwave.store.processes import guards_of_this_program, host_of, of_this_program, suspended

T = TypeVar("T")
REACTION_S = 1.0
"""How long a session may take to notice the request. After it a watchdog has stopped the device."""
ANSWER_S = 10.0
"""How long a session that noticed may take to end: ramp, confirmation, its own goodbye; a busy computer."""
RELEASE_S = 2.0
"""How long a session that ended may still hold the port."""
PATIENCE_S = 6.0
"""How long a session that did not react may still do so: a busy computer is no hanging program."""
POLL_S = 0.02


@dataclass(frozen=True)
class SessionUnread:
    """The file `place` should tell of a session and does not; whoever it belongs to was asked to stop."""

    place: str


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
    named: str = ""  # what whoever began it called the port


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


Stopped = SessionUnread | SessionSilent | StoppedBySession | StoppedByPort | ToldOff | TripCleared


def stop(
    option: str | None, configured: Callable[[], Config], clock: Clock, *, reset: bool
) -> Iterator[Stopped]:
    """Stop the device and wait until that is confirmed; with `reset` clear a latched trip as well.

    Without `option` every session is stopped, registered or found by its process; where none runs, the device
    that the environment or `configured` names, else every known one. All devices of a session are.

    Raises, after the last: NotConfirmed when nobody confirms, NoDevice when there is nothing to stop,
    SessionOfAnother for a session of another user, and link errors.
    """
    yield from _unread(clock)
    yield from _each(_stops(option, configured, clock, reset=reset))


def _unread(clock: Clock) -> Iterator[SessionUnread]:
    """Tell of files of sessions that are damaged, and wait until whoever plays mends them, or answers."""
    damaged = damaged_at_once()
    yield from (SessionUnread(f"{files}.json") for files in damaged)
    began = clock.now()
    while not all(map(told_since, damaged)) and clock.now() - began < REACTION_S:
        clock.sleep(POLL_S)
    for files in damaged:
        if not told_since(files):
            clear_away(files)


def _stops(
    option: str | None, configured: Callable[[], Config], clock: Clock, *, reset: bool
) -> list[Iterator[Stopped]]:
    """What is to be done, each apart from the others; the sessions among it are asked already."""
    sessions = _sessions()
    untold = [] if option is not None or sessions else _untold()
    if untold:
        return [_stop_untold(pid, port, clock, reset=reset) for pid, port in untold]
    named = named_url(option)
    if option is not None or not sessions:
        urls = [named] if named is not None else _known(configured())
        if is_simulated(urls[0]):
            sessions = [session for session in sessions if is_simulated_port(session.port)]
            if not sessions:
                raise NoDevice("no session is running with sim:", hint=SessionRemedy.STOP_NAMED)
        else:
            return [_stop_named(url, sessions, clock, reset=reset) for url in urls]
    for session in sessions:
        with suppress(OSError):  # all at once; what cannot be asked is told of in its turn
            _request(session)
    return [_stop_session(session, session.port, clock, reset=reset) for session in sessions]


def _each(stops: list[Iterator[Stopped]]) -> Iterator[Stopped]:
    """Do all of it; raises what went wrong first, after the last."""
    failed: BridgeError | KneadError | None = None
    for each in stops:
        try:
            yield from each
        except (BridgeError, KneadError) as error:
            failed = failed or error
    if failed is not None:
        raise failed


def _sessions() -> list[RunningSession]:
    """Whatever runs, and what was asked to stop a moment ago, whether it has ended since or not."""
    running = running_sessions()
    ended = [each for each in asked_at_once() if each not in running and each.answered]
    return [*ended, *running]


def _untold() -> list[tuple[int, str]]:
    """Processes that hold a port, or have a guard that does, where no file tells of their session."""
    holding = ((pid, port) for pid in of_this_program(PLACE) for port in locked_ports(pid))
    return [*holding, *guards_of_this_program(PLACE)]


def _stop_untold(pid: int, port: str, clock: Clock, *, reset: bool) -> Iterator[Stopped]:
    """Stop a session whose files are gone: while it runs it tells of itself anew, and is asked then."""
    began = clock.now()
    while not suspended(pid) and clock.now() - began < REACTION_S:
        session = session_on(port)
        if session is not None:
            yield from _stop_session(session, port, clock, reset=reset)
            return
        clock.sleep(POLL_S)
    yield SessionSilent(pid, port)
    yield from _stop_port(port, clock, reset=reset, held_by=None)


def _known(config: Config) -> list[str]:
    try:
        return known_urls(config)
    except NoDevice as error:
        message = f"nothing to stop: no session is running on this computer, and {error}"
        raise NoDevice(message, hint=SessionRemedy.STOP_NAMED) from error


def _stop_named(url: str, sessions: list[RunningSession], clock: Clock, *, reset: bool) -> Iterator[Stopped]:
    """Stop the device at `url`, through the session that holds it if there is one."""
    port = port_of(url)
    for session in sessions:
        held = next((held for held in session.ports if place_of_port(held) == place_of_port(port)), None)
        if held is not None:
            yield from _stop_session(session, held, clock, reset=reset)
            return
    refuse_unknown(url)
    yield from _stop_port(port, clock, reset=reset, held_by=None)


def _stop_session(session: RunningSession, url: str, clock: Clock, *, reset: bool) -> Iterator[Stopped]:
    """Stop a session, and where it does not confirm, its devices, the one at `url` first."""
    if not session.reachable:
        raise SessionOfAnother(
            f"a session of another user plays on {session.port}: process {session.pid}",
            hint=SessionRemedy.AS_ROOT,
        )
    try:
        _request(session)
    except OSError as error:
        raise NotConfirmed(
            f"process {session.pid}, which plays on {session.port}, cannot be asked to stop: {error}",
            hint=SessionRemedy.END_PROCESS.of(pid=str(session.pid), sudo=""),
        ) from error
    confirmed = _answer(session, clock, REACTION_S)
    if confirmed is None:
        yield SessionSilent(session.pid, url)
    by_port = session.own and not opens_nothing(session.port)
    if confirmed is None and not by_port:
        confirmed = _answer(session, clock, PATIENCE_S)
    if confirmed and not (reset and by_port):
        yield StoppedBySession(session.pid, url, session.named(url))
    elif by_port:
        ports = dict.fromkeys((url, *session.ports))
        yield from _each([_stop_port(port, clock, reset=reset, held_by=session) for port in ports])
    else:
        raise _unconfirmed(session, session.port)


def _request(session: RunningSession) -> None:
    if session.reachable and not session.over:
        session.ask_to_stop()


def _unconfirmed(session: RunningSession, port: str) -> NotConfirmed:
    """What keeps a session from confirming, as far as can be seen from here."""
    if session.over:
        why = "has ended without an answer"
    elif suspended(session.pid):
        why = f"is suspended and holds {port}"
    elif session.asked:
        why = f"does not take it, hangs perhaps, and holds {port}"
    else:
        why = f"took it, but still holds {port}"
    return NotConfirmed(
        f"nobody confirmed the stop: process {session.pid} {why}",
        hint=SessionRemedy.WAIT_OR_KILL.of(pid=str(session.pid)),
    )


def _answer(session: RunningSession, clock: Clock, reaction_s: float) -> bool | None:
    """Whether the session stopped and its device confirmed; None where it does not react."""
    began = clock.now()
    while not session.over:
        if (passed := clock.now() - began) > ANSWER_S or (session.asked and passed > reaction_s):
            return None
        clock.sleep(POLL_S)
    return bool(session.answer())


def _stop_port(url: str, clock: Clock, *, reset: bool, held_by: RunningSession | None) -> Iterator[Stopped]:
    try:
        if scheme_of(url) is not None:
            with closing(_open(lambda: open_output(url, clock).output, held_by, clock)) as output:
                output.zero()
            forget(url)
            yield ToldOff(url)
            return
        link = _open(lambda: open_link(Target(url, port_of(url)), clock), held_by, clock)
    except OutputStuck as error:
        raise NotConfirmed(f"{url} takes nothing", hint="look at the device; pull its plug") from error
    except PortBusy as error:
        if held_by is None or held_by.over:
            raise _held(url, error) from error
        raise _unconfirmed(held_by, url) from error
    try:
        device = WireDevice(link, clock)
        status = _stop_device(device, url)
        yield (stopped := StoppedByPort(url, DeviceState(status.state), reason_text(status.reason)))
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


def _held(url: str, error: PortBusy) -> PortBusy | NotConfirmed:
    """The error for a port that no session holds: how to end what does."""
    holder = holder_of(place_of_port(url))
    if holder is None:
        return PortBusy(str(error), hint=SessionRemedy.CLOSE_HOLDER)
    pid = str(host_of(holder.pid))  # a guard takes no signal, and ends when its host does
    if suspended(int(pid)):  # it takes no other signal before it is woken
        why = f"nobody confirmed the stop: process {pid} is suspended and holds {url}"
        return NotConfirmed(why, hint=SessionRemedy.WAIT_OR_KILL.of(pid=pid))
    sudo = "" if holder.user == os.geteuid() else "sudo "
    return PortBusy(str(error), hint=SessionRemedy.END_PROCESS.of(pid=pid, sudo=sudo))


def _open(attempt: Callable[[], T], held_by: RunningSession | None, clock: Clock) -> T:
    """Open the device; the session that holds it may take a moment to let go of it."""
    began = clock.now()
    while True:
        try:
            return attempt()
        except PortBusy:
            passed = clock.now() - began
            if held_by is None or passed >= PATIENCE_S or (passed >= RELEASE_S and held_by.over):
                raise
            if suspended(held_by.pid):
                raise
            clock.sleep(POLL_S)
