"""Whatever is edited, undone, redone, dropped, restored and saved, in whatever order: no byte is lost."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from depth import at_depth
from hypothesis import given, settings
from hypothesis import strategies as st
from tuned import COMMENTED

from kneadwave.errors import UsageError
from kneadwave.tuning.curves.select import where_of, with_curve, with_step
from kneadwave.tuning.workspace import Conflict, Desk, EditRefused, open_desk
from profiles import curve_edit as reshaping
from profiles.errors import ProfileError
from profiles.parameters import names_for, with_number
from profiles.profile import Profile, parse
from profiles.rules.check import check

SHARES = st.integers(0, 20).map(lambda share: share / 20)
STEPS = st.sampled_from([0, 1, 2, None])
RESHAPINGS = st.one_of(
    st.tuples(st.just("with_point"), SHARES, SHARES),
    st.tuples(st.just("with_added"), SHARES, st.none() | SHARES),
    st.tuples(st.just("without_point"), SHARES),
    st.tuples(st.just("shifted"), st.sampled_from([-0.3, -0.05, 0.05, 0.3])),
    st.tuples(st.just("moved"), st.sampled_from([-0.2, -0.05, 0.05, 0.2])),
    st.tuples(st.just("scaled"), st.sampled_from([0.5, 0.9, 1.1, 2.0])),
    st.tuples(st.just("smoothed"), st.integers(1, 3)),
    st.tuples(st.just("preset"), st.sampled_from(["hold", "rise", "wave", "light-strong-light"])),
)
EDITS = st.tuples(st.just("edit"), STEPS, RESHAPINGS)
NUMBERS = st.tuples(st.just("number"), st.sampled_from([0, 1, 2]), st.integers(0, 9), st.integers(1, 60))
WAYS = st.one_of(
    st.tuples(st.sampled_from(["undo", "redo"]), st.integers(1, 3)),
    st.tuples(st.just("restore"), st.integers(0, 6)),
    st.tuples(st.sampled_from(["discard", "save", "save", "elsewhere"])),
)
ACTIONS = st.lists(st.one_of(EDITS, EDITS, NUMBERS, WAYS), min_size=1, max_size=14)

TUNED = ("level", "curve", "technique", "crossfade_s", "duration_s", "envelope", "  [", "] # end")
FIXED = [line for line in COMMENTED.splitlines() if not line.startswith(TUNED)]
"""Lines that no curve and no number stands on."""


@contextmanager
def profile_file() -> Iterator[Path]:
    """A commented profile, in an environment of its own."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", f"{folder}/state")
        path = Path(folder) / "evening.toml"
        path.write_bytes(COMMENTED.encode())
        yield path


def reshaped(profile: Profile, index: int | None, name: str, *values: object) -> Profile:
    where = where_of(profile, index)
    scale = 1.0 if where.curve.unit == "fraction" else where.duration_s
    if name == "preset":
        return with_curve(profile, where, reshaping.preset(*values).curve)
    if name in ("with_point", "with_added", "without_point", "moved"):
        values = (float(values[0]) * scale, *values[1:])  # type: ignore[arg-type]
    if name == "moved":
        values = (*values, where.end)
    return with_curve(profile, where, getattr(reshaping, name)(where.curve, *values).curve)


def numbered(profile: Profile, index: int, which: int, value: int) -> Profile:
    names = names_for(profile.step[index])
    name = names[which % len(names)]
    step = with_number(profile.step[index], name, value / 60 if name == "level" else float(value))
    return with_step(profile, index, step)


def act(desk: Desk, path: Path, action: tuple[object, ...]) -> None:
    """Do one thing; what is refused must have changed nothing."""
    verb, *values = action
    before = desk.text
    try:
        if verb == "edit":
            desk.edit(str(action), lambda profile: reshaped(profile, values[0], *values[1]))  # type: ignore[arg-type,misc]
        elif verb == "number":
            desk.edit(str(action), lambda profile: numbered(profile, *values))  # type: ignore[arg-type]
        elif verb == "elsewhere":
            path.write_bytes(path.read_bytes() + b"# somebody was here\n")
        else:
            getattr(desk, str(verb))(*values)
    except (ProfileError, EditRefused, UsageError, Conflict):
        assert desk.text == before


def holds(desk: Desk) -> None:
    """What is true at any time of a version: it can be read, and every line that is not tuned is there."""
    assert desk.profile == parse(desk.text)
    lines = iter(desk.text.splitlines())
    assert all(line in lines for line in FIXED)


@given(ACTIONS)
@settings(max_examples=at_depth(50))
def test_nothing_is_lost_and_nothing_wrong_is_saved(actions):
    with profile_file() as path:
        for action in actions:
            disk = path.read_bytes()
            with open_desk(str(path)) as desk:
                conflict = desk.conflict
                act(desk, path, action)
                holds(desk)
                text = desk.text.encode()
            after = path.read_bytes()
            if action[0] == "elsewhere":
                assert after == disk + b"# somebody was here\n"
            elif action[0] == "save" and not conflict:
                assert after == text
                assert not any(finding.severity == "error" for finding in check(parse(text.decode())))
            else:
                assert after == disk
        with open_desk(str(path)) as desk:
            there_and_back(desk)


def there_and_back(desk: Desk) -> None:
    """Undo everything, redo everything: the same bytes, in both directions."""
    with suppress(UsageError):
        desk.redo(max(desk.redoable, 1))
    texts = [desk.text]
    while desk.undoable:
        texts.append(desk.undo().text)
    first = desk.version(0).text
    assert texts[-1] == first
    assert first.startswith(COMMENTED)
    back = [desk.text]
    while desk.redoable:
        back.append(desk.redo().text)
    assert back == texts[::-1]
    steps = len(texts) - 1
    if steps:
        assert desk.undo(steps).text == first
        assert desk.redo(steps).text == texts[0]


@given(st.lists(EDITS, min_size=1, max_size=4), st.data())
@settings(max_examples=at_depth(25))
def test_a_journal_cut_anywhere_in_its_last_line_goes_on_from_the_line_before(edits, data):
    with profile_file() as path:
        for edit in edits:
            with open_desk(str(path)) as desk:
                act(desk, path, edit)
        found = list((path.parent / "state").rglob("*.jsonl"))
        whole = found[0].read_bytes()
        if not whole:
            return
        with open_desk(str(path)) as desk:
            before = [(entry.number, entry.what) for entry in desk.history()]
        last = len(whole) - (whole[:-1].rfind(b"\n") + 1)
        found[0].write_bytes(whole[: -data.draw(st.integers(1, last))])
        with open_desk(str(path)) as desk:
            assert [(entry.number, entry.what) for entry in desk.history()] == (before[:-1] or before[:1])
            holds(desk)
            act(desk, path, edits[0])
            desk.note("went on")
        with open_desk(str(path)) as desk:
            assert desk.history()[-1].what == "went on"
