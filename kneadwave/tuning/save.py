"""Where a tuned profile lies, and how it gets there: over what the file said, or as a copy of its own."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from kneadwave.errors import Exit, KneadError, TuningRemedy, UsageError
from kneadwave.store.log_lines import LogEntry
from kneadwave.store.outputs import PROFILE, refuse_taken
from kneadwave.tuning.journal import journal_path, opened, read
from kneadwave.tuning.versions import Course
from profiles.errors import ProfileError
from profiles.files.load import read_text
from profiles.files.save import write_whole
from profiles.model import TITLE_MAX, Profile
from profiles.profile import brought_profiles, profile_source, shipped_profiles
from profiles.rules.check import Finding

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True)
class Saved:
    """Where a version was saved to, by which difference, and what the check says of it."""

    path: Path | None
    diff: str
    findings: list[Finding]
    changed: bool
    """Whether anything was written; False where there was nothing to save."""


class Conflict(KneadError):
    """The file says something else than when tuning began; `diff` is what was changed there meanwhile."""

    exit = Exit.INVALID

    def __init__(self, message: str, diff: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.diff = diff


def has_unsaved(name: str) -> bool:
    """Whether edits of a profile wait to be saved; a journal that cannot be read tells of none."""
    try:
        course = Course(read(place_of(name)[1]).entries)
    except (KneadError, ProfileError, OSError, ValueError):
        return False  # it keeps nobody from playing the file
    return course.begun and course.current.text != course.versions[course.saved].text


def place_of(name: str) -> tuple[Path | None, Path]:
    """The file of a profile (None for a shipped one), and where its journal lies."""
    if name in shipped_profiles() or (name in brought_profiles() and not os.path.lexists(name)):
        return None, journal_path(name, f"shipped:{name}")
    real = os.path.realpath(name)
    where, earlier = journal_path(Path(real).stem, real), _earlier(name, real)
    return Path(name), where if earlier is None or where.exists() else earlier


def _earlier(name: str, real: str) -> Path | None:
    """The journal of a file that lay at `name` itself before that, or a folder, became a link."""
    for folder in (os.environ.get("PWD", ""), os.getcwd()):  # the first as it was gone to, links and all
        with suppress(OSError, ValueError):
            typed = os.path.normpath(os.path.join(folder, name))
            found = journal_path(Path(typed).stem, typed)
            if typed != real and found.exists() and os.path.samefile(typed, real):
                return found
    return None


def take_along(name: str) -> None:
    """Give the journal of a file that became a link to the file that it leads to, if that has none yet."""
    real = os.path.realpath(name)
    path, there = place_of(name)
    where = journal_path(Path(real).stem, real)
    if path is not None and there != where:
        with opened(there, name):
            pass  # nobody else tunes it
        there.replace(where)


def left_behind(name: str) -> Path | None:
    """The journal of a file that lay here before a link did, where it has edits that nobody saved."""
    earlier, (_, there) = _earlier(name, os.path.realpath(name)), place_of(name)
    if earlier is None or earlier == there:
        return None
    course = Course(read(earlier).entries)
    return earlier if course.begun and course.current.number != course.saved else None


def course_of(name: str, path: Path | None, lines: Sequence[LogEntry]) -> tuple[Course, str | None]:
    """The versions so far, and what the file says now; None where it is gone and versions are left.

    ProfileError where there is no such profile.
    """
    course = Course(lines, name)
    if path is None:
        return course, profile_source(name)
    if course.begun and not os.path.lexists(path):
        return course, None  # taken away; what was tuned is still here
    with told_as_kept(name) if course.begun else nullcontext():
        return course, read_disk(name, path)


@contextmanager
def told_as_kept(name: str) -> Iterator[None]:
    """Tell whoever has the file `name`, which was broken meanwhile, where its versions are."""
    try:
        yield
    except ProfileError as error:
        if error.hint is None or isinstance(error.__cause__, UnicodeDecodeError):  # it was a profile once
            error.hint = TuningRemedy.CORRECT_FILE.of(profile=name)
        raise


def unified(old: str, new: str, old_name: str, new_name: str) -> str:
    """The difference of two texts as a unified diff; "" where there is none."""
    lines = unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm="")
    return "\n".join(lines)


def unshown(diff: str) -> None:
    """Nobody watches what is saved."""


def read_disk(name: str, path: Path) -> str:
    """The text of a file, byte for byte; ProfileError where it cannot be read."""
    return read_text(path) if path.exists() else profile_source(name)  # which says what is amiss with a name


def write_over(path: Path, expected: str, text: str, name: str) -> str:
    """Replace a file that still says `expected` by `text`, which is returned.

    Conflict where it says something else, ProfileError where it cannot be written.
    """
    # Looked at again when the new text lies on the disk: syncing may take seconds.
    write_whole(path, text, lambda: refuse_conflict(path, expected, name))
    return text


def refuse_conflict(path: Path, expected: str, name: str) -> None:
    """Conflict unless a file still says `expected`, with what was changed in it."""
    if not path.exists():
        raise Conflict(
            f"{name}: the file is gone since tuning began",
            "",
            hint=TuningRemedy.SAVE_ELSEWHERE.of(profile=name),
        )
    disk = read_text(path)
    if disk != expected:
        raise changed_elsewhere(name, expected, disk)


def changed_elsewhere(name: str, before: str, after: str) -> Conflict:
    """The conflict of a file that somebody else changed from one text to another."""
    return Conflict(
        f"{name}: the file was changed elsewhere since tuning began; it was not overwritten",
        unified(before, after, f"{name} (when tuning began)", f"{name} (changed elsewhere)"),
        hint=TuningRemedy.SAVE_OR_DISCARD.of(profile=name),
    )


def as_copy(profile: Profile, name: str) -> Profile:
    """The profile under another name, which its title says, too: two with one title look alike in a list.

    A copy of a copy says its own name in place of that of the one before it.
    """
    plain = profile.title.removesuffix(f" ({profile.name})")
    title = {"title": f"{plain[: TITLE_MAX - len(name) - 3].rstrip()} ({name})"} if plain else {}
    return profile.model_copy(update={"name": name} | title)


def copy_target(name: str, as_name: str | None, *, force: bool) -> Path:
    """The file of a copy. UsageError where its name is none for a profile, or that of one that ships,
    and where something lies there that may not be replaced.
    """
    given = f"my-{name}" if as_name is None else as_name
    target = Path(given)
    if target.name == given and target.suffix != ".toml":
        target = Path(f"{given}.toml")
    if target.suffix != ".toml" or not NAME.fullmatch(target.stem):
        raise UsageError(
            f"'{target.stem if given else ''}' is no name for a profile",
            hint="lower case letters, digits and dashes, at most 40; behind a path .toml",
        )
    if target.stem in shipped_profiles():
        raise UsageError(f"'{target.stem}' is the name of a profile that ships", hint="choose another name")
    refuse_taken(target, PROFILE, force=force)
    return target
