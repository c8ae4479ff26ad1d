"""The bridge against a real broker: what a house sees and asks, and that nothing old starts motion."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Any

import pytest
from mqtt_house import RealBroker, Somebody, fresh

Bench = Device = Any
"""Those of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


class Home:
    """A cushion, a bridge and a broker, and somebody who listens."""

    def __init__(self, bench: Bench, broker: RealBroker, somebody: Somebody) -> None:
        self.bench, self.broker, self.somebody = bench, broker, somebody
        self.device = bench.cushion()
        self.cushion = ""

    def bridge(self, *words: str) -> Any:
        process = self.bench.start(
            "mqtt", "--broker", self.broker.url, "--device", self.device.path, "--json", *words
        )
        told = self.somebody.until(
            lambda: [t for t in self.somebody.latest if t.endswith("/state")], "cushion"
        )
        self.cushion = told[0].split("/")[1]
        self.somebody.state(self.cushion, link=True)
        return process

    def offer(self) -> Any:
        self.bench.clear()
        run = self.bench.start("run", "long.toml", "--device", self.device.path, "--json", "--offer")
        self.somebody.event(event_type="offered")
        return run

    def routines(self) -> list[str]:
        """Those that Home Assistant was told it may choose from."""
        told = json.loads(
            self.somebody.latest.get(f"homeassistant/device/kneadwave-{self.cushion}/config", "{}")
        )
        return list(told.get("components", {}).get("routine", {}).get("options", ()))

    def ask(self, command: str, payload: Any = "PRESS", **more: Any) -> None:
        self.somebody.send(f"kneadwave/{self.cushion}/cmd/{command}", payload, **more)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RealBroker]:
    made = RealBroker(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def home(bench: Bench, broker: RealBroker) -> Iterator[Home]:
    with TemporaryDirectory(prefix="kw") as sessions, closing(Somebody(broker)) as somebody:
        bench.env["KNEAD_SESSIONS"] = sessions  # a path that is short enough for a socket
        yield Home(bench, broker, somebody)


def test_an_evening_from_afar(home: Home) -> None:
    bridge = home.bridge("--allow-start")
    home.somebody.until(lambda: "relaxing-back" in home.routines(), "choice of routines")
    run = home.offer()
    home.somebody.state(home.cushion, state="offered", routine="long")
    home.ask("intensity", fresh(1, value=80))
    home.somebody.state(home.cushion, intensity=80)
    home.ask("start", fresh(2))
    home.somebody.event(event_type="began", routine="long")
    home.somebody.state(home.cushion, state="playing", intensity_now=80, recipient="")
    assert home.somebody.state(home.cushion, ceiling=88)["ceilings"]["lumbar-left"] == 50
    none_of_its_own = {"installed_version": "0", "latest_version": "0"}
    home.somebody.state(home.cushion, firmware=0, versions=none_of_its_own)
    home.ask("softer")
    home.somebody.state(home.cushion, intensity_now=70)
    home.ask("pause")
    home.somebody.state(home.cushion, state="paused")
    home.ask("resume", fresh(3))
    home.somebody.state(home.cushion, state="playing")
    home.ask("stop")
    told = home.somebody.event(event_type="stopped")
    assert (told["confirmed"], told["reason"]) == (True, "stopped by its controls")
    assert home.bench.ended(run).code == 0
    home.somebody.state(home.cushion, state="at rest")
    bridge.send_signal(signal.SIGTERM)
    assert home.bench.ended(bridge).code == 0
    assert all(
        text == "offline"
        for topic, text in home.somebody.latest.items()
        if topic.startswith("kneadwave/bridge")
    )


def test_nothing_old_starts_anything(home: Home) -> None:
    start = "kneadwave/%s/cmd/start"
    before = home.bridge("--allow-start")
    before.kill()
    home.bench.until(lambda: before.poll() is not None, "end of the bridge")
    bridges = [topic for topic in home.somebody.latest if topic.startswith("kneadwave/bridge")]
    home.somebody.until(lambda: home.somebody.latest[bridges[0]] == "offline", "last will")
    home.somebody.send(start % home.cushion, fresh("while away"))
    home.somebody.send(start % home.cushion, fresh("kept while away"), retain=True)
    home.bridge("--allow-start")
    run = home.offer()
    home.somebody.send(start % home.cushion, fresh("kept"), retain=True)
    assert "keeps" in home.somebody.event(event_type="refused")["reason"]
    home.ask("start", {"at": time() - 6, "id": "old"})
    assert "s ago" in home.somebody.event(event_type="refused")["reason"]
    home.ask("start", "PRESS")
    assert "a command is" in home.somebody.event(event_type="refused")["reason"]
    home.ask("routine", fresh("other", value="felt-check"))
    home.ask("start", fresh("other routine"))
    assert "is wanted" in home.somebody.event(event_type="refused")["reason"]
    home.ask("routine", fresh("this", value="long"))
    assert home.somebody.state(home.cushion, state="offered")
    once = fresh("once")
    home.ask("start", once)
    home.somebody.event(event_type="began")
    home.ask("start", once)
    assert "already" in home.somebody.event(event_type="refused")["reason"]
    home.ask("stop", retain=True)
    assert home.somebody.event(event_type="stopped")["confirmed"]
    assert home.bench.ended(run).code == 0
    home.ask("start", fresh("afterwards"))
    assert "nothing is offered" in home.somebody.event(event_type="refused")["reason"]


def test_without_leave_nothing_is_started_and_a_stop_needs_no_session(home: Home) -> None:
    home.bridge()
    run = home.offer()
    home.ask("start", fresh(1))
    assert "does not allow" in home.somebody.event(event_type="refused")["reason"]
    home.ask("stop")
    home.somebody.event(event_type="stopped")
    assert home.bench.ended(run).code == 0
    home.ask("stop")
    told = home.somebody.event(event_type="stopped")
    assert (told["confirmed"], told["reason"]) == (True, "stopped from afar")
    home.ask("louder", fresh(2))
    assert home.somebody.event(event_type="refused")["reason"] == "nothing plays"


def test_a_session_goes_on_without_broker_and_bridge(home: Home) -> None:
    bridge = home.bridge("--allow-start")
    run = home.offer()
    home.ask("start", fresh(1))
    home.somebody.state(home.cushion, state="playing")
    home.broker.kill()
    home.bench.until(lambda: "waiting" in bridge.stdout.readline(), "loss of the broker")
    home.somebody.latest.clear()
    home.broker.start()
    assert home.somebody.state(home.cushion, state="playing")
    bridge.send_signal(signal.SIGSTOP)
    (status,) = [topic for topic in home.somebody.latest if topic.startswith("kneadwave/bridge")]
    home.somebody.until(lambda: home.somebody.latest[status] == "offline", "last will of a frozen bridge")
    home.ask("stop")
    assert run.poll() is None, "nobody heard it, and nobody is told that it stopped"
    bridge.send_signal(signal.SIGCONT)
    home.somebody.until(lambda: home.somebody.latest[status] == "online", "bridge")
    assert home.somebody.state(home.cushion, state="playing")
    home.ask("stop")
    assert home.somebody.event(event_type="stopped")["confirmed"]
    assert home.bench.ended(run).code == 0


def test_fifty_cushions_introduce_themselves(bench: Bench, broker: RealBroker) -> None:
    named = [word for n in range(50) for word in ("--device", f"id:KW{n:04}")]
    with closing(Somebody(broker)) as somebody:
        bench.start("mqtt", "--broker", broker.url, *named)
        somebody.until(
            lambda: sum(topic.startswith("homeassistant/device/") for topic in somebody.latest) == 50,
            "fifty cushions",
        )
        somebody.state("kw0049", state="unavailable", link=False)
