"""Schemes that other installed packages bring: the entry point group `kneadwave.outputs`.

Looked for only where a URL names a scheme that is not ours, as that reads what is installed. Such a package
is driven by a guard of ours like any other output, and drives what that has limited. What it says of its
devices lowers no check: none of them counts as stopping by itself, or when its guard is gone.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from firmware_bridge.errors import BridgeError, LinkError
from firmware_bridge.guard.outputs.output import OutputRefused, OutputStuck
from kneadwave.errors import KneadError, OutputPackageError
from profiles.files.brought import brought_by, package_of

GROUP: Final = "kneadwave.outputs"
NAMED: Final = re.compile(r"[a-z][a-z0-9+.-]+")
"""What a scheme may be called (RFC 3986); a single letter is a drive of Windows."""
TAKEN: Final = frozenset({"sim", "id"})
"""What `--device` itself knows; and what begins with // is of pyserial."""


@dataclass(frozen=True)
class InstalledScheme:
    """A scheme that an installed package brings: its name, and of which package it is."""

    name: str
    package: str
    entry: EntryPoint


@cache
def installed_schemes() -> tuple[InstalledScheme, ...]:
    """All of them, by name; loads none."""
    found = [InstalledScheme(entry.name, package_of(entry), entry) for entry in entry_points(group=GROUP)]
    return tuple(sorted(found, key=lambda each: (each.name, each.package)))


@cache
def scheme_named(name: str, kind: type[Any]) -> Any:
    """The scheme that an installed package brings by this name, of class `kind`; None where none does.

    OutputPackageError where two do, and where it cannot be loaded or is none.
    """
    if name in TAKEN or not NAMED.fullmatch(name):
        return None
    found = [each for each in installed_schemes() if each.name == name]
    if not found:
        return None
    if len(found) > 1:
        raise OutputPackageError(
            f"{name}: {brought_by(each.package for each in found)}",
            hint="keep one of these packages",
        )
    return _translated(_loaded(found[0], kind), found[0].package)


def _loaded(each: InstalledScheme, kind: type[Any]) -> Any:
    try:
        scheme = each.entry.load()
    except (Exception, SystemExit) as error:
        raise _broken(each, f"{type(error).__name__}: {error}") from error
    if not isinstance(scheme, kind):
        raise _broken(each, f"{each.entry.value} is no {kind.__name__}")
    return scheme


def _broken(each: InstalledScheme, why: str) -> OutputPackageError:
    name = each.package.partition(" ")[0]
    return OutputPackageError(
        f"{each.name}: of the package {each.package} cannot be used: {why}",
        hint=f"update that package, or take it away: pip uninstall {name}",
    )


def _translated(scheme: Any, package: str) -> Any:
    """The scheme, its exceptions made ours, and its claims left out."""

    def opened(place: str, clock: Any, channels: int) -> Any:
        with _told_as_lost(package, BridgeError, KneadError):
            opened = scheme.open(place, clock, channels)
            fd = opened.fd if scheme.second is not None else None
            return replace(opened, output=PackageOutput(opened.output, package), fd=fd)

    def second(fd: Any, url: str, clock: Any) -> Any:
        if scheme.second is None:
            return NoSecond(package)
        try:
            with _told_as_lost(package):
                switch = scheme.second(fd, url, clock)
                return NoSecond(package) if switch is None else PackageSwitch(switch, package)
        except LinkError:
            return NoSecond(package)

    return replace(scheme, open=opened, second=second)


class NoSecond:
    """In place of what would switch a device off when its guard is gone, where a package gives nothing."""

    def __init__(self, package: str) -> None:
        self._package = package

    def zero(self) -> None:
        """Say so: LinkError, so that the mark of what moves stays, and the next command switches it off."""
        raise LinkError(f"{self._package} gives no second way to switch its devices off")

    def close(self) -> None:
        """Nothing is open."""


class PackageSwitch:
    """What switches a device off, of another package: what it may not raise is a LinkError."""

    def __init__(self, switch: Any, package: str) -> None:
        self._inner = switch
        self._package = package

    def zero(self) -> None:
        self._told(self._inner.zero)

    def close(self) -> None:
        with suppress(Exception):
            self._inner.close()

    def _told(self, call: Callable[..., Any], *arguments: Any, also: type[Exception] = OutputStuck) -> Any:
        with _told_as_lost(self._package, LinkError, OutputStuck, also):
            return call(*arguments)


class PackageOutput(PackageSwitch):
    """An output of another package, a GuardOutput."""

    def __init__(self, output: Any, package: str) -> None:
        super().__init__(output, package)
        self.traits = replace(output.traits, stops_after_s=None)

    def ask(self, now: float) -> bool:
        return bool(self._told(self._inner.ask, now, also=OutputRefused))

    def put(self, drives: bytes, rates: bytes, now: float) -> None:
        self._told(self._inner.put, drives, rates, now)

    def tend(self, now: float) -> None:
        self._told(self._inner.tend, now)


@contextmanager
def _told_as_lost(package: str, *may: type[Exception]) -> Iterator[None]:
    """What a package raises that it may not is a lost link, told by its name."""
    try:
        yield
    except may:
        raise
    except Exception as error:
        raise LinkError(
            f"the output of {package} failed: {type(error).__name__}: {error}",
            hint="tell whoever made that package",
        ) from error
