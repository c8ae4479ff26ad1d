"""What browsers are told of the cushions of a house: all of them at first, then those that changed."""

import asyncio
from typing import Any, Final

from kneadwave.dashboard.sessions import Watcher
from kneadwave.fleet.lookout import Lookout
from kneadwave.mqtt.broker import Broker
from kneadwave.mqtt.tasks import end

EVERY_S: Final = 0.1
"""How often browsers are told something new, at most."""
Line = dict[str, Any]


class HouseWatch:
    """The house of one broker, for every browser that watches it."""

    def __init__(self, broker: Broker) -> None:
        self._news = asyncio.Event()
        self.lookout = Lookout(broker, self._news.set)
        self._watchers: set[Watcher] = set()
        self._told: dict[str, Line] = {}
        self._was_connected = False

    def watch(self, watcher: Watcher) -> None:
        """It is told from now on, of all cushions at first."""
        self._watchers.add(watcher)
        watcher.tell(self.all())

    def leave(self, watcher: Watcher) -> None:
        """It is not told any more."""
        self._watchers.discard(watcher)

    def all(self) -> Line:
        """How all of them stand now."""
        return self._line(self.lookout.told(), whole=True)

    async def run(self) -> None:
        """Watch, and tell, until it is cancelled."""
        watching = asyncio.create_task(self.lookout.run())
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                self._tell()
                await asyncio.sleep(EVERY_S)
        finally:
            await end({watching})

    def _tell(self) -> None:
        cards = {card["cushion"]: card for card in self.lookout.told()}
        whole = cards.keys() != self._told.keys() or self.lookout.connected != self._was_connected
        changed = [card for name, card in cards.items() if whole or card != self._told[name]]
        self._told, self._was_connected = cards, self.lookout.connected
        if changed or whole:
            for watcher in self._watchers:
                watcher.tell(self._line(changed, whole=whole))

    def _line(self, cards: list[Line], *, whole: bool) -> Line:
        about = {"broker": str(self.lookout.broker), "connected": self.lookout.connected}
        return {"fleet": about | {"whole": whole, "cushions": cards}}
