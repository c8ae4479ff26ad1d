"""Somebody who keeps an eye on a house all day: how every cushion stands, and a stop for one or all of them.

Where the broker is gone it says so at once, of every cushion, and tries it again; nothing is taken for
confirmed that was not.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

import aiomqtt

from firmware_bridge import LinkLost
from kneadwave.errors import NoDevice
from kneadwave.fleet.hub import Event, Hub, connected
from kneadwave.fleet.roster import Roster
from kneadwave.mqtt.broker import Broker

AGAIN_S: Final = 1.0
"""How long it waits before it tries the broker again."""
CONFIRM_S: Final = 5.0
"""How long a cushion may take to confirm a stop before it is told as not confirmed; later it still may."""
AT_ONCE_S: Final = 1.0
"""A stop that is asked for again within so long is the same one, come by another way."""


class Lookout:
    """`changed` is called whenever something else is to be told; all of it runs in one event loop."""

    def __init__(self, broker: Broker, changed: Callable[[], None]) -> None:
        self.broker = broker
        self._changed = changed
        self._hub: Hub | None = None
        self._roster = Roster()
        self._stops: dict[str, str] = {}
        self._asked_at: dict[str, float] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._hub is not None

    def told(self) -> list[Event]:
        """How every cushion stands, and how its `stop` does: "", asked, confirmed or not confirmed."""
        return [
            card | {"stop": self._stops.get(card["cushion"], "")}
            for card in self._roster.told(broker=self.connected)
        ]

    async def run(self) -> None:
        """Watch until it is cancelled."""
        while True:
            try:
                with suppress(LinkLost):
                    async with connected(self.broker) as hub:
                        self._hub, self._roster = hub, hub.roster
                        self._changed()
                        async for event in hub.changes():
                            if event is not None:
                                self._take(event)
                            self._changed()
            finally:
                self._hub = None
                for cushion in self._stops:
                    self._give_up(cushion)
                self._changed()
            await asyncio.sleep(AGAIN_S)

    def stop(self, named: list[str] | None = None) -> list[str]:
        """Ask these cushions to stop, without names all of them; those that were asked.

        NoDevice for a name that nobody knows. Which of them confirm it, `told` tells.
        """
        cards = self._roster.cards
        chosen = sorted(cards) if named is None else list(dict.fromkeys(named))
        unknown = [each for each in chosen if each not in cards]
        if unknown:
            raise NoDevice(f"the broker knows of no cushion '{unknown[0]}'")
        for cushion in chosen:
            self._ask(cushion)
        self._changed()
        return chosen

    def _ask(self, cushion: str) -> None:
        now = asyncio.get_running_loop().time()
        if self._stops.get(cushion) == "asked" and now - self._asked_at[cushion] < AT_ONCE_S:
            return
        self._asked_at[cushion] = now
        heard = self._hub is not None and not self._roster.silent(self._roster.cards[cushion])
        self._stops[cushion] = "asked" if heard else "not confirmed"
        if self._hub is not None:  # though nobody seems to be there: it may come back this moment
            self._go(self._see_to_it(self._hub, cushion))

    async def _see_to_it(self, hub: Hub, cushion: str) -> None:
        asked_at = self._asked_at[cushion]
        with suppress(aiomqtt.MqttError):
            await hub.ask(cushion, "stop")
        await asyncio.sleep(CONFIRM_S)
        if self._asked_at[cushion] == asked_at:
            self._give_up(cushion)
            self._changed()

    def _take(self, event: Event) -> None:
        """Take up what a cushion told: its answer to a stop; a session that begins ends what was asked."""
        cushion = event["cushion"]
        if event.get("event_type") == "began":
            self._stops.pop(cushion, None)
        elif "confirmed" in event and cushion in self._stops:
            self._stops[cushion] = "confirmed" if event["confirmed"] is True else "not confirmed"

    def _give_up(self, cushion: str) -> None:
        if self._stops.get(cushion) == "asked":
            self._stops[cushion] = "not confirmed"

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
