"""`knead stop`: stop a device, through the session that holds its port or by opening the port itself."""

from typing import TYPE_CHECKING

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import LinkTimeout, PortBusy, ProtocolMismatch
from firmware_bridge.play.connection import Connection
from firmware_bridge.play.requests import Dialogue
from firmware_bridge.wire.messages import DeviceState, Status
from firmware_bridge.wire.reasons import reason_text
from kneadwave.cli.terminal.output import Output
from kneadwave.config import Config
from kneadwave.devices import chosen_url, is_simulated, is_simulated_port, port_of, resolve_url
from kneadwave.errors import NoDevice, NotConfirmed
from kneadwave.sessions.registry import RunningSession, find, running_sessions

if TYPE_CHECKING:
    from firmware_bridge.wire.link import SerialLink

REACTION_S = 1.0
"""How long a session may take to notice the request. After it the device's own watchdog has stopped it."""
ANSWER_S = 4.0
"""How long a session that noticed may take to end: ramp, confirmation and its own goodbye."""
RELEASE_S = 2.0
"""How long a session that ended may still hold the port."""
POLL_S = 0.02


def stop(out: Output, option: str | None, config: Config, *, reset: bool) -> None:
    """Stop the device and wait until that is confirmed; with `reset` clear a latched trip as well.

    Raises NotConfirmed when nobody confirms, NoDevice when there is nothing to stop, and link errors.
    """
    session, url = _whom(option, config)
    if session is not None:
        confirmed = _ask_session(session, out)
        if confirmed and (not reset or is_simulated_port(session.port)):
            out.end.update(confirmed=True, by="session", pid=session.pid)
            out.say(f"stopped: process {session.pid} on {session.port}, the device confirmed")
            return
    if is_simulated_port(url):
        raise NotConfirmed(
            "the session on a simulated cushion left no answer",
            hint="it has ended, or it hangs: kill its process",
        )
    _stop_port(url, out, reset=reset, held_by=session)


def _whom(option: str | None, config: Config) -> tuple[RunningSession | None, str]:
    """The session to ask, None when nobody runs one there, and the port."""
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
        raise NoDevice(f"several sessions are running: {listed}", hint="choose one with --device")
    url = named or resolve_url(option, config)
    port = port_of(url)
    return find(port), port


def _ask_session(session: RunningSession, out: Output) -> bool:
    """Whether the session stopped and its device confirmed."""
    clock = MonotonicClock()
    session.ask_to_stop()
    began = clock.now()
    while not session.over:
        passed = clock.now() - began
        if passed > ANSWER_S or (session.asked and passed > REACTION_S):
            out.tell(
                f"process {session.pid}, which holds {session.port}, does not react; "
                "by now the device's own watchdog has stopped it"
            )
            return False
        clock.sleep(POLL_S)
    return bool(session.answer())


def _stop_port(url: str, out: Output, *, reset: bool, held_by: RunningSession | None) -> None:
    try:
        link = _open(url, RELEASE_S if held_by is not None else 0.0)
    except PortBusy as error:
        if held_by is None or not held_by.alive:
            raise
        raise NotConfirmed(
            f"nobody confirmed the stop: process {held_by.pid} hangs and holds {url}",
            hint=f"look at the device; then end the process with: kill -9 {held_by.pid}",
        ) from error
    try:
        dialogue = Dialogue(link, MonotonicClock(), Connection())
        status = _stop_link(dialogue, url)
        reason = reason_text(status.reason)
        out.end.update(confirmed=True, by="port", state=DeviceState(status.state).name.lower(), reason=reason)
        out.say(f"stopped: {url}, the device confirmed that nothing moves")
        if status.state != DeviceState.TRIPPED:
            if reset:
                out.say("there is no trip to clear")
            return
        out.say(f"the device is latched after a trip: {reason}")
        if reset:
            dialogue.reset()
            out.end.update(state="disarmed", cleared=reason)
            out.say("the trip is cleared; nothing starts by it")
        else:
            out.tell("hint: look for the cause, then clear it with: knead stop --reset")
    finally:
        link.close()


def _stop_link(dialogue: Dialogue, url: str) -> Status:
    """Send the stop at once, then greet the device so that it tells how it is; else NotConfirmed."""
    for _ in range(3):  # nothing confirms these; a line that loses bytes hardly loses all
        dialogue.link.write(dialogue.connection.stop(dialogue.clock.now()))
    dialogue.link.signal_break()
    unsure = NotConfirmed(
        f"the stop was sent to {url}, but nothing confirms it",
        hint="look at the device; if it moves, pull its plug",
    )
    try:
        dialogue.identify()
    except (LinkTimeout, ProtocolMismatch):
        if not dialogue.stop() or dialogue.connection.status is None:
            raise unsure from None
        return dialogue.connection.status
    if not dialogue.stop() or dialogue.connection.status is None:
        raise unsure
    return dialogue.connection.status


def _open(url: str, patience_s: float) -> "SerialLink":
    """Open the port; a session that is just ending may take a moment to let go of it."""
    from firmware_bridge.wire.link import SerialLink

    clock = MonotonicClock()
    deadline = clock.now() + patience_s
    while True:
        try:
            return SerialLink(url)
        except PortBusy:
            if clock.now() >= deadline:
                raise
            clock.sleep(POLL_S)
