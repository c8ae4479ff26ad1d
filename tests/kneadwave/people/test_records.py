"""Files that only their owner may read, replaced whole."""

import errno
import os
import stat

import pytest
from people import folder_of, people_files

from kneadwave.errors import PersonFileError
from kneadwave.people import records
from kneadwave.people.records import store, told_as_file_error
from kneadwave.store import files
from kneadwave.store.files import write_private


@pytest.fixture
def folder():
    people_files().begin("me")
    return folder_of("me")


def test_the_folder_lies_in_the_data_folder_of_the_user(data_folder):
    assert folder_of("me") == data_folder / "kneadwave" / "recipients" / "me"


@pytest.mark.usefixtures("folder")
def test_nothing_there_is_none():
    assert store().read("me", "nothing") is None
    assert records.names() == []


def test_without_a_folder_there_are_no_names():
    assert records.names() == []


def test_a_folder_that_is_a_file_is_told(data_folder):
    (data_folder / "kneadwave").mkdir(parents=True)
    (data_folder / "kneadwave" / "recipients").touch()
    with pytest.raises(PersonFileError, match="not a directory"):
        records.names()


def test_a_folder_that_leads_elsewhere_is_refused(folder):
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))
    with pytest.raises(PersonFileError, match="a link"):
        people_files().begin("me")


def test_a_file_is_replaced_whole_or_not_at_all(folder, monkeypatch):
    write_private(folder / "file", "before")

    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(PersonFileError, match="file: cannot be written: no space left") as caught,
        told_as_file_error(str(folder / "file")),
    ):
        write_private(folder / "file", "after")
    assert caught.value.hint
    assert store().read("me", "file") == b"before"
    assert [path.name for path in folder.glob("*file*")] == ["file"]


def test_a_file_is_for_its_owner_alone(folder):
    write_private(folder / "file", "x")
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o600


def test_what_a_link_shows_is_not_read(folder):
    (folder / "file").symlink_to(folder / "other")
    (folder / "other").write_text("x", encoding="utf-8")
    with pytest.raises(PersonFileError, match="a link"):
        store().read("me", "file")


def test_a_file_put_in_the_way_while_it_is_opened_is_not_read(folder, monkeypatch):
    write_private(folder / "file", "x")
    real = os.open

    def swapped(path, *rest):
        (folder / "file").unlink()
        (folder / "file").mkdir()
        return real(path, *rest)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(PersonFileError, match="not a regular file"):
        store().read("me", "file")


@pytest.mark.parametrize(("bytes_more", "fine"), [(-1, True), (0, True), (1, False)])
def test_a_file_has_at_most_64_mib(folder, bytes_more, fine):
    (folder / "file").touch(mode=0o600)
    os.truncate(folder / "file", files.MAX_BYTES + bytes_more)
    if fine:
        os.close(files.open_private(folder / "file", os.O_RDONLY))
    else:
        with pytest.raises(PersonFileError, match="larger than 64 MiB"):
            store().read("me", "file")


def test_an_error_without_a_number_has_words_all_the_same():
    assert files.reason_of(OSError("Odd")) == "odd"
