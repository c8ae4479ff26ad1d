"""Files that other packages bring are found by name, and never hide or replace ours."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.errors import DeviceDescriptionError
from kneadwave.descriptions import described_at, load_described, own_descriptions
from profiles.errors import ProfileError
from profiles.files.brought import brought
from profiles.profile import brought_profiles, load_profile, profile_source

OWN = profile_source("felt-check")
Package = Callable[..., Path]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Makes an installed package that brings files: its module, the group, its files by name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    brought.cache_clear()

    def made(name: str, group: str = "kneadwave.profiles", **files: str) -> Path:
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[{group}]\nit = {name}.files\n")
        folder = tmp_path / name / "files"
        folder.mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('no code of it runs')\n")
        for file, text in files.items():
            (folder / f"{file.replace('_', '-')}.toml").write_text(text)
        brought.cache_clear()
        return folder

    yield made
    brought.cache_clear()


def test_a_routine_is_found_by_its_name_and_no_code_of_its_package_runs(package: Package) -> None:
    package("lavender", lavender_evening=OWN.replace('name = "felt-check"', 'name = "lavender-evening"'))
    assert brought_profiles() == ["lavender-evening"]
    assert load_profile("lavender-evening").name == "lavender-evening"
    assert "lavender" not in sys.modules


def test_ours_is_not_replaced(package: Package) -> None:
    package("loud", felt_check="not even TOML")
    assert brought_profiles() == []
    assert profile_source("felt-check") == OWN


def test_a_file_here_goes_before_it(package: Package, tmp_path: Path, monkeypatch: Any) -> None:
    package("lavender", evening=OWN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evening").write_text(OWN.replace("Felt check", "Mine"))
    assert load_profile("evening").title == "Mine"


def test_one_of_two_packages_is_not_guessed(package: Package) -> None:
    package("lavender", evening=OWN)
    package("mint", evening=OWN)
    with pytest.raises(ProfileError, match=r"brought by lavender 1\.0 and by mint 1\.0"):
        load_profile("evening")


def test_what_is_wrong_with_it_is_told_with_its_path(package: Package) -> None:
    folder = package("lavender", evening=OWN.replace("0.45", "4.5"))
    with pytest.raises(ProfileError) as refused:
        load_profile("evening")
    assert str(folder / "evening.toml") in str(refused.value)


def test_a_misspelt_name_of_one_is_known(package: Package) -> None:
    package("lavender", lavender_evening=OWN)
    with pytest.raises(ProfileError) as refused:
        load_profile("lavendar-evening")
    assert "lavender-evening" in str(refused.value.hint)


def test_a_name_that_is_none_is_left_out(package: Package) -> None:
    package("lavender", **{"Evening!": OWN})
    assert brought_profiles() == []


def test_a_folder_that_is_not_there_brings_nothing(package: Package) -> None:
    package("lavender").rmdir()
    assert brought_profiles() == []


def test_a_description_is_found_by_its_name(package: Package) -> None:
    text = Path("firmware_bridge/devices/cushion-4.toml").read_text(encoding="utf-8")
    board = text.replace('name = "cushion-4"', 'name = "mint-board"')
    folder = package("mint", "kneadwave.devices", mint_board=board, cushion_4="not even TOML")
    assert own_descriptions() == ["mint-board"]
    assert load_described("mint-board").name == "mint-board"
    assert described_at("mint-board") == str(folder / "mint-board.toml")
    assert load_described("cushion-4").title == "Four-motor cushion on a driver board"
    package("other", "kneadwave.devices", mint_board=board)
    with pytest.raises(DeviceDescriptionError, match=r"mint 1\.0 and by other 1\.0"):
        load_described("mint-board")
