"""What `knead profile list` has to say: the profiles that ship, by purpose, and what each device plays."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from kneadwave.cli.terminal.columns import paragraph, rows_within, width
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.device_fit import (
    ALL,
    BY_HAND,
    MISFIT,
    Fitted,
    fitter_of,
    fitters,
    peak_of,
    says,
    weaker,
    whole_minutes,
)
from kneadwave.errors import UsageError
from kneadwave.store.files import profiles_in
from kneadwave.text import clean, clock_text
from profiles.errors import ProfileError
from profiles.model import Indication, Profile, indications
from profiles.near import did_you_mean
from profiles.posture import needs_helper
from profiles.profile import brought_profiles, load_profile, shipped_profiles

HEADINGS: Final[dict[str, str]] = {
    "back": "back",
    "whole-body": "whole body",
    "legs": "legs",
    "feet": "feet",
    "arms": "arms",
    "quick": "quick, anywhere",
    "toning": "toning",
    "guided": "guided: for hands and breath",
    "locked": "locked: to be read, never played",
    "test": "test",
    "other": "other",
}
"""Purpose -> heading, in the order of the list; the back comes first (rule 9)."""

OWN: Final[str] = "own"
"""The purpose under which files of the folder stand, which do not ship; only here."""
_WORD: Final = re.compile(r"\w+")
HELPER: Final = "2"
VARIANT: Final = "V"
MARKS: Final = {
    MISFIT: "written for another posture than that in which the device is used (rule 29)",
    HELPER: "hands of a second person work, too",
    VARIANT: "which of the 27 sequences in the source article it follows: V1 to V27",
}
"""What stands behind minutes and a variant, and the variant itself, and what it means."""
ADVICE: Final = "A suggestion of the source, not medical advice."
SCREENED: Final = "Before any massage, by hand or by a device: knead screen."
NOTES: Final[dict[str, str]] = {
    "pregnancy": "A doctor's consent is needed, and a screening is asked before it plays: knead screen "
    "(rule 272).",
}
"""What else is told with an indication, by its name."""
WORDS: Final = "                    WORD is one of "
NARROW: Final = 70
"""Columns below which a list is no table: each profile gets a line, its title and its devices lines below."""
DEVICE_COLUMNS: Final = (5, 4)
"""Columns of a device in the table: wide ones, and what is taken where there is no room for them."""
TITLE_MIN: Final = 16
"""Columns below which a title has no column of its own, and stands below its profile."""


def list_profiles(out: Output, wanted: str | None = None, device: str | None = None) -> None:
    """The profiles that ship and those in this folder, or what is suggested for an indication.

    Each with what the devices play of it.

    UsageError for an indication that there is none of.
    """
    suggested = _indication(wanted) if wanted is not None else None
    profiles = [load_profile(name) for name in shipped_profiles()] + list(_readable(out, brought_profiles()))
    if suggested is not None:
        profiles = [p for p in profiles if suggested.name in p.good_for and not p.locked_for]
        _begin(out, suggested)
    else:
        profiles += _readable(out, profiles_in(Path.cwd()))
    found = [fitter_of(device)] if device is not None else fitters(out)
    fits = {profile.name: [fitted(profile) for fitted in found] for profile in profiles}
    for profile in profiles:
        fields = _fields(profile, fits[profile.name])
        if profile.purpose == OWN:
            out.event("own", **fields)
        else:
            out.event("profile", **fields)
    one = device is not None
    if profiles and width() < NARROW:
        _print_narrow(out, profiles, fits, one=one)
    elif profiles:
        _print(out, profiles, fits, one=one)
    _tell_marks(out, profiles, fits, one=one)
    if suggested is not None:
        _end(out, suggested, len(profiles))
    else:
        out.say()
        for what, command in (
            ("What one does:", "knead profile show NAME"),
            ("What is suggested:", "knead profile list --for WORD"),
        ):
            if width() >= NARROW:
                out.say(f"{what:<20}{command}")
            else:
                out.say(what)
                out.say(f"  {command}")
        first = WORDS if width() >= NARROW else "  WORD is one of "
        for line in paragraph(", ".join(indications()), first=first, indent=len(first)):
            out.say(line)


def _readable(out: Output, sources: Iterable[str | Path]) -> Iterator[Profile]:
    """The profiles of these names and files, but for what cannot be read, which is told.

    That of a file goes by the file's name, which is what commands take.
    """
    for source in sources:
        try:
            profile = load_profile(source)
        except ProfileError as error:
            out.tell(f"left out: {clean(str(error))}")
            continue
        own = {"name": source.name, "purpose": OWN} if isinstance(source, Path) else {}
        yield profile.model_copy(update=own)


def _headings() -> dict[str, str]:
    return {**HEADINGS, OWN: "your own, in this folder"}


def _marked(profile: Profile, fitted: Fitted) -> str:
    return f"{says(profile, fitted)} {fitted.mark}".rstrip()


def _helped(profile: Profile, fits: Sequence[Fitted], *, one: bool) -> bool:
    """Whether a second person is needed; on `one` device also for what it leaves to hands."""
    if profile.locked_for or profile.self_massage:
        return False
    return needs_helper(profile) or (one and not fits[0].fit.whole)


def _variant(profile: Profile, fits: Sequence[Fitted], *, one: bool) -> str:
    helper = HELPER if _helped(profile, fits, one=one) else ""
    return f"{clean(profile.variant):<5}{helper}"


def _tell_marks(
    out: Output, profiles: Sequence[Profile], fits: dict[str, list[Fitted]], *, one: bool
) -> None:
    used = {each.mark for profile in profiles for each in fits[profile.name] if not profile.locked_for}
    used |= {HELPER} if any(_helped(p, fits[p.name], one=one) for p in profiles) else set()
    used |= {VARIANT} if any(profile.variant for profile in profiles) else set()
    weak = weaker(profiles, fits)
    if used - {""} or weak:
        out.say()
    for mark, meaning in MARKS.items():
        if mark in used:
            for line in paragraph(meaning, first=f"{mark}  ", indent=3):
                out.say(line)
    for line in paragraph(weak):
        out.say(line)


def _indication(name: str) -> Indication:
    known = indications()
    if name in known:
        return known[name]
    meant = [each for each in known.values() if name.lower() in _WORD.findall(each.title.lower())]
    if len(meant) == 1:
        return meant[0]
    if meant:
        listed = ", ".join(each.name for each in meant)
        raise UsageError(f"--for {clean(name)}: several are meant by that", hint=f"say which: {listed}")
    raise UsageError(
        f"--for {clean(name)}: there is nothing suggested for that",
        hint=f"{did_you_mean(name, known)}known: {', '.join(known)}",
    )


def _begin(out: Output, suggested: Indication) -> None:
    out.event(
        "indication",
        name=suggested.name,
        title=suggested.title,
        rules=list(suggested.rules),
        advice=ADVICE,
        note=NOTES.get(suggested.name, ""),
    )
    for line in paragraph(f"{clean(suggested.title)} ({_rules(suggested)})"):
        out.say(out.bold(line))
    out.say()


def _end(out: Output, suggested: Indication, count: int) -> None:
    if count == 0:
        out.say("No profile that ships is suggested for it.")
    out.say()
    for line in paragraph(SCREENED) + paragraph(ADVICE):
        out.say(line)
    for line in paragraph(NOTES.get(suggested.name, "")):
        out.say(line)


def _rules(suggested: Indication) -> str:
    numbers = ", ".join(str(rule) for rule in suggested.rules)
    return f"rule{'s' if len(suggested.rules) > 1 else ''} {numbers}"


def _fields(profile: Profile, fits: Sequence[Fitted]) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.title,
        "duration_s": profile.duration_s,
        "steps": len(profile.step),
        "peak": round(peak_of(profile), 4),
        "description": profile.description,
        "purpose": profile.purpose,
        "variant": profile.variant,
        "good_for": list(profile.good_for),
        "posture": profile.posture,
        "helper": _helped(profile, fits, one=False),
        "locked": profile.locked_for,
        "guided_only": profile.guided_only,
        "fit": [
            {
                "device": each.device,
                "says": says(profile, each),
                "played_s": 0.0 if profile.locked_for else each.fit.played_s,
                "moving_s": each.fit.moving_s,
                "posture_fits": not each.mark,
                "felt_most": round(each.felt_most, 4),
            }
            for each in fits
        ],
    }


def _print(out: Output, profiles: Sequence[Profile], fits: dict[str, list[Fitted]], *, one: bool) -> None:
    devices = [fit.device for fit in fits[profiles[0].name]]
    name_width = max(len(profile.name) for profile in profiles if profile.purpose != OWN)
    before = 2 + name_width + 2 + 5 + 2 + 7 + 2
    wide, narrow = DEVICE_COLUMNS
    ends = (before + index * wide + max(wide, len(device)) for index, device in enumerate(devices))
    column = wide if max(ends) <= width() else narrow
    if one:
        column = max(len(f"on {devices[0]}"), 14) + 2
    if one:
        cells = f"{'on ' + devices[0]:<{column}}"
    else:
        out.say(" " * before + "minutes that a device plays (-: none)")
        for index, device in enumerate(map(clean, devices)):
            bars = " " * before + "|".ljust(column) * index
            if len(bars + device) > width():  # it stands left of its mark, as it cannot begin there
                out.say(f"{bars[: len(bars) - len(device) - 2]} {device} |")
            else:
                out.say(bars + device)
        cells = "|".ljust(column) * len(devices)
    head = f"  {'name':<{name_width}}  {'min':>5}  {'variant'}  {cells}"
    beside = width() - len(head) >= TITLE_MIN
    indent = len(head) if beside else 4
    out.say(out.bold(f"{head}title" if beside else head.rstrip()))
    for purpose, heading in _headings().items():
        under = [profile for profile in profiles if profile.purpose == purpose]
        if under:
            out.say(out.bold(heading))
        for p in under:
            name = clean(p.name)
            if len(name) > name_width:
                for line in paragraph(name, first="  ", indent=2):
                    out.say(line)
                name = ""
            told = _told(p, fits[p.name], column, one=one)
            variant = _variant(p, fits[p.name], one=one)
            row = f"  {name:<{name_width}}  {clock_text(p.duration_s):>5}  {variant:<7}  {told}"
            lines = [title for (title,) in rows_within([(clean(p.title),)], (width() - indent,))]
            out.say(f"{row:<{len(head)}}{lines.pop(0) if beside else ''}".rstrip())
            for line in lines:
                out.say(" " * indent + line)


def _print_narrow(
    out: Output, profiles: Sequence[Profile], fits: dict[str, list[Fitted]], *, one: bool
) -> None:
    for purpose, heading in _headings().items():
        under = [profile for profile in profiles if profile.purpose == purpose]
        if under:
            out.say(out.bold(heading))
        for p in under:
            variant = _variant(p, fits[p.name], one=one)
            row = f"{clean(p.name)}  {clock_text(p.duration_s)} min  {variant}".rstrip()
            for line in [f"  {row}"] if len(row) + 2 <= width() else paragraph(row, first="  ", indent=2):
                out.say(line)
            played = [f"{clean(each.device)}: {_marked(p, each)}" for each in fits[p.name]]
            by_itself = p.locked_for or p.guided_only
            for text in (clean(p.title), says(p, fits[p.name][0]) if by_itself else ", ".join(played)):
                for line in paragraph(text, first="    ", indent=4):
                    out.say(line)


def _told(profile: Profile, fits: Sequence[Fitted], column: int, *, one: bool) -> str:
    said = [says(profile, each) for each in fits]
    if profile.locked_for or profile.guided_only:
        return said[0]
    if one:
        return _marked(profile, fits[0])
    return "".join(_cell(word, each).ljust(column) for word, each in zip(said, fits, strict=True))


def _cell(word: str, fitted: Fitted) -> str:
    """Three columns at most: with a mark the whole of it stands as its minutes."""
    if word == BY_HAND:
        return "-"
    return word if word == ALL and not fitted.mark else f"{whole_minutes(fitted.fit.played_s)}{fitted.mark}"
