"""The command in this very process, in an environment of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from json_fields import undocumented


@dataclass
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every line of standard output as JSON; none has a field that docs/json.md does not."""
        told = [json.loads(line) for line in self.out.splitlines()]
        assert list(undocumented(told)) == []
        return told


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KNEAD_DEVICE", "KNEAD_DEBUG", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("KNEAD_SESSIONS", str(tmp_path / "runtime"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ports here are none of this computer's: whatever opens them stands in for it."""
    monkeypatch.setattr("firmware_bridge.wire.link.look_for_port", lambda _path: None)


@pytest.fixture
def knead(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    from kneadwave.cli.app import call

    def run(*words: str) -> Ended:
        code = call(list(words))
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert "\x1b" not in said.out + said.err
        return Ended(int(code), said.out, said.err)

    return run


@pytest.fixture
def one_clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """One virtual clock wherever the command would take the real one."""
    from simulator.clock import VirtualClock

    clock = VirtualClock()
    for module in ("live_session", "simulation", "views.stop", "views.virtual"):
        monkeypatch.setattr(f"kneadwave.cli.{module}.MonotonicClock", lambda: clock)
    return clock


@pytest.fixture
def wall(one_clock: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The wall time, which passes with the one clock; call it for now, set `start` for another day."""

    class Wall:
        start = datetime(2026, 3, 4, 18, 0, tzinfo=timezone(timedelta(hours=1)))

        def __call__(self) -> datetime:
            return self.start + timedelta(seconds=one_clock.now())

    made = Wall()
    monkeypatch.setattr("firmware_bridge.clock.local_now", made)
    return made


@pytest.fixture
def port(one_clock: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A port with a reference cushion behind it, in this process and in virtual time; it counts openings."""
    from firmware_bridge.devices.load import load_device, place_device
    from simulator.cushion import VirtualCushion
    from simulator.link import VirtualLink
    from simulator.watch import Watch

    class Port:
        url = "/dev/cushion"
        device = "reference-cushion"
        opened = 0
        watch: Any = None
        cushion: Any = None

        @property
        def state(self) -> Any:
            """How the cushion opened last is."""
            return self.cushion.state

        def open(self, url: str) -> VirtualLink:
            self.opened += 1
            description = load_device(self.device)
            self.watch = Watch(place_device(description))
            self.cushion = VirtualCushion(description, output=self.watch, warm=True)
            link = VirtualLink(self.cushion, one_clock)
            link.name = url
            return link

        @property
        def moved(self) -> bool:
            """Whether anything was ever driven."""
            if self.watch is None:
                return False
            self.watch.flush()
            return any(row.peak_drive for row in self.watch.summary.actuators())

    made = Port()
    monkeypatch.setattr("firmware_bridge.wire.link.SerialLink", made.open)
    return made


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, Callable[[Any], None]], None]:
    """Do something to the session once it has played so many seconds."""
    plans: list[tuple[float, Callable[[Any], None]]] = []

    for kind in ("firmware_bridge.play.session.Session", "kneadwave.sessions.guided.GuidedSession"):
        module, _, name = kind.rpartition(".")
        play = getattr(import_module(module), name).play

        def planned(session: Any, play: Any = play) -> Iterator[Any]:
            for update in play(session):
                while plans and update.elapsed >= plans[0][0]:
                    plans.pop(0)[1](session)
                yield update

        monkeypatch.setattr(f"{kind}.play", planned)
    return lambda when, what: plans.append((when, what))


@pytest.fixture
def press(one_clock: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[float, str], None]:
    """A person at the keyboard: `press(5.0, "p")` presses a key when the one clock shows 5 s."""
    from kneadwave.cli.terminal.keys import Keys

    plans: list[tuple[float, str]] = []

    def due() -> list[tuple[float, str]]:
        return [plan for plan in plans if plan[0] <= one_clock.now()]

    def typed(self: Keys) -> list[str]:  # noqa: ARG001
        found = due()
        plans[:] = [plan for plan in plans if plan not in found]
        return [key for _, key in found]

    monkeypatch.setattr(Keys, "waiting", lambda self: bool(due()))  # noqa: ARG005
    monkeypatch.setattr(Keys, "typed", typed)
    monkeypatch.setattr(Keys, "active", property(lambda self: True))  # noqa: ARG005
    monkeypatch.setattr("kneadwave.cli.live_session.somebody_there", lambda: True)
    return lambda when, key: plans.append((when, key))


TECHNIQUES = {
    "stroking": '{ kind = "stroking", speed_mm_s = 190 }',
    "kneading-61": '{ kind = "kneading", rate_cpm = 61 }',
    "pressing-10.5": '{ kind = "pressing", attack_s = 1, hold_s = 8.5, release_s = 1 }',
}


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Write a profile of one technique between two strokes; its path."""

    def write(technique: str, zones: str = '["shoulder"]') -> str:
        steps = [("opening", "stroking", '["lumbar", "upper-back"]'), ("middle", technique, zones)]
        steps.append(("closing", "stroking", '["lumbar", "upper-back"]'))
        text = 'schema = 1\nname = "written"\naudience = "test"\nfade_in_s = 0.3\nfade_out_s = 0.3\n'
        for name, kind, where in steps:
            text += f'\n[[step]]\nname = "{name}"\ntechnique = {TECHNIQUES[kind]}\n'
            text += f"zones = {where}\nduration_s = 12\nlevel = 0.3\ncrossfade_s = 1\n"
        path = tmp_path / "written.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
