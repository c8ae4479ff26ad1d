"""Writing profiles: as TOML that keeps what a person wrote, and into files that are never half written."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from profiles.errors import ProfileError
from profiles.files.load import parse, read_text
from profiles.model import Profile

_BOM = "\ufeff"
_LONE_NEWLINE = re.compile(r"(?<!\r)\n")


def dump(profile: Profile, source: str | None = None) -> str:
    """Return the profile as TOML; what `source` already says keeps its place, wording and comments.

    ProfileError where the profile is not valid, or where `source` is written so that it cannot say it.
    """
    # Only writing needs tomlkit, and starting must be quick.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    from profiles.files.toml_edit import merge

    mark = _BOM if source is not None and source.startswith(_BOM) else ""
    try:
        document = tomlkit.document() if source is None else tomlkit.parse(source.removeprefix(_BOM))
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise ProfileError(f"not valid TOML: {error}") from error
    wanted = _said(profile)
    newline = "\r\n" if source is not None and "\r\n" in source else "\n"
    try:
        merge(document, wanted, newline)
        text = mark + tomlkit.dumps(document)
    except TOMLKitError as error:
        raise _not_writable_into() from error
    if source is not None and source.count("\n") == source.count("\r\n") > 0:
        text = _LONE_NEWLINE.sub("\r\n", text)  # what was added
    if _said(parse(text)) != wanted:
        raise _not_writable_into()
    return text


def _not_writable_into() -> ProfileError:
    return ProfileError(
        "the file is written in a way that this cannot be written into",
        hint="write its tables and curves in the common form, as docs/profiles.md has them",
    )


def _said(profile: Profile) -> dict[str, Any]:
    """What a file says that says this profile, and nothing that goes without saying."""
    said: dict[str, Any] = {"schema": profile.schema_}
    return said | profile.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)


def save_profile(profile: Profile, path: str | Path, source: str | None = None) -> None:
    """Write the profile to a file, whole or not at all; comments of `source`, or of the file, are kept.

    Raises ProfileError when that fails.
    """
    target = Path(path)
    if source is None and target.exists():
        source = read_text(target)
    write_whole(target, dump(profile, source))


def write_whole(path: Path, text: str, look: Callable[[], None] | None = None) -> None:
    """Replace a file by `text`: whoever reads it meets the old content or the new, whole.

    Written beside, synced and renamed; mode and link stay. Raises ProfileError when that fails, or when the
    file may not be written, with nothing changed; so does whatever `look` raises, the last thing that is done
    before the old content goes.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        with _beside(target, text, mode) as beside:
            if look is not None:
                look()
            beside.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(path, error) from error


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all.

    FileExistsError where something is there, ProfileError when it cannot be written.
    """
    try:
        with _beside(path, text, None) as beside:
            try:
                os.link(beside, path)  # the one way to a new name that never replaces what is there
            except FileExistsError:
                raise
            except OSError:  # a file system without a second name for a file
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
                beside.replace(path)
        _sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _mode(target: Path) -> int | None:
    """The permissions of a file, None where there is none; PermissionError where it may not be written."""
    if not target.exists():
        return None
    if not os.access(target, os.W_OK):  # renaming over it would not ask
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target.stat().st_mode & 0o777


@contextmanager
def _beside(target: Path, text: str, mode: int | None) -> Iterator[Path]:
    """A synced file with `text` beside the target, gone afterwards unless it was renamed.

    Without a mode it gets the one that the user's new files have.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        beside.unlink()  # of a process of the same number that was killed
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else 0o600)
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            if mode is not None:
                beside.chmod(mode)
            os.fsync(file.fileno())
        yield beside
    finally:
        with suppress(OSError):
            beside.unlink()


def _sync_folder(folder: Path) -> None:
    """Let a new name survive a loss of power, where the system can do that."""
    with suppress(OSError):  # Windows opens no folders, and needs none of this
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _unwritable(path: Path, error: OSError) -> ProfileError:
    reason = os.strerror(error.errno).lower() if error.errno else "the file cannot be written"
    return ProfileError(reason, path=str(path), hint="make room, or look who may write there")
