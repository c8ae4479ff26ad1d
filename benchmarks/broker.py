"""What a broker and whoever listens to all of a house take: for each message. For docs/scale.md."""

import asyncio
import json
import multiprocessing
import socket
import sys
import tempfile
from pathlib import Path
from time import sleep

import psutil
from paho.mqtt import client as paho

from benchmarks.measure import load_of_now, row
from kneadwave.fleet.hub import connected
from kneadwave.mqtt import topics
from kneadwave.mqtt.broker import broker_of
from kneadwave.mqtt.cushion import Cushion
from profiles.body import body_map

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from mqtt_house import RealBroker

CUSHIONS = 50
STATES = 100
"""Of each cushion, five a second."""
FORKED = multiprocessing.get_context("fork")


def costs() -> None:
    """Processor time of a state, in the broker and in a hub."""
    with tempfile.TemporaryDirectory(prefix="kw") as folder:
        broker = RealBroker(Path(folder))
        try:
            _wait_for(broker.port)
            process = psutil.Process(broker.process.pid)
            row("broker: load of this computer, of 1, 5, 15 min", load_of_now(), "to be reported", None)
            brokered, heard, size = asyncio.run(_heard(broker, process))
            row(f"  a state of {size} bytes: the broker", f"{brokered * 1e6:.0f} us", "to be reported", None)
            row("  whoever hears it, such as the page's server", f"{heard * 1e6:.0f} us", "", None)
        finally:
            broker.kill()


async def _heard(broker: RealBroker, process: psutil.Process) -> tuple[float, float, int]:
    """Seconds of the broker's and of the hub's processor for each state, and how long one is."""
    text = json.dumps(_playing().state(0.0) | {"bridge": "kw0000"})
    async with connected(broker_of(broker.url)) as hub:
        me = psutil.Process()
        before = _cpu(process), _cpu(me)
        sender = FORKED.Process(target=_send, args=(broker.port, text), daemon=True)
        sender.start()
        count = 0
        async for _ in hub.changes():
            count += 1
            if count == CUSHIONS * STATES:
                break
        after = _cpu(process), _cpu(me)
        sender.join()
    return (after[0] - before[0]) / count, (after[1] - before[1]) / count, len(text)


def _playing() -> Cushion:
    """One that plays, and whose device was asked what it is: every field of its state says something."""
    cushion = Cushion("kw0000", "id:KW0000", "KW0000 on a computer", present=True)
    cushion.ceilings = {zone.id: round(zone.ceiling * 100) for zone in body_map().zones}
    cushion.firmware = cushion.newest_firmware = 1
    cushion.attached({"pid": 1, "profile": "relaxing-back", "devices": ["id:KW0000"]})
    return cushion


def _wait_for(port: int) -> None:
    """Until the broker listens."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            sleep(0.05)
        else:
            return


def _send(port: int, text: str) -> None:
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.max_queued_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for _ in range(STATES):
        for n in range(CUSHIONS):
            client.publish(
                topics.of(f"kw{n:04}", "state"), text, qos=1
            )  # none is dropped where somebody is slow
        sleep(0.2)
    client.disconnect()
    client.loop_stop()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
