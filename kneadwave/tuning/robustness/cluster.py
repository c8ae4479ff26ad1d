"""The work of `robust` on the workers of a Dask cluster: a `map` as `processes` gives one.

    with cluster("tcp://10.0.0.5:8786") as over: ...

Every task holds all that it needs and gets a key of its own, so two that share a cluster cannot meet each
other's work, and a task whose worker was lost is done once more by another.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Any, Final

from kneadwave.errors import TuningRemedy, UsageError, not_installed
from kneadwave.tuning.robustness.workers import Over, WorkersLost
from simulator.spread import Task, TaskResult

LOCAL: Final = "local"
"""In place of an address: workers that this process starts, one for each of `jobs`."""
REACH_S: Final = 10
"""How long a scheduler may take to answer."""


@contextmanager
def cluster(scheduler: str, jobs: int = 1) -> Iterator[Over]:
    """A `map` over the workers of the scheduler at an address, or LOCAL ones; the same results as any other.

    UsageError where it cannot be reached, has no workers, or has others than this very version; WorkersLost
    where it goes meanwhile.
    """
    try:
        from distributed import CancelledError, Client, KilledWorker, LocalCluster
    except ImportError as error:
        raise not_installed("a cluster", error.name, "cluster") from error
    lost = (CancelledError, KilledWorker, ConnectionError)
    with ExitStack() as stack:
        where: Any = scheduler
        if scheduler == LOCAL:
            where = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=jobs,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",  # without one it is served to the whole network
                scheduler_port=0,
                silence_logs=50,
            )
            stack.enter_context(where)
        try:
            connection = Client(where, timeout=REACH_S, set_as_default=False)  # type: ignore[no-untyped-call]
            client = stack.enter_context(connection)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"no scheduler answers at {scheduler}", hint="start one with: dask scheduler"
            ) from error
        refuse_others(client.run(versions), scheduler)

        def over(work: Callable[[Task], TaskResult], tasks: Iterable[Task]) -> Iterator[TaskResult]:
            # pure=False: a key of its own for every task; else the same words would mean the same work.
            with (
                warnings.catch_warnings()
            ):  # how large all tasks are together is no news to whoever waits for them
                warnings.simplefilter("ignore", UserWarning)
                futures = client.map(work, list(tasks), pure=False)
            return _told(futures, lost)

        yield over


def _told(futures: list[Any], lost: tuple[type[BaseException], ...]) -> Iterator[TaskResult]:
    """The results in their order; each is forgotten on its worker once it is here."""
    try:
        for number, future in enumerate(futures):
            result = future.result()
            futures[number] = None
            yield result
    except lost as error:
        raise WorkersLost("the cluster lost the work", hint=TuningRemedy.ONE_PROCESS) from error


def refuse_others(workers: Mapping[str, Mapping[str, str]], scheduler: str) -> None:
    """UsageError unless there are workers, and every one has the very `versions` that are here."""
    if not workers:
        raise UsageError(f"{scheduler} has no workers", hint="start some with: dask worker ADDRESS")
    mine = versions()
    other = next((each for each in workers.values() if each != mine), None)
    if other is not None:
        raise UsageError(
            f"a worker of {scheduler} has {_words(other)}, and here is {_words(mine)}",
            hint="install the same version there: figures of two versions may not be mixed",
        )


def versions() -> dict[str, str]:
    """What a figure depends on."""
    return {name: version(name) for name in ("kneadwave", "numpy")}


def _words(found: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.items())
