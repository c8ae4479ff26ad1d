"""The guard's process: it owns a device that guards nobody, and is itself told what to do by docs/wire.md.

    python -m kneadwave.guards.process URL DESCRIPTION WIRE CHANNEL [CHANNELS]

With CHANNELS it is built to no description, but to place the motors of so many: it lets through short soft
pulses of one of them, and nothing else. WIRE and CHANNEL are descriptors of sockets to its host. It ignores
the signals of a terminal, and ends when its host does; everything is off when it ends, by whatever.
"""

import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from firmware_bridge.clock import Clock, MonotonicClock
from firmware_bridge.devices.load import DeviceDescription, load_device
from firmware_bridge.errors import BridgeError, DeviceRefused, LinkError, LinkLost, LinkTimeout
from firmware_bridge.guard.device import Guard
from firmware_bridge.guard.output_stage import OutputBlock
from firmware_bridge.guard.outputs.output import GuardOutput, OutputRefused, OutputStuck, Traits
from firmware_bridge.guard.pulses import PulseRefused, PulsesOnly
from firmware_bridge.wire.identity import DeviceSelf, device_table, identity_of
from firmware_bridge.wire.messages import DeviceState
from firmware_bridge.wire.placing import placing_self
from kneadwave.errors import KneadError, SessionRemedy
from kneadwave.guards.channel import ALIVE_S, ChannelReader, packed
from kneadwave.guards.dialects import Opened, guarded, open_output, switch_off
from kneadwave.guards.marks import MovingMark
from kneadwave.guards.names import lasting
from kneadwave.guards.priority import take_priority
from kneadwave.guards.pulse_count import PulseCount
from profiles.technique import Modality

UPDATE_S = 0.02
"""How often what is put out is worked out and handed to the device."""
IDLE_S = 0.05
"""The same while nothing is armed."""
ANSWER_S, ASK_S = 1.5, 0.01
"""How long a device may take to say what it is, counted in waits: a busy computer may hold up both sides."""
LAST_TRIES, LAST_TRY_S = 50, 0.1
"""How often, and after what pause, a device is told to be off by a guard whose host is dead, too."""
READ_BYTES = 4096
ALIVE = packed(alive=True)
IGNORED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE")
OOM_SCORE = "-900"
LATER = "an hour later there may be more"
"""What helps where a device had its pulses."""


class Newest:
    """Where the guard's drives go: the newest row of them counts."""

    def __init__(self, actuators: int) -> None:
        self.drives = self.rates = bytes(actuators)

    def output(self, output: OutputBlock) -> None:
        if len(output.drive):
            self.drives, self.rates = output.drive[-1].tobytes(), output.rate[-1].tobytes()

    def accepted(self, due_ms: int, drives: bytes) -> None:
        pass

    def event(self, at_ms: int, event: str, **fields: Any) -> None:
        pass


class GuardedDevice:
    """A guard built to `built` in front of `output`, its host at the end of `wire` and `channel`."""

    def __init__(
        self,
        output: GuardOutput,
        built: DeviceSelf,
        mark: MovingMark,
        wire: socket.socket,
        channel: socket.socket,
        clock: Clock,
    ) -> None:
        for each in (wire, channel):
            each.setblocking(False)
        self._output = output
        self._mark = mark
        self._wire = wire
        self._channel = channel
        self._lines = ChannelReader(channel)
        self._clock = clock
        self._newest = Newest(len(built.table))
        self._born = clock.now()
        self._guard = Guard(
            built.identity,
            built.table,
            seed=int.from_bytes(os.urandom(4), "little"),
            output=self._newest,
            cuts=True,
        )

    def serve(self) -> None:
        """Until the host is gone. Raises OutputStuck, and LinkLost where the device is gone."""
        update = alive = self._clock.now()
        while True:
            now = self._clock.now()
            if now >= update:
                self._update(now)
                update = max(update, now - UPDATE_S) + (IDLE_S if self._idle else UPDATE_S)
                if now >= alive:  # no turn of its own: each costs
                    alive = now + ALIVE_S - UPDATE_S / 2
                    self._say(ALIVE)
            if not self._listen(max(0.0, update - self._clock.now())):
                return

    @property
    def _idle(self) -> bool:
        return not any(self._newest.drives) and self._guard.state in (
            DeviceState.DISARMED,
            DeviceState.TRIPPED,
        )

    def _listen(self, seconds: float) -> bool:
        """Wait for the host, not longer than `seconds`; False once it is gone."""
        ready = select.select([self._wire, self._channel], [], [], seconds)[0]
        if self._wire in ready:
            with suppress(BlockingIOError):
                data = self._wire.recv(READ_BYTES)
                if not data:
                    return False
                self._guard.receive(data, self._ms())
                self._answer()
        if self._channel in ready:
            for said in self._lines.read():
                if said.get("break"):
                    self._guard.line_break(self._ms())
            return not self._lines.ended
        return True

    def _update(self, now: float) -> None:
        self._guard.play_out(self._ms())
        if any(self._newest.drives):
            self._mark.set()  # before it moves: both may be killed in the next moment
        self._output.put(self._newest.drives, self._newest.rates, now)
        self._answer()

    def _answer(self) -> None:
        back = self._guard.transmit()
        if back:
            with suppress(BlockingIOError):  # nobody reads: the bytes are lost, as on a real line
                self._wire.send(back)

    def _say(self, line: bytes) -> None:
        with suppress(BlockingIOError):
            self._channel.send(line)

    def _ms(self) -> int:
        return int((self._clock.now() - self._born) * 1000)


def main(url: str, description: str, wire_fd: str, channel_fd: str, placing: str = "") -> None:
    """Guard the device of `url` until its host is gone; `placing` is for how many channels, if it is."""
    _detach()
    clock = MonotonicClock()
    with socket.socket(fileno=int(wire_fd)) as wire, socket.socket(fileno=int(channel_fd)) as channel:
        try:
            described = None if placing else load_device(description)
            built = placing_self(int(placing)) if described is None else _self_of(described)
            opened = open_output(url, clock, len(built.table))
        except (BridgeError, KneadError) as error:
            _tell_error(channel, error)
            return
        mark = MovingMark(url)
        try:
            output = opened.output
            _refuse_too_many(output.traits, built)
            if described is not None:
                _refuse_what_it_cannot_do(output.traits, described)
            elif output.traits.rated:
                raise DeviceRefused(f"{url} plays frequencies, and a pulse has none: it is not placed so")
            _await_answer(output, url, clock)
            output.zero()
            if described is None:
                output = PulsesOnly(output, PulseCount(lasting(url)).take, clock.now(), guarded(url).lag_s)
            behind = GuardedDevice(output, built, mark, wire, channel, clock)
            take_priority()
            _tell_ready(channel, opened)
            behind.serve()
        except OutputStuck as error:
            _tell_error(channel, LinkTimeout(f"{url}: {error}", hint="pull its plug"))
        except PulseRefused as error:
            _tell_error(channel, LinkLost(f"the guard of {url} ended: {error}", hint=LATER))
        except (BridgeError, KneadError, OSError) as error:
            _tell_error(channel, error)
        finally:
            _switch_off(opened.output, url, mark, channel)


def _switch_off(output: GuardOutput, url: str, mark: MovingMark, channel: socket.socket) -> None:
    """The end of it, by whatever: the mark stays where the device could not be told.

    One that could not is left to the player's watch, which ends this process; if the player is dead, too, it
    is told over a connection of its own, as long as there is hope.
    """
    try:
        output.zero()
    except (LinkError, OutputStuck):
        output.close()
        channel.close()
        if guarded(url).second is not None and _told_anew(url):
            mark.clear()
        return
    output.close()
    mark.clear()
    with suppress(OSError):
        channel.send(packed(off=True))


def _told_anew(url: str) -> bool:
    """Whether the device could be told after all."""
    clock = MonotonicClock()
    for _ in range(LAST_TRIES):
        clock.sleep(LAST_TRY_S)
        with suppress(BridgeError, KneadError, OutputStuck, OSError):
            switch_off(url, clock)
            return True
    return False


def _detach() -> None:
    for name in IGNORED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(OOM_SCORE)


def _self_of(described: DeviceDescription) -> DeviceSelf:
    return DeviceSelf(identity_of(described), device_table(described))


def _refuse_too_many(traits: Traits, built: DeviceSelf) -> None:
    """DeviceRefused where the dialect has not so many channels."""
    name, count = built.identity.model, len(built.table)
    if count > traits.channels:
        raise DeviceRefused(f"{name} has {count} actuators; such a device has {traits.channels} at most")


def _refuse_what_it_cannot_do(traits: Traits, described: DeviceDescription) -> None:
    """DeviceRefused where a description asks for what its dialect cannot do, or cannot hold."""
    name, count = described.name, len(described.actuators)
    if traits.fixed and count != traits.channels:
        raise DeviceRefused(
            f"{name} has {count} actuators; such a device has {traits.channels}",
            hint="a motor that nobody placed is described without a place, and stays off",
        )
    if described.stops_by_itself and traits.stops_after_s is None:
        raise DeviceRefused(
            f"{name} is described as stopping by itself; such a device does not",
            hint="describe it with stops_by_itself = false",
        )
    for spec in described.actuators:
        if traits.rated and (spec.rate is None or spec.kind is not Modality.VIBRATION):
            raise DeviceRefused(f"{spec.id} of {name} has no rate in Hz; such a device plays nothing else")
        if spec.rate is not None and not traits.rated:
            raise DeviceRefused(f"{name} has a rate for {spec.id}; such a device takes none, so none is held")


def _await_answer(output: GuardOutput, url: str, clock: Clock) -> None:
    try:
        for _ in range(round(ANSWER_S / ASK_S)):
            if output.ask(clock.now()):
                return
            clock.sleep(ASK_S)
    except OutputRefused as error:
        raise DeviceRefused(f"{url}: {error}") from error
    raise LinkTimeout(f"{url} does not answer as such a device would", hint=SessionRemedy.ASK_PORT)


def _tell_ready(channel: socket.socket, opened: Opened) -> None:
    sound = {} if opened.sound is None else {"sound": asdict(opened.sound)}
    about = str(getattr(opened.output, "about", ""))
    line = packed(ready=True, **sound, **({"about": about} if about else {}))
    if opened.fd is not None and hasattr(socket, "send_fds"):
        socket.send_fds(channel, [line], [opened.fd])
    else:
        channel.send(line)


def _tell_error(channel: socket.socket, error: Exception) -> None:
    hint = getattr(error, "hint", None)
    with suppress(OSError):
        channel.send(packed(error=type(error).__name__, message=str(error), hint=hint))


if __name__ == "__main__":
    main(*sys.argv[1:])
