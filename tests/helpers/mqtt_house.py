"""A real broker, and somebody in the house who listens and asks."""

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import time
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LONG_S = 120.0
BROKER = (
    shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/opt/homebrew/sbin") or "mosquitto"
)


class RealBroker:
    """mosquitto on a port of its own; it may be killed, and started again on the same one."""

    def __init__(self, folder: Path) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [BROKER, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Somebody:
    """A program in the house: the latest of each topic, every event, and what was published."""

    def __init__(self, broker: RealBroker) -> None:
        self.latest: dict[str, str] = {}
        self.events: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(
            [("kneadwave/#", 1), ("homeassistant/#", 1)]
        )
        self._client.on_message = self._heard
        self._client.reconnect_delay_set(0.1, 0.5)
        self._client.connect_async("127.0.0.1", broker.port, keepalive=5)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait until it gives something true."""
        with self._news:
            assert self._news.wait_for(condition, LONG_S), f"no {what}: {self.latest} {self.events[-5:]}"
            return condition()

    def state(self, cushion: str, **fields: Any) -> dict[str, Any]:
        """The state of a cushion, once it has these fields."""

        def found() -> dict[str, Any] | None:
            told = json.loads(self.latest.get(f"kneadwave/{cushion}/state", "{}"))
            return told if told and fields.items() <= told.items() else None

        return self.until(found, f"state {fields}")

    def event(self, **fields: Any) -> dict[str, Any]:
        """The first event with these fields; it, and every one before it, is taken away."""

        def found() -> list[int]:
            return [n for n, each in enumerate(self.events) if fields.items() <= each.items()][:1]

        number = self.until(found, f"event {fields}")[0]
        told = self.events[number]
        del self.events[: number + 1]
        return told

    def send(
        self, topic: str, payload: Any = "PRESS", *, retain: bool = False, expires: int | None = None
    ) -> None:
        """Publish, and wait until the broker has it."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        properties = Properties(PacketTypes.PUBLISH)
        if expires is not None:
            properties.MessageExpiryInterval = expires
        self._client.publish(topic, text, qos=1, retain=retain, properties=properties).wait_for_publish(
            LONG_S
        )

    def _heard(self, _client: Any, _data: Any, message: Any) -> None:
        with self._news:
            text = message.payload.decode()
            self.latest[message.topic] = text
            if message.topic.endswith("/event"):
                self.events.append(json.loads(text))
            self._news.notify_all()


def fresh(token: Any, **more: Any) -> dict[str, Any]:
    """A command of this very moment."""
    return {"at": time(), "id": token, **more}
