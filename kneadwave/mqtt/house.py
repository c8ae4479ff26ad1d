"""The cushions of this computer and the sessions on them, watched and steered; knows no broker."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

from kneadwave.calls.child import ask, confirms_stop
from kneadwave.calls.command_line import CommandLine
from kneadwave.calls.errors import CallRefused
from kneadwave.devices import port_of
from kneadwave.mqtt.commands import Command
from kneadwave.mqtt.cushion import Cushion, Refused, ceilings_of
from kneadwave.mqtt.session_link import SessionLink
from kneadwave.mqtt.tasks import end
from kneadwave.sessions.registry import real_place
from kneadwave.sessions.session_socket import watchable
from kneadwave.sessions.snapshot import Line

LOOK_S: Final = 0.25
"""How often new sessions are looked for."""
PRESENT_S: Final = 2.0
"""How often it is looked whether the ports are there."""
DAY_S: Final = 600.0
DAY_SETTLES_S: Final = 2.0
"""How long after an end the day is read: once for all that end together, and in no stop's way."""
ROUTINES_S: Final = 10.0
"""How long it waits before it asks for the routines again, where it was not told of any."""
CONFIRM_S: Final = 2.0
"""How long a session may take to confirm a stop before `knead stop` is asked to see to it."""
STOPS_AT_ONCE: Final = 4
"""Calls of `knead stop` at once: more would take the processor from the sessions that are stopping."""
Tell = Callable[[Cushion, Line | None], None]
T = TypeVar("T")


class CushionsHere:
    """Follows every session on the given cushions. `tell` hears of each change, with what happened."""

    def __init__(self, cushions: list[Cushion], tell: Tell) -> None:
        self.cushions = {cushion.id: cushion for cushion in cushions}
        self.routines: list[str] = []
        """Those that may be wished for; empty until they are known, and where nothing begins from afar."""
        self._tell = tell
        self._ceilings: dict[str, asyncio.Task[dict[str, int]]] = {}
        self._links: dict[str, SessionLink] = {}
        self._watched: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._seeing_to_stops = asyncio.Semaphore(STOPS_AT_ONCE)
        self._day_changed = asyncio.Event()

    async def run(self) -> None:
        """Watch until it is cancelled."""
        if any(cushion.allow_start for cushion in self.cushions.values()):
            self._go(self._learn_routines())
        self._go(self._look_after_day())
        self._go(self._look_for_ports())
        try:
            while True:
                for path in await asyncio.to_thread(watchable):
                    if path.name not in self._watched:
                        self._watched.add(path.name)
                        self._go(self._follow(path.name, await SessionLink.open(path)))
                await asyncio.sleep(LOOK_S)
        finally:
            await end(self._tasks)

    def carry_out(self, cushion: Cushion, command: Command) -> None:
        """Do what was wanted, or tell why not."""
        if command.name == "stop":
            self._go(self._stop(cushion))
            return
        try:
            lines = cushion.controls(command, now())
        except Refused as refused:
            self._tell(cushion, {"event_type": "refused", "command": command.name, "reason": str(refused)})
            return
        link = self._links.get(cushion.id)
        for line in lines:
            if link is not None:
                link.say(line)
        self._tell(cushion, None)

    async def _follow(self, name: str, link: SessionLink | None) -> None:
        if link is None:
            self._watched.discard(name)
            return
        here = await asyncio.to_thread(self._played_on, link.devices)
        try:
            for cushion in here:
                cushion.attached(link.about)
                self._links[cushion.id] = link
            if here:
                async for event in link.events():
                    for cushion in await self._meant(event, here):
                        self._tell(cushion, cushion.take(event, now()))
                    if event["event"] == "start" and "device" in event:
                        self._go(self._learn_ceilings(here, str(event["device"])))
        finally:
            link.close()
            self._watched.discard(name)
            for cushion in here:
                self._links.pop(cushion.id, None)
                cushion.detached()
                self._tell(cushion, None)
        if here:
            self._day_changed.set()

    async def _meant(self, event: Line, here: list[Cushion]) -> list[Cushion]:
        """The cushions that an event is about: an identity is of one device, all else is of the session."""
        if event["event"] != "identity":
            return here
        return await asyncio.to_thread(self._played_on, (str(event["url"]),))

    def _played_on(self, devices: tuple[str, ...]) -> list[Cushion]:
        """The cushions among these devices, by whichever of their names."""
        places = {_place_of(each) for each in devices} - {None}
        return [cushion for cushion in self.cushions.values() if _place_of(cushion.url) in places]

    async def _stop(self, cushion: Cushion) -> None:
        """Stop whatever is on it; `knead stop` sees to it where no session confirms."""
        link, at = self._links.get(cushion.id), cushion.snapshot
        if link is not None and at is not None:
            at.stop = "asked"
            link.say({"control": "stop"})
            self._tell(cushion, None)
            for _ in range(round(CONFIRM_S / LOOK_S * 5)):
                if at.stop == "confirmed" or at.summary or at.end:
                    break
                await asyncio.sleep(LOOK_S / 5)
        if at is not None and at.stop == "confirmed":
            return
        async with self._seeing_to_stops:
            if at is not None and at.stop == "confirmed":  # it did while others were seen to
                return
            confirmed = await confirms_stop(cushion.url)
        cushion.unconfirmed = not confirmed
        cushion.last_reason = "stopped from afar" if confirmed else "a stop was not confirmed"
        self._tell(cushion, {"event_type": "stopped", "reason": cushion.last_reason, "confirmed": confirmed})

    async def _look_for_ports(self) -> None:
        while True:
            for cushion in self.cushions.values():
                place = await asyncio.to_thread(_place_of, cushion.url)
                present = place is not None and await asyncio.to_thread(os.path.exists, place)
                if present != cushion.present:
                    cushion.present = present
                    self._tell(cushion, None)
            await asyncio.sleep(PRESENT_S)

    async def _learn_routines(self) -> None:
        while not self.routines:
            self.routines = await _routines()
            if not self.routines:
                await asyncio.sleep(ROUTINES_S)

    async def _learn_ceilings(self, here: list[Cushion], device: str) -> None:
        """Those of a description; none where it is not to be had by its name."""
        if device not in self._ceilings:  # asked once, though several sessions begin on it at once
            self._ceilings[device] = self._go(_ceilings(device))
        ceilings = await self._ceilings[device]
        for cushion in here:
            cushion.ceilings = ceilings
            self._tell(cushion, None)

    async def _look_after_day(self) -> None:
        while True:
            self._day_changed.clear()
            await self._read_day()
            with suppress(TimeoutError):
                async with asyncio.timeout(DAY_S):
                    await self._day_changed.wait()
            await asyncio.sleep(DAY_SETTLES_S)

    async def _read_day(self) -> None:
        """What the recipient in use had today, and may have: of all cushions the same."""
        with suppress(CallRefused, OSError, TimeoutError):
            told = await ask(CommandLine(("history",)))
            day = next((each for each in told if each["event"] == "today"), {})
            felt = [each for each in told if each["event"] == "session" and each["date"] == day.get("date")]
            minutes = sum(each["seconds"] for each in felt) / 60
            for cushion in self.cushions.values():
                cushion.day, cushion.minutes_today = day, minutes
                self._tell(cushion, None)

    def _go(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def now() -> float:
    """Seconds of a clock that does not go back."""
    return asyncio.get_running_loop().time()


async def _routines() -> list[str]:
    with suppress(CallRefused, OSError, TimeoutError):
        told = await ask(CommandLine(("profile", "list")))
        return [str(each["name"]) for each in told if each["event"] == "profile" and not each["locked"]]
    return []


async def _ceilings(device: str) -> dict[str, int]:
    with suppress(CallRefused, OSError, TimeoutError):
        told = await ask(CommandLine(("device", "show"), about=(device,)))
        return next((ceilings_of(each["actuators"]) for each in told if each["event"] == "device"), {})
    return {}


def _place_of(url: str) -> str | None:
    with suppress(Exception):  # no such device: it may be plugged in later
        return real_place(port_of(url))
    return None
