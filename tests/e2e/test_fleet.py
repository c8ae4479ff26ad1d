"""A house with two bridges: seen, begun and stopped from one place, over a real broker."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from mqtt_house import RealBroker, Somebody

Bench = Any
"""That of conftest, which no test module can import."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


class Fleet:
    """Two cushions with a bridge each, and the command line somewhere in the house."""

    def __init__(self, bench: Bench, broker: RealBroker, somebody: Somebody) -> None:
        self.bench, self.broker, self.somebody = bench, broker, somebody
        self.devices = [bench.cushion(), bench.cushion()]
        self.bridges = [
            bench.start("mqtt", "--broker", broker.url, "--device", each.path, "--allow-start", "--names")
            for each in self.devices
        ]
        somebody.until(
            lambda: sum(topic.endswith("/state") for topic in somebody.latest) == 2, "two cushions"
        )
        found = [topic.split("/")[1] for topic in somebody.latest if topic.endswith("/state")]
        paths = [json.loads(somebody.latest[f"kneadwave/{each}/state"])["url"] for each in found]
        self.names = [found[paths.index(each.path)] for each in self.devices]
        for each in self.names:
            somebody.state(each, link=True)

    def ask(self, *words: str) -> Any:
        """The command line; how it ended."""
        return self.bench.here("fleet", *words, "--broker", self.broker.url, "--json")

    def offer(self) -> subprocess.Popen[str]:
        self.bench.clear()
        run = self.bench.start("run", "long.toml", "--device", self.devices[0].path, "--offer")
        self.somebody.state(self.names[0], state="offered")
        return run


def told_by(ended: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.out.splitlines()]


@pytest.fixture
def fleet(bench: Bench, tmp_path: Path) -> Iterator[Fleet]:
    broker = RealBroker(tmp_path)
    with TemporaryDirectory(prefix="kw") as sessions, closing(Somebody(broker)) as somebody:
        bench.env["KNEAD_SESSIONS"] = sessions
        yield Fleet(bench, broker, somebody)
    broker.kill()


def test_a_house_is_seen_begun_and_stopped_from_one_place(fleet: Fleet) -> None:
    run = fleet.offer()
    refused = fleet.ask("run", fleet.names[1], "long")
    assert (refused.code, "nothing is offered" in refused.err) == (7, True)
    assert fleet.ask("run", fleet.names[0], "long", "--intensity", "50").code == 0
    fleet.somebody.state(fleet.names[0], state="playing", intensity_now=50)
    told = {each["cushion"]: each for each in told_by(fleet.ask("list")) if each["event"] == "cushion"}
    assert [told[name]["state"] for name in fleet.names] == ["playing", "at rest"]
    assert (told[fleet.names[0]]["routine"], told[fleet.names[0]]["recipient"]) == ("long", "me")
    stopped = fleet.ask("stop", "--all")
    assert stopped.code == 0, stopped.err
    answers = {each["cushion"]: each["stop"] for each in told_by(stopped) if each["event"] == "answer"}
    assert answers == dict.fromkeys(fleet.names, "confirmed")
    assert fleet.bench.ended(run).code == 0


def test_where_a_bridge_is_gone_nothing_is_confirmed_and_the_others_stop(fleet: Fleet) -> None:
    run = fleet.offer()
    assert fleet.ask("run", fleet.names[0], "long").code == 0
    fleet.bridges[1].kill()
    status = f"kneadwave/bridge/{fleet.names[1]}/status"
    assert fleet.somebody.until(lambda: fleet.somebody.latest[status] == "offline", "last will")
    stopped = fleet.ask("stop", "--all")
    assert stopped.code == 6
    answers = {each["cushion"]: each["stop"] for each in told_by(stopped) if each["event"] == "answer"}
    assert answers == {fleet.names[0]: "confirmed", fleet.names[1]: "not confirmed"}
    assert fleet.bench.ended(run).code == 0


def test_what_is_wrongly_named_stops_nothing(fleet: Fleet) -> None:
    assert fleet.ask("stop").code == 2
    assert fleet.ask("stop", "none").code == 4
    assert fleet.ask("stop", fleet.names[0][:2]).code == 2, "it may be either"
    nobody = fleet.bench.here("fleet", "list", "--broker", "mqtt://127.0.0.1:9")
    assert (nobody.code, "cannot be reached" in nobody.err) == (6, True)
