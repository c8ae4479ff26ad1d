"""The command in this very process, in an environment of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every line of standard output as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KNEAD_DEVICE", "KNEAD_DEBUG", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.chdir(tmp_path)


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
    for module in ("performing", "stopping"):
        monkeypatch.setattr(f"kneadwave.{module}.MonotonicClock", lambda: clock)
    return clock


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
