"""`knead simulate`: a whole session on the virtual cushion in virtual time, and what came of it."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_bridge.clock import Clock
from firmware_bridge.recording.writer import open_recorder
from kneadwave.descriptions import load_described
from kneadwave.devices import DEFAULT_DEVICE
from kneadwave.errors import NotConfirmed, SessionRemedy, StoppedOutside, UsageError
from kneadwave.sessions.end_events import SimulationSummed
from kneadwave.sessions.endings import was_left
from kneadwave.sessions.events import Event, FindingTold
from kneadwave.sessions.kernel import playing
from kneadwave.sessions.prepare import leaving_stops, load, place
from kneadwave.sessions.track import Tracker
from kneadwave.store.outputs import RECORDING, refuse_input, refuse_taken
from simulator.faults import Fault, FaultError, parse_fault
from simulator.kernel_library import Kernel
from simulator.run import Simulation


@dataclass(frozen=True)
class SimulationRequest:
    """What is to be simulated: a profile on a described device, for a body of `stature_m` metres.

    `device` None is the reference cushion, which stands in for a device that nobody chose: whether it goes
    with the posture is told of a chosen one alone.

    `limit` is the most that may be felt, `intensity` scales all of it, as fractions; the same
    `seed` draws the same faults; `record` is a file, None for no recording;
    `replace`: whatever lies there.
    """

    profile: str
    device: str | None = None
    limit: float = 1.0
    intensity: float = 1.0
    seed: int = 0
    faults: tuple[Fault, ...] = ()
    stature_m: float = 1.70
    record: Path | None = None
    replace: bool = False
    minutes: float | None = None
    """The longest that it may take; None: as long as it is written."""
    kernel: Kernel | None = None
    """What plays the cushion; None is the kernel in C where it is built. Both give the same bytes."""


def faults_from(specs: list[str]) -> list[Fault]:
    """The faults that were asked for; UsageError names the one that cannot be read."""
    try:
        return [parse_fault(spec) for spec in specs]
    except FaultError as error:
        raise UsageError(str(error), hint=SessionRemedy.LIST_FAULTS) from error


class SimulatedSession:
    """One simulated session: `events` plays it, and what came of it stands in `simulation` and `figures`."""

    def __init__(self, asked: SimulationRequest) -> None:
        self.figures: dict[str, Any] = {}
        """The figures of the run; times in seconds, levels 0 to 1. Empty before it began."""
        self.simulation: Simulation | None = None
        self._asked = asked

    def events(self, wall: Clock) -> Generator[Event, None, None]:
        """Play it, timed by `wall`; raises what the session raised, once it is summed up."""
        asked = self._asked
        if asked.record is not None:
            refuse_input(asked.record, asked.profile, asked.device)
            refuse_taken(asked.record, RECORDING, force=asked.replace)
        library = playing(asked.kernel)
        description = load_described(asked.device or DEFAULT_DEVICE)
        placed = place(load(asked.profile, asked.stature_m), description, touches=asked.device is not None)
        allowed_s = None if asked.minutes is None else 60 * asked.minutes
        yield from map(FindingTold, placed.warnings_within(allowed_s))
        with ExitStack() as stack:
            recorder = None
            if asked.record is not None:
                recorder = stack.enter_context(open_recorder(asked.record, live=False))
            simulation = self.simulation = Simulation(
                placed.score,
                description,
                limit=asked.intensity,
                most=asked.limit,
                allowed_s=allowed_s,
                seed=asked.seed,
                faults=asked.faults,
                stature_m=asked.stature_m,
                recorder=recorder,
                library=library,
                rendered=placed.rendered,
            )
            began = wall.now()
            try:
                yield from _play(simulation)
            except BaseException as error:
                self._sum_up(simulation, wall.now() - began)
                if not was_left(error):
                    with suppress(OSError):  # nobody sees it; what went wrong still counts
                        yield SimulationSummed(self.figures)
                raise
            self._sum_up(simulation, wall.now() - began)
            yield SimulationSummed(self.figures)

    def _sum_up(self, simulation: Simulation, wall_s: float) -> None:
        asked = {"limit": self._asked.limit, "intensity": self._asked.intensity}
        self.figures = figures_of(simulation, wall_s) | asked | {"faults": dict(simulation.line.struck)}

    def judge(self) -> None:
        """Raise what it means that the session ended as it did, unless it came to its end."""
        assert self.simulation is not None
        session = self.simulation.session
        if session.stopped is not None:
            raise StoppedOutside(session.stopped)
        if not session.stop_confirmed:
            raise NotConfirmed("the device did not confirm the stop at the end")


def figures_of(simulation: Simulation, wall_s: float) -> dict[str, Any]:
    """The figures of a run; times in seconds, levels 0 to 1. `wall_s` is how long it took to simulate."""
    figures = simulation.watch.summary.as_dict()
    device = simulation.session.device
    played = figures["duration_s"]
    return {
        "profile": simulation.session.score.name,
        "device": simulation.layout.description.name,
        **figures,
        "frames": device.frames_sent,
        "reports": device.reports_read,
        "bytes": device.bytes_sent,
        "bytes_per_s": round(device.bytes_sent / played, 1) if played else 0.0,
        "trips": simulation.trips,
        "shifts": simulation.session.shifts,
        "losses": simulation.session.losses.count,
        "substitutions": list(simulation.session.substitutions),
        "wall_s": round(wall_s, 3),
    }


def _play(simulation: Simulation) -> Iterator[Event]:
    tracker = Tracker(simulation.session.score, simulation.session)
    yield from tracker.start("sim:", simulation.session.time.left_out())
    updates = simulation.play()
    with leaving_stops(updates):
        for update in updates:
            yield from tracker.track(update)
