"""The work of `robust` on a real Dask scheduler and real workers: the same figures, to the last digit."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from firmware_bridge.devices.load import load_device
from kneadwave.errors import UsageError
from kneadwave.sessions.prepare import load, place
from kneadwave.tuning.robustness import cluster as engine
from kneadwave.tuning.robustness.cluster import cluster, refuse_others, versions
from kneadwave.tuning.robustness.robustness import robustness
from kneadwave.tuning.robustness.workers import processes
from simulator.spread import Task, TaskResult

SHORT = """
schema = 1
name = "short"
audience = "test"
[[step]]
name = "one stroke"
technique = { kind = "stroking" }
zones = ["lumbar", "upper-back", "shoulder"]
duration_s = 20
level = 0.5
"""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[LocalCluster]:
    made = LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", scheduler_port=0, silence_logs=50
    )
    yield made
    made.close()


@pytest.fixture
def score(tmp_path: Path) -> Any:
    path = tmp_path / "short.toml"
    path.write_text(SHORT)
    return place(load(str(path), 1.70), load_device("seat-pad-8")).score


def figures(score: Any, over: Any, seed: int = 0, variants: int = 60) -> dict[str, Any]:
    device = load_device("seat-pad-8")
    return robustness(score, device, variants=variants, seed=seed, over=over).as_dict()


def test_the_figures_are_those_of_this_computer(scheduler: LocalCluster, score: Any) -> None:
    with cluster(scheduler.scheduler_address) as over, processes(1) as here:
        assert figures(score, over) == figures(score, here)


def test_two_that_share_a_cluster_do_not_meet_each_other_s_work(scheduler: LocalCluster, score: Any) -> None:
    with ExitStack() as stack:
        one, other = (stack.enter_context(cluster(scheduler.scheduler_address)) for _ in range(2))
        seen: list[list[Task]] = []

        def one_that_looks_on(work: Any, tasks: Any) -> Iterator[TaskResult]:
            mine = list(tasks)
            seen.append(mine)
            theirs = [played_softer(task) for task in mine]
            away = other(work, theirs)
            results = list(one(work, mine))
            assert [tuple(map(bytes, each.felt)) for each in away] != [
                tuple(map(bytes, each.felt)) for each in results
            ]
            return iter(results)

        assert figures(score, one_that_looks_on) == figures(score, map)
        assert seen


def played_softer(task: Task) -> Task:
    """The same motors over other frames."""
    return task._replace(frames=task.frames._replace(drive=task.frames.drive // 2))


def test_a_worker_that_is_killed_costs_nothing_but_time(scheduler: LocalCluster, score: Any) -> None:
    killed: list[int] = []
    with cluster(scheduler.scheduler_address) as over, Client(scheduler.scheduler_address) as client:
        pids = sorted(client.run(os.getpid).values())

        def over_that_loses_one(work: Any, tasks: Any) -> Iterator[TaskResult]:
            results = over(work, tasks)
            if not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)
            return results

        assert figures(score, over_that_loses_one) == figures(score, map)
    assert killed


def test_workers_of_another_version_are_refused() -> None:
    refuse_others({"tcp://a": versions()}, "tcp://x")
    with pytest.raises(UsageError, match="numpy 0"):
        refuse_others({"tcp://a": versions(), "tcp://b": {**versions(), "numpy": "0"}}, "tcp://x")
    with pytest.raises(UsageError, match="no workers"):
        refuse_others({}, "tcp://x")


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:9", "nonsense", "http://127.0.0.1:9"])
def test_where_no_scheduler_answers(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "REACH_S", 0.2)
    with pytest.raises(UsageError, match="no scheduler"), cluster(where):
        pass
