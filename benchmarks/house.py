"""Fifty virtual cushions that play, a bridge and a broker on this computer: STOP ALL, to the last at rest.

Each session is a process, as knead run is, forked from this one to spare fifty starts of Python; all cushions
are in one (kneadwave/sessions/many_cushions.py). The bridge is `knead mqtt`, the broker mosquitto, and who
stops is what the page's server holds (kneadwave/fleet/lookout.py). ROUNDS and CUSHIONS change how often and
how many.
"""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any

import psutil

from benchmarks.measure import KNEAD, load_of_now, percentile, row
from benchmarks.people import HOMES
from firmware_bridge.clock import local_now
from kneadwave.cli.app import call
from kneadwave.devices import DEFAULT_DEVICE
from kneadwave.fleet.bench import CushionProcess
from kneadwave.fleet.lookout import Lookout
from kneadwave.mqtt.broker import broker_of
from kneadwave.people import recipient as recipients
from kneadwave.people.screening import Answers, questions, ready_list, record

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from mqtt_house import RealBroker

CUSHIONS = int(os.environ.get("CUSHIONS", "50"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
ROUTINE = "relaxing-back"
AT_ONCE = 3
"""Sessions that may begin at once."""
BEGIN_S = 600.0
"""Until all of them play, at the most."""
SHARE_S = 10.0
FORKED = multiprocessing.get_context("fork")


def stop_all() -> None:
    """From the stop to the word of each that it is at rest; what all of it takes while they play."""
    with house() as (broker, bridge, ports):
        each: list[float] = []
        last: list[float] = []
        shares: list[tuple[float, ...]] = []
        for turn in range(ROUNDS):
            people = [_somebody_new(f"somebody-{turn}-{n}") for n in range(len(ports))]
            runs: list[BaseProcess] = []
            try:
                begun = ((port, name) for port, name in zip(ports, people, strict=True))
                took, measured = asyncio.run(_round(broker.url, begun, runs, (bridge, broker.process.pid)))
            finally:
                for run in runs:
                    run.terminate()
                    run.join()
            each += took
            last.append(max(took))
            shares.append(measured)
    sessions, bridged, brokered, states = (sum(of) / len(shares) for of in zip(*shares, strict=True))
    row("fleet: load of this computer, of 1, 5, 15 min", load_of_now(), "to be reported", None)
    most = percentile(last, 0.99)
    row(
        f"fleet: STOP ALL to the last of {CUSHIONS} at rest ({ROUNDS} times)",
        f"p50 {percentile(last, 0.5):.2f}, most {most:.2f} s",
        "p99 at most 1 s",
        most <= 1.0,
    )
    row(
        f"  of each cushion ({len(each)})",
        f"p50 {percentile(each, 0.5):.2f}, p99 {percentile(each, 0.99):.2f} s",
        "",
        None,
    )
    row("  states told", f"{states:.0f} a second", "to be reported", None)
    row("  the broker, the bridge", f"{brokered:.1%}, {bridged:.1%} of a core", "to be reported", None)
    row("  a session in a process of its own", f"{sessions:.2%} of a core", "to be reported", None)


@contextmanager
def house() -> Iterator[tuple[RealBroker, int, list[str]]]:
    """A broker, cushions at ports, and one bridge for all of them: its process number."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kw")))
        (folder / "run").mkdir(mode=0o700)
        names = {"KNEAD_SESSIONS": str(folder / "run"), **{home: str(folder / "home") for home in HOMES}}
        before = {name: os.environ.get(name) for name in names}
        stack.callback(_restore, before)
        os.environ.update(names)
        broker = RealBroker(folder)
        stack.callback(broker.kill)
        cushions = stack.enter_context(closing(CushionProcess(CUSHIONS, DEFAULT_DEVICE)))
        stack.callback(cushions.end)
        ports = cushions.ports()
        devices = [word for port in ports for word in ("--device", port)]
        command = [*KNEAD, "mqtt", "--broker", broker.url, *devices]
        bridge = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        stack.callback(bridge.wait)
        stack.callback(bridge.terminate)
        yield broker, bridge.pid, ports


async def _round(
    url: str, begun: Iterator[tuple[str, str]], runs: list[BaseProcess], others: tuple[int, int]
) -> tuple[list[float], tuple[float, ...]]:
    """Seconds until each was at rest; shares of a core: a session, bridge, broker; states heard a second.

    A few begin at a time, as in a clinic: the first would be held where fifty processes start beside it.
    """
    news = asyncio.Event()
    states = 0

    def changed() -> None:
        nonlocal states
        states += 1
        news.set()

    lookout = Lookout(broker_of(url), changed)
    watching = asyncio.create_task(lookout.run())
    began, playing = monotonic(), 0
    while playing < CUSHIONS:
        playing = sum(each["state"] == "playing" for each in lookout.told())
        while len(runs) < min(playing + AT_ONCE, CUSHIONS):
            runs.append(_forked(_play, *next(begun)))
        if monotonic() - began > BEGIN_S or not all(run.is_alive() for run in runs):
            raise RuntimeError(f"{playing} of {CUSHIONS} play, of {len(runs)}: this computer is too busy")
        await asyncio.sleep(0.1)
    of = [[psutil.Process(run.pid) for run in runs], *([psutil.Process(pid)] for pid in others)]
    before, heard, since = [_cpu(each) for each in of], states, monotonic()
    await asyncio.sleep(SHARE_S)
    span = monotonic() - since
    shares = [(_cpu(each) - was) / span / len(each) for each, was in zip(of, before, strict=True)]
    told = (states - heard) / span
    took: dict[str, float] = {}
    asked = monotonic()
    lookout.stop()
    while len(took) < CUSHIONS:
        news.clear()
        for each in lookout.told():
            if each["stop"] == "confirmed":
                took.setdefault(each["cushion"], monotonic() - asked)
        if monotonic() - asked > BEGIN_S:
            raise RuntimeError("not all of them stop")
        if len(took) < CUSHIONS:
            await news.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    return list(took.values()), (*shares, told)


def _somebody_new(name: str) -> str:
    """An adult to whom nothing applies, asked a moment ago: one for each session."""
    recipients.save(recipients.Recipient(name=name, adult=True, first_session=False))
    no = {question.id: False for question in questions()}
    record(name, Answers(no, ready=frozenset(item.id for item in ready_list())), local_now())
    return name


def _play(port: str, name: str) -> None:
    call(["run", ROUTINE, "--device", port, "--recipient", name])


def _forked(work: Callable[..., None], *given: Any) -> BaseProcess:
    """A process that does that, and says nothing."""
    made = FORKED.Process(target=_silent, args=(work, *given), daemon=True)
    made.start()
    return made


def _silent(work: Callable[..., None], *given: Any) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    work(*given)


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (each.cpu_times() for each in processes))


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
