"""The names of a port: the one that it happens to have, and those that stay with its device or its socket."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

STABLE_FOLDERS: Final = ("dev/serial/by-id", "dev/serial/by-path", "dev/input/by-id", "dev/input/by-path")
"""Where Linux keeps names that stay with a device or with a socket, the best first."""
OF_DEVICE: Final = "/by-id/"
"""Part of a name that stays with the device, wherever it is plugged in."""
ROOT: Final = Path("/")


def stable_names(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Each stable name under `root`, the best first, with the device node that it leads to. Never raises."""
    for folder in STABLE_FOLDERS:
        with suppress(OSError):
            for name in sorted(os.listdir(root / folder)):
                yield f"/{folder}/{name}", _node(root, root / folder / name)


def path_in(url: str) -> str | None:
    """The path of the port in a URL with a scheme; None where the device is at none."""
    place = url.partition(":")[2]
    return place if place.startswith("/") else None


def names_in(url: str, root: Path = ROOT) -> tuple[str, ...]:
    """The stable names of the port in a URL, the best first."""
    path = path_in(url)
    return () if path is None else names_of(path, root)


def names_of(path: str, root: Path = ROOT) -> tuple[str, ...]:
    """The stable names of the port at `path`, the best first; empty where a system has none."""
    node = os.path.realpath(path)
    return tuple(name for name, leads_to in stable_names(root) if leads_to == node)


def lasting(url: str, root: Path = ROOT) -> str:
    """The URL with the best name of its port, the same for all names of it."""
    path = path_in(url)
    if path is None:
        return url
    best = next(iter(names_in(url, root)), os.path.realpath(path))
    return f"{url.partition(':')[0].lower()}:{best}"


def same_device(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether stable names are of one device; by the socket alone where neither has a name of its own."""
    of_device = [{name for name in names if OF_DEVICE in name} for names in (one, other)]
    first, second = of_device if any(of_device) else (set(one), set(other))
    return bool(first & second)


def _node(root: Path, link: Path) -> str:
    """The device node that a link leads to, as the system names it."""
    path = os.path.realpath(link)
    base = os.path.realpath(root)
    return path if base == "/" else path.removeprefix(base)
