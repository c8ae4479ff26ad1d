"""Files that are kept: for their owner alone. What else they promise is in people/test_records.py."""

import os
import stat

import pytest

from kneadwave.store.files import KeptFileError, open_private, own_folder, sync_folder


def test_a_folder_is_closed_to_others_even_where_it_was_open(tmp_path):
    folder = tmp_path / "a" / "b"
    own_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    own_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_is_closed_to_others_even_where_it_was_open(tmp_path):
    path = tmp_path / "file"
    path.touch(mode=0o644)
    os.close(open_private(path, os.O_RDONLY))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_no_file_is_told_as_the_callers_error(tmp_path):
    class Own(KeptFileError):
        pass

    with pytest.raises(Own, match="not a regular file"):
        open_private(tmp_path, os.O_RDONLY, error=Own)
    with pytest.raises(FileNotFoundError):
        open_private(tmp_path / "none", os.O_RDONLY)


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path):
    sync_folder(tmp_path / "none")
    sync_folder(tmp_path)
