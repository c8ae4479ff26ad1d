"""The house's end of a broker: hears of all cushions, asks some of them. `knead fleet` calls this."""

import asyncio
import json
import os
import platform
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple
from uuid import uuid4

import aiomqtt

from firmware_bridge import LinkLost, local_now
from kneadwave.errors import NoDevice, NotConfirmed, UsageError
from kneadwave.fleet.roster import Roster, StopAsked
from kneadwave.mqtt import topics
from kneadwave.mqtt.broker import Broker, overhear_disconnection

QUIET_S: Final = 0.4
"""What a broker keeps comes at once: once it was silent for so long, all of it has come."""
ANSWER_S: Final = 15.0
"""How long a cushion may take to confirm a stop: a bridge sees to it by other means after 2 s."""
BEGIN_S: Final = 15.0
Event = dict[str, Any]
Tell = Callable[[Event], None]


class _Heard(NamedTuple):
    """A message: the event that it is, if any, and whether the broker had kept it."""

    event: Event | None
    kept: bool


class Hub:
    """A connection to the broker of a house."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.roster = Roster()
        self._client = client
        self._messages = client.messages

    async def gather(self) -> None:
        """Hear what the broker keeps of every cushion."""
        ends = _now() + QUIET_S
        while (heard := await self._next(ends - _now())) is not None:
            if heard.kept:
                ends = _now() + QUIET_S

    async def changes(self) -> AsyncIterator[Event | None]:
        """Every message from now on: an event of a cushion, or None where only its state has changed."""
        async for message in self._messages:
            yield self._hear(message).event

    async def events_within(self, seconds: float) -> AsyncIterator[Event]:
        """The events of the next seconds."""
        ends = _now() + seconds
        while (heard := await self._next(ends - _now())) is not None:
            if heard.event is not None:
                yield heard.event

    async def ask(self, cushion: str, command: str, value: Any = None) -> None:
        """A command of this moment."""
        said = {"at": local_now().timestamp(), "id": uuid4().hex, "value": value}
        await self._client.publish(topics.command(cushion, command), json.dumps(said), qos=1)

    async def _next(self, seconds: float) -> "_Heard | None":
        """The next message within so many seconds; None where none comes."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return self._hear(await anext(self._messages))
        except TimeoutError:
            return None

    def _hear(self, message: aiomqtt.Message) -> "_Heard":
        payload = message.payload
        text = payload.decode(errors="replace") if isinstance(payload, bytes) else str(payload)
        return _Heard(self.roster.hear(str(message.topic), text), bool(message.retain))


@asynccontextmanager
async def connected(broker: Broker) -> AsyncIterator[Hub]:
    """A hub that knows every cushion; LinkLost where the broker cannot be reached, or goes."""
    overhear_disconnection()
    try:
        async with broker.client(f"kneadwave-fleet-{platform.node()}-{os.getpid()}") as client:
            for each in (topics.ALL_STATES, topics.ALL_STATUSES, topics.ALL_BRIDGES, topics.ALL_EVENTS):
                await client.subscribe(each, qos=1)
            hub = Hub(client)
            await hub.gather()
            yield hub
    except aiomqtt.MqttError as error:
        raise LinkLost(
            f"the broker at {broker} cannot be reached: {error}",
            hint="look whether it runs there, and whether address and password are right",
        ) from error


async def list_fleet(broker: Broker) -> list[Event]:
    """How every cushion stands."""
    async with connected(broker) as hub:
        return hub.roster.told()


async def watch(broker: Broker, tell: Callable[[list[Event], Event | None], None]) -> None:
    """Tell how all stand, again at each change, with what happened; until it is cancelled."""
    async with connected(broker) as hub:
        before = hub.roster.told()
        tell(before, None)
        async for event in hub.changes():
            now = hub.roster.told()
            if event is not None or now != before:
                before = now
                tell(now, event)


async def stop(broker: Broker, named: list[str], tell: Tell) -> dict[str, str]:
    """Ask these cushions to stop, all where none is named; of each whether it confirmed.

    `tell` hears of each as it answers. NoDevice where there is none, or none of that name.
    """
    async with connected(broker) as hub:
        cards = hub.roster.cards
        chosen = [_named(cards, each) for each in named] or list(cards)
        if not chosen:
            raise NoDevice("the broker knows of no cushion", hint="its computer runs a bridge")
        asked = StopAsked.at(chosen)
        await asyncio.gather(*(hub.ask(each, "stop") for each in chosen))
        async for event in hub.events_within(ANSWER_S):
            cushion = asked.hear(event)
            if cushion:
                tell({"cushion": cushion, "title": cards[cushion].title, "stop": asked.of[cushion]})
            if not asked.waiting:
                break
        silent = asked.waiting
        asked.give_up()
        for cushion in silent:
            tell({"cushion": cushion, "title": cards[cushion].title, "stop": asked.of[cushion]})
        return asked.of


async def begin(
    broker: Broker, cushion: str, routine: str, *, minutes: float | None, intensity: int | None
) -> Event:
    """Begin what is offered on a cushion; what it told of that. NotConfirmed where it told nothing."""
    async with connected(broker) as hub:
        chosen = _named(hub.roster.cards, cushion)
        wishes = {"routine": routine, "minutes": minutes, "intensity": intensity}
        for command, value in wishes.items():
            if value is not None:
                await hub.ask(chosen, command, value)
        await hub.ask(chosen, "start")
        async for event in hub.events_within(BEGIN_S):
            if event["cushion"] == chosen and event.get("event_type") in ("began", "refused", "stopped"):
                return event
    raise NotConfirmed(f"{cushion} told nothing of a start", hint="look at the cushion")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _named(cards: dict[str, Any], name: str) -> str:
    """The cushion of that name, or whose name begins so; UsageError for several."""
    found = [each for each in cards if each == name] or [each for each in cards if each.startswith(name)]
    if not found:
        raise NoDevice(
            f"the broker knows of no cushion '{name}'", hint=f"it knows {', '.join(sorted(cards))}"
        )
    if len(found) > 1:
        raise UsageError(f"'{name}' may be {', '.join(sorted(found))}", hint="name one of them")
    return found[0]
