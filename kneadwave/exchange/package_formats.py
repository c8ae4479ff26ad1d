"""Formats that other installed packages bring: the entry point group `kneadwave.formats`.

They are asked where a file, or a name, is none of ours. What they read is looked at before it is believed,
and becomes a profile that is checked like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import numpy as np

from kneadwave.exchange.envelope import Envelope
from kneadwave.exchange.fields import ExchangeError
from kneadwave.exchange.signal import ForeignSignal
from profiles.files.brought import brought_by, package_of

GROUP: Final = "kneadwave.formats"


@dataclass(frozen=True)
class PackageFormat:
    """A format of another package. Its name is that of its entry point.

    `ending` is that of its files, as ".csv"; `recognises` says of the bytes of a file whether they are of
    this format; `read` makes a signal of them and of the file's name, and raises ExchangeError where they are
    wrong; `write` makes a text of an envelope and a title. What it cannot do is None.
    """

    ending: str
    recognises: Callable[[bytes], bool] | None = None
    read: Callable[[bytes, str], ForeignSignal] | None = None
    write: Callable[[Envelope, str], str] | None = None


@dataclass(frozen=True)
class InstalledFormat:
    """A format, its name and its package; what it raises that it may not names that package."""

    name: str
    package: str
    format: PackageFormat

    @property
    def ending(self) -> str:
        """That of its files."""
        return self.format.ending

    def recognises(self, data: bytes) -> bool:
        """Whether it can read these bytes."""
        if self.format.recognises is None or self.format.read is None:
            return False
        with _told(self.package):
            return bool(self.format.recognises(data))

    def read(self, data: bytes, file: str) -> ForeignSignal:
        """What they hold; ExchangeError where that is no envelope as it should be."""
        with _told(self.package):
            signal: Any = self.format.read(data, file) if self.format.read is not None else None
            _look_at(signal)
            return ForeignSignal(
                self.name, signal.envelope, float(signal.lasts_s), tuple(map(str, signal.notes))
            )

    def write(self, envelope: Envelope, title: str) -> str:
        """The text of a file."""
        with _told(self.package):
            return str(self.format.write(envelope, title) if self.format.write is not None else "")


@cache
def installed_formats() -> tuple[InstalledFormat, ...]:
    """All of them, by name. ExchangeError for one that cannot be loaded, or two of one name."""
    entries = sorted(entry_points(group=GROUP), key=lambda each: each.name)
    found = tuple(map(_loaded, entries))
    names = [each.name for each in found]
    twice = next((each for each in found if names.count(each.name) > 1), None)
    if twice is not None:
        told = brought_by(each.package for each in found if each.name == twice.name)
        raise ExchangeError(f"the format {twice.name} {told}", hint="keep one of these packages")
    return found


def _loaded(entry: EntryPoint) -> InstalledFormat:
    package = package_of(entry)
    try:
        format_ = entry.load()
    except (Exception, SystemExit) as error:
        raise _failed(package, f"{type(error).__name__}: {error}") from error
    if not isinstance(format_, PackageFormat):
        raise _failed(package, f"{entry.value} is no {PackageFormat.__name__}")
    return InstalledFormat(entry.name, package, format_)


@contextmanager
def _told(package: str) -> Iterator[None]:
    try:
        yield
    except ExchangeError:
        raise
    except Exception as error:
        raise _failed(package, f"{type(error).__name__}: {error}") from error


def _failed(package: str, why: str) -> ExchangeError:
    name = package.partition(" ")[0]
    return ExchangeError(
        f"the format of the package {package} cannot be used: {why}",
        hint=f"update that package, or take it away: pip uninstall {name}",
    )


def _look_at(signal: Any) -> None:
    """ValueError where it is no envelope of levels from 0 to 1 at times that never fall."""
    if not isinstance(signal, ForeignSignal):
        raise ValueError(f"{type(signal).__name__} is no {ForeignSignal.__name__}")
    times, levels = (np.asarray(each, np.float64) for each in (signal.envelope.times, signal.envelope.levels))
    if times.ndim != 1 or times.shape != levels.shape or not len(times):
        raise ValueError("times and levels are not as many")
    if not (np.isfinite(times).all() and times[0] >= 0 and (np.diff(times) >= 0).all()):
        raise ValueError("times fall, or are no numbers")
    if not ((levels >= 0) & (levels <= 1)).all():
        raise ValueError("levels are from 0 to 1")
    if not np.isfinite(signal.lasts_s):
        raise ValueError("its length is no number")
