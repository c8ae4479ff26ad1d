"""The bridge between the cushions of this computer and a broker. `knead mqtt` calls this.

Without the broker everything here goes on as it is; where it comes back, it is told how things stand then.
"""

import asyncio
import json
import os
import platform
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import aiomqtt

from firmware_bridge import local_now
from kneadwave.mqtt import topics
from kneadwave.mqtt.broker import NOT_RETAINED, Broker, overhear_disconnection
from kneadwave.mqtt.commands import Commands
from kneadwave.mqtt.cushion import Cushion
from kneadwave.mqtt.entities import discovery
from kneadwave.mqtt.house import CushionsHere, now
from kneadwave.mqtt.tasks import until_one_ends
from kneadwave.sessions.snapshot import Line

EVERY_S: Final = 0.2
"""How often a state is told, at most."""
AGAIN_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""How long it waits before it tries the broker again."""
EVENTS_MAX: Final = 100
"""Events that wait for the broker; older ones are of no use to anybody."""
Say = Callable[[str, str], None]


class Bridge:
    """Tells a broker of cushions, and takes commands from it. `say` hears how it goes, for a person."""

    def __init__(self, broker: Broker, cushions: list[Cushion], say: Say, *, allow_start: bool) -> None:
        self._broker = broker
        self._say = say
        self._allow_start = allow_start
        self._host = platform.node() or "computer"
        self._name = cushions[0].id
        self._here = CushionsHere(cushions, self._changed)
        self._commands = Commands()
        self._events: asyncio.Queue[tuple[Cushion, Line]] = asyncio.Queue(EVENTS_MAX)
        self._told: dict[str, str] = {}
        self._introduced: list[str] = []
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Until a signal ends it."""
        overhear_disconnection()
        watching = asyncio.create_task(self._here.run())
        connecting = asyncio.create_task(self._stay_connected())
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(number, self._over.set)
        ending = asyncio.create_task(self._over.wait())
        tasks: list[asyncio.Task[Any]] = [watching, connecting, ending]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in (connecting, watching):
            task.cancel()
        await asyncio.gather(connecting, watching, return_exceptions=True)
        for task in done - {ending}:
            task.result()

    async def _stay_connected(self) -> None:
        tries = 0
        while not self._over.is_set():  # a cancellation is lost where the connection fails in the same moment
            will = aiomqtt.Will(topics.bridge_status(self._name), topics.OFFLINE, qos=1, retain=True)
            try:
                async with self._broker.client(f"kneadwave-{self._host}-{os.getpid()}", will) as client:
                    tries = 0
                    self._say("connected", str(self._broker))
                    await self._serve(client)
            except aiomqtt.MqttError as error:
                self._say("waiting", f"{self._broker}: {error}")
            await asyncio.sleep(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1

    async def _serve(self, client: aiomqtt.Client) -> None:
        self._told.clear()
        while not self._events.empty():
            self._events.get_nowait()  # of before: nobody is told late what happened
        try:
            await client.subscribe(topics.command("+", "+"), options=NOT_RETAINED)
            await client.subscribe(topics.HOME_STATUS, qos=1)
            await self._introduce(client)
            await until_one_ends(self._tell_states(client), self._tell_events(client), self._listen(client))
        finally:
            with suppress(aiomqtt.MqttError, asyncio.CancelledError):
                await client.publish(topics.bridge_status(self._name), topics.OFFLINE, qos=1, retain=True)

    async def _introduce(self, client: aiomqtt.Client) -> None:
        self._introduced = routines = self._here.routines
        for cushion in self._here.cushions.values():
            told = discovery(cushion.id, cushion.title, self._name, routines, start=self._allow_start)
            await client.publish(topics.discovery(cushion.id), json.dumps(told), qos=1, retain=True)
        await client.publish(topics.bridge_status(self._name), topics.ONLINE, qos=1, retain=True)

    async def _tell_states(self, client: aiomqtt.Client) -> None:
        while True:
            if self._introduced != self._here.routines:
                await self._introduce(client)
            for cushion in self._here.cushions.values():
                status = topics.ONLINE if cushion.present or cushion.snapshot else topics.OFFLINE
                await self._tell(client, topics.of(cushion.id, "status"), status)
                state = cushion.state(now()) | {
                    "bridge": self._name,
                    "host": self._host,
                    "url": cushion.url,
                    "title": cushion.title,
                }
                await self._tell(client, topics.of(cushion.id, "state"), json.dumps(state))
            await asyncio.sleep(EVERY_S)

    async def _tell(self, client: aiomqtt.Client, topic: str, text: str) -> None:
        """Tell it where it has changed, kept by the broker."""
        if self._told.get(topic) != text:
            await client.publish(topic, text, retain=True)
            self._told[topic] = text

    async def _tell_events(self, client: aiomqtt.Client) -> None:
        while True:
            waiting = [await self._events.get()]
            while not self._events.empty():
                waiting.append(self._events.get_nowait())
            await asyncio.gather(  # in their order, and none waits until the broker has taken another
                *(client.publish(topics.of(at.id, "event"), json.dumps(told), qos=1) for at, told in waiting)
            )

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            topic, payload = str(message.topic), message.payload
            said = payload if isinstance(payload, bytes) else str(payload).encode()
            if topic == topics.HOME_STATUS:
                if said == topics.ONLINE.encode():
                    await self._introduce(client)
                    self._told.clear()
                continue
            cushion = self._here.cushions.get(topics.cushion_of(topic))
            if cushion is not None:
                name = topic.rpartition("/")[2]
                at = local_now().timestamp()
                self._here.carry_out(
                    cushion, self._commands.read(name, said, kept=bool(message.retain), now=at)
                )

    def _changed(self, cushion: Cushion, event: Line | None) -> None:
        if event is not None:
            self._say(str(event["event_type"]), f"{cushion.title}: {event.get('reason', '')}")
            with suppress(asyncio.QueueFull):
                self._events.put_nowait((cushion, event))


def run(broker: Broker, cushions: list[Cushion], say: Say, *, allow_start: bool) -> None:
    """Bridge until a signal ends it."""
    asyncio.run(Bridge(broker, cushions, say, allow_start=allow_start).run())
