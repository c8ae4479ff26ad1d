"""A profile's file is written whole or not at all, and never over another one."""

import os
import stat
from pathlib import Path

import pytest

from profiles.errors import ProfileError
from profiles.files.save import write_new, write_whole


def test_a_file_is_replaced_whole_with_its_mode_and_through_its_link(tmp_path):
    path, link = tmp_path / "p.toml", tmp_path / "link.toml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "new\r\n")
    assert link.is_symlink()
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["link.toml", "p.toml"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path, monkeypatch, broken):
    path = tmp_path / "p.toml"
    path.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError(28, "no space")

    monkeypatch.setattr(*((os, "fsync") if broken == "fsync" else (Path, "replace")), full)
    with pytest.raises(ProfileError, match=r"p\.toml: no space left") as caught:
        write_whole(path, "new")
    assert "make room" in str(caught.value.hint), "nothing in the file is to be corrected"
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]


def test_a_new_file_never_takes_the_place_of_another(tmp_path):
    path = tmp_path / "p.toml"
    write_new(path, "first")
    with pytest.raises(FileExistsError):
        write_new(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.toml"]
    with pytest.raises(ProfileError, match="no such file"):
        write_new(tmp_path / "none" / "p.toml", "third")


def test_a_new_file_has_the_mode_that_new_files_have(tmp_path):
    before = os.umask(0o077)
    try:
        write_new(tmp_path / "p.toml", "x")
        write_whole(tmp_path / "q.toml", "x")
    finally:
        os.umask(before)
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("p.toml", "q.toml")} == {0o600}


def test_a_new_file_is_written_where_a_file_has_one_name_only(tmp_path, monkeypatch):
    def none(*_):
        raise PermissionError(1, "not permitted")

    monkeypatch.setattr(os, "link", none)
    write_new(tmp_path / "p.toml", "first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "p.toml", "second")
    assert [entry.read_text(encoding="utf-8") for entry in tmp_path.iterdir()] == ["first"]


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "p.toml"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ProfileError, match="permission denied"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"


def test_what_a_killed_process_left_beside_is_in_nobodys_way(tmp_path):
    path = tmp_path / "p.toml"
    (tmp_path / f".p.toml.{os.getpid()}").write_text("half", encoding="utf-8")
    write_whole(path, "whole")
    assert [entry.read_text(encoding="utf-8") for entry in tmp_path.iterdir()] == ["whole"]
