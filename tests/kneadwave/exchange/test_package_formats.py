"""Formats of other packages: asked after ours, looked at before they are believed, named where they fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kneadwave.errors import UsageError
from kneadwave.exchange.export_file import ExportRequest, export_file
from kneadwave.exchange.fields import ExchangeError
from kneadwave.exchange.formats import read_signal
from kneadwave.exchange.package_formats import installed_formats

SOURCE = """
import numpy as np
from kneadwave import Envelope, ForeignSignal, PackageFormat

def read(data, name):
    {read}

def signal(times, levels, lasts=1.0):
    return ForeignSignal("any", Envelope(np.array(times), np.array(levels)), lasts)

FORMAT = PackageFormat(".mint", lambda data: data.startswith(b"MINT"), read, {write})
"""
Package = Callable[..., None]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Makes an installed package with a format by the name mint, by the body of its `read`."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.mint").write_bytes(b"MINT")
    installed_formats.cache_clear()
    made = iter(range(100))

    def make(read: str = "return signal([0, 1], [0, 1])", write: str = "None", source: str = SOURCE) -> None:
        module = f"mint{next(made)}_{tmp_path.name.replace('-', '_')}"
        about = tmp_path / f"{module}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[kneadwave.formats]\nmint = {module}:FORMAT\n")
        (tmp_path / f"{module}.py").write_text(source.format(read=read, write=write))
        installed_formats.cache_clear()

    yield make
    installed_formats.cache_clear()


def test_what_is_none_of_ours_is_read_by_a_package(package: Package) -> None:
    package()
    signal = read_signal(Path("x.mint"))
    assert signal.format == "mint"
    assert np.array_equal(signal.envelope.levels, [0, 1])


def test_ours_is_read_by_us(package: Package) -> None:
    package(source=SOURCE.replace('data.startswith(b"MINT")', "True"))
    Path("x.funscript").write_text('{"actions":[{"at":0,"pos":0},{"at":1000,"pos":100}]}')
    assert read_signal(Path("x.funscript")).format == "funscript"


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ("return None", "NoneType is no ForeignSignal"),
        ("return signal([0, 1], [0, 2])", "levels are from 0 to 1"),
        ("return signal([0, 1], [0, float('nan')])", "levels are from 0 to 1"),
        ("return signal([1, 0], [0, 1])", "times fall"),
        ("return signal([float('nan'), 1], [0, 1])", "times fall"),
        ("return signal([-1, 1], [0, 1])", "times fall"),
        ("return signal([0, 1], [0])", "not as many"),
        ("return signal([], [])", "not as many"),
        ("return signal([0, 1], [0, 1], float('inf'))", "its length is no number"),
        ("raise RuntimeError('broken')", "RuntimeError: broken"),
    ],
)
def test_what_is_no_envelope_names_the_package(package: Package, read: str, said: str) -> None:
    package(read)
    with pytest.raises(ExchangeError, match=r"the format of the package mint.* cannot be used") as refused:
        read_signal(Path("x.mint"))
    assert said in str(refused.value)


def test_one_that_cannot_be_loaded_is_named_where_it_is_asked(package: Package) -> None:
    package(source="raise RuntimeError('broken')")
    with pytest.raises(ExchangeError, match="RuntimeError: broken"):
        read_signal(Path("x.mint"))


def test_what_is_no_format_is_named(package: Package) -> None:
    package(source="FORMAT = 1")
    with pytest.raises(ExchangeError, match="is no PackageFormat"):
        read_signal(Path("x.mint"))


def test_two_of_one_name_are_refused(package: Package) -> None:
    package()
    package()
    with pytest.raises(ExchangeError, match="the format mint is brought by"):
        read_signal(Path("x.mint"))


def test_one_that_writes_is_written(package: Package) -> None:
    package(write='lambda envelope, title: f"{title} {len(envelope.times)}"')
    written = export_file(ExportRequest("relaxing-back", "mint", step="2"))
    assert written["files"] == ["relaxing-back-2.mint"]
    assert Path("relaxing-back-2.mint").read_text().startswith("relaxing-back-2 ")


def test_one_that_does_not_write_is_no_format_to_write(package: Package) -> None:
    package()
    with pytest.raises(UsageError, match="cannot be written"):
        export_file(ExportRequest("relaxing-back", "mint"))


def test_one_that_fails_leaves_no_file(package: Package) -> None:
    package(write="lambda envelope, title: 1 / 0")
    with pytest.raises(ExchangeError, match="ZeroDivisionError"):
        export_file(ExportRequest("relaxing-back", "mint", step="2"))
    assert not list(Path().glob("relaxing-back*"))
