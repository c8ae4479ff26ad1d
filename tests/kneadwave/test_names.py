"""Completion: the same names as the packages know, without importing them."""

import subprocess
import sys

import pytest

from firmware_bridge.device import shipped_devices
from kneadwave.names import complete_device, complete_profile, complete_url
from profiles.profile import shipped_profiles


def test_completion_knows_what_ships() -> None:
    assert complete_profile("") == shipped_profiles()
    assert complete_device("") == shipped_devices()
    assert complete_profile("rel") == ["relaxing-back"]
    assert complete_device("nothing") == []


def test_a_url_completes_to_sim_and_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_bridge.link.list_serial_ports", list)
    assert complete_url("s") == ["sim:"]


def test_completion_and_help_import_nothing_heavy() -> None:
    code = (
        "import sys; from kneadwave.cli.app import call; call(['--help']); "
        "from kneadwave.names import complete_profile; complete_profile(''); "
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
