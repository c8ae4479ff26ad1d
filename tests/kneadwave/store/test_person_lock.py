"""One process at a time."""

import pytest

from kneadwave.errors import NotCleared
from kneadwave.store import person_lock as lock
from kneadwave.store.person_lock import locked


def test_a_lock_is_held_once_and_let_go(tmp_path):
    path = tmp_path / "lock"
    with locked(path, "me"), pytest.raises(NotCleared, match="'me' is going on"), locked(path, "me"):
        raise AssertionError
    with locked(path, "me"):
        assert path.exists()


def test_a_lock_is_let_go_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock", "me"):
        raise ZeroDivisionError
    with locked(tmp_path / "lock", "me"), pytest.raises(NotCleared), locked(tmp_path / "lock", "me"):
        raise AssertionError


@pytest.mark.parametrize("replaced", [False, True])
def test_a_lock_on_a_file_that_was_taken_away_is_none(tmp_path, monkeypatch, replaced):
    path = tmp_path / "lock"
    real = lock.try_lock

    def lock_and_lose(fd):
        held = real(fd)
        path.unlink()
        if replaced:
            path.touch()
        return held

    monkeypatch.setattr(lock, "try_lock", lock_and_lose)
    with pytest.raises(NotCleared), locked(path, "me"):
        raise AssertionError
