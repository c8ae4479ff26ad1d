"""Completion: the same names as the packages know, without importing them."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from firmware_bridge.devices.load import shipped_devices
from kneadwave.cli.completion import (
    complete_device,
    complete_number,
    complete_preset,
    complete_profile,
    complete_step,
    complete_url,
)
from profiles.profile import shipped_profiles


def test_completion_knows_what_ships() -> None:
    assert complete_profile("") == shipped_profiles()
    assert complete_device("") == shipped_devices()
    assert complete_profile("rel") == ["relaxing-back"]
    assert complete_device("nothing") == []


def test_a_url_completes_to_sim_and_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_bridge.wire.link.list_serial_ports", list)
    assert complete_url("s") == ["sim:"]


class Context:
    """What the shell has of a call so far."""

    def __init__(self, **params: str) -> None:
        self.params = params


def test_steps_complete_from_the_profile_before_them() -> None:
    back: Any = Context(profile="relaxing-back")
    assert complete_step(back, "8") == [("8", "kneading upwards")]
    assert complete_step(back, "KN") == [("kneading", "kneading upwards")]
    assert complete_step(back, "se") == [("session", "over the whole session")]
    assert complete_step(back, "circles") == [], "two steps begin so"
    numbers = [str(n) for n in range(1, 13)]
    words = ["back", "soft", "slow", "deeper", "spiral", "kneading", "shoulders", "closing"]
    assert [word for word, _ in complete_step(back, "")] == [*numbers, "session", *words]


def test_numbers_complete_from_the_step_before_them() -> None:
    for step in ("8", "Kneading upwards"):
        found = complete_number(cast("Any", Context(profile="relaxing-back", step=step)), "r")
        assert [name for name, _ in found] == ["rate", "radius"]
    anywhere = complete_number(cast("Any", Context(profile="relaxing-back")), "r")
    assert [name for name, _ in anywhere] == ["rate", "radius", "ramp", "release", "return"]
    assert complete_preset("w") == ["wave"]


@pytest.mark.parametrize("text", [None, "", "no = [", "schema = 1\nstep = 3\n", "step = [1, 2]\n"])
def test_what_cannot_be_read_completes_to_the_session_alone(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "odd.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    odd: Any = Context(profile=str(path), step="1")
    assert complete_step(odd, "") == [("session", "over the whole session")]
    assert [name for name, _ in complete_number(odd, "l")] == ["level"]


def test_completion_and_help_import_nothing_heavy() -> None:
    code = (
        "import sys; from kneadwave.cli.app import call; call(['--help']); "
        "from kneadwave.cli.completion import complete_profile; complete_profile(''); "
        "heavy = ('numpy', 'pydantic', 'rich', 'serial', 'matplotlib', 'tomlkit'); "
        "print([m for m in heavy if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_simulation_imports_only_what_it_uses() -> None:
    code = (
        "import sys; from kneadwave.cli.app import call; call(['simulate', 'felt-check', '--json']); "
        "print([m for m in ('rich', 'serial', 'matplotlib', 'tomlkit') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
