"""What all workers of a test session have in common is made once, and a second making is noticed."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from shared import Shared


def test_who_asks_at_once_gets_the_same_and_only_one_makes_it(tmp_path):
    """Threads here, for the lock is on an open file, and each who asks opens it anew."""
    begin, made = threading.Barrier(4), []

    def ask(number):
        def make():
            made.append(number)
            return number

        begin.wait()
        return Shared(tmp_path).get("slow", make)

    with ThreadPoolExecutor(4) as asking:
        told = list(asking.map(ask, range(4)))
    assert len(made) == 1
    assert told == made * 4


def test_a_value_is_given_as_it_was_made(tmp_path):
    assert Shared(tmp_path).get("a", lambda: [1, {"b": 2}]) == [1, {"b": 2}]
    assert Shared(tmp_path).get("a", list) == [1, {"b": 2}]


def test_what_is_made_a_second_time_fails(tmp_path):
    """As it would where workers had a folder each, or the file was written without the lock."""
    Shared(tmp_path).get("a", lambda: 1)
    (tmp_path / "a.pickle").unlink()
    with pytest.raises(AssertionError, match="'a' is made a second time"):
        Shared(tmp_path).get("a", lambda: 1)


def test_workers_have_one_folder(shared, tmp_path_factory):
    """Under xdist each worker has a folder of its own in that of the session: theirs is beside them."""
    mine = tmp_path_factory.getbasetemp()
    assert shared.folder.name == "shared"
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert shared.folder.parent == mine.parent
        assert mine.name.endswith(os.environ["PYTEST_XDIST_WORKER"])
    else:
        assert shared.folder.parent == mine
