"""Which library of the kernel plays: one that fits, or none."""

import os
import shutil

import pytest

from simulator import kernel_library
from simulator.kernel_library import (
    NAME,
    KernelFound,
    KernelUnusable,
    Sizes,
    find_kernel,
    library_for,
    load_kernel,
)


@pytest.fixture
def checkout(tmp_path, built):
    """A checkout of the source with a library that is built from it."""
    for name in ("kernel/device.c", "host/library.c", "Makefile"):
        path = tmp_path / "firmware" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    library = tmp_path / "firmware" / "build" / NAME
    library.parent.mkdir()
    shutil.copy(built / "libkneadwave-checked.so", library)
    return tmp_path


def test_one_that_is_built_in_a_checkout_is_found(checkout):
    found = find_kernel(checkout)
    assert (found.path, found.problem) == (checkout / "firmware" / "build" / NAME, "")
    assert found.library is not None


def test_one_that_a_wheel_carries_is_found(tmp_path, built):
    beside = tmp_path / "simulator" / NAME
    beside.parent.mkdir()
    shutil.copy(built / "libkneadwave-checked.so", beside)
    found = find_kernel(tmp_path)
    assert found.path == beside
    assert found.library is not None


def test_where_none_is_there_is_none(tmp_path):
    assert find_kernel(tmp_path) == KernelFound(None, None, "it is not built")


def test_one_that_is_older_than_its_source_is_not_used(checkout):
    library = checkout / "firmware" / "build" / NAME
    source = checkout / "firmware" / "host" / "library.c"
    for ahead, used in ((-1, True), (0, True), (1, False)):
        os.utime(source, ns=(0, library.stat().st_mtime_ns + ahead * 1_000_000_000))
        assert (find_kernel(checkout).library is not None) is used
    assert find_kernel(checkout).problem == "it is older than its source: library.c"


def test_what_is_no_library_is_not_used(checkout):
    library = checkout / "firmware" / "build" / NAME
    library.unlink()
    library.write_bytes(b"nothing that a computer runs")
    found = find_kernel(checkout)
    assert (found.library, found.path) == (None, library)
    assert found.problem.startswith("it cannot be loaded: ")


def test_a_library_of_another_version_is_not_used():
    import _ctypes

    with pytest.raises(KernelUnusable, match=r"it is of another version: .*host_fact"):
        load_kernel(_ctypes.__file__)


def test_one_of_other_sizes_is_not_used(built):
    small = built / "libkneadwave-small.so"
    with pytest.raises(KernelUnusable, match="it was built with actuators 8, where 64 holds"):
        load_kernel(small)
    with pytest.raises(KernelUnusable, match="reports 4, where 5"):
        load_kernel(small, Sizes(8, 4, 6, 16, 32, 5))


@pytest.mark.parametrize("name", [name for name, _ in kernel_library.LIMITS])
def test_one_of_other_limits_is_not_used(built, monkeypatch, name):
    others = tuple((each, value + (each == name)) for each, value in kernel_library.LIMITS)
    monkeypatch.setattr(kernel_library, "LIMITS", others)
    with pytest.raises(KernelUnusable, match=f"it was built with {name} "):
        load_kernel(built / "libkneadwave-checked.so")


@pytest.mark.parametrize("change", [lambda limits: limits[:-1], lambda limits: (*limits, ("MORE", 1))])
def test_one_that_tells_more_or_less_of_itself_is_not_used(built, monkeypatch, change):
    monkeypatch.setattr(kernel_library, "LIMITS", change(kernel_library.LIMITS))
    with pytest.raises(KernelUnusable, match="it tells 20 facts of itself"):
        load_kernel(built / "libkneadwave-checked.so")


def test_python_is_always_there_and_c_only_where_it_is_built(library, monkeypatch):
    assert library_for("python") is None
    monkeypatch.setattr(kernel_library, "native_kernel", lambda: KernelFound(library, None))
    assert library_for("c") is library_for(None) is library
    monkeypatch.setattr(kernel_library, "native_kernel", lambda: KernelFound(None, None, "it is not built"))
    assert library_for(None) is None
    with pytest.raises(KernelUnusable, match="cannot play: it is not built"):
        library_for("c")
