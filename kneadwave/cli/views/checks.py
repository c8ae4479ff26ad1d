"""What `knead profile check` and `knead profile new` have to say: findings, a new file."""

import os
import re
from pathlib import Path

from kneadwave.cli.exits import worded
from kneadwave.cli.terminal.findings import counted, finding_line
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pending_edits import tell_unsaved
from kneadwave.errors import NotPlayable, UsageError
from kneadwave.store.outputs import PROFILE, write_output
from kneadwave.text import clean, is_reserved, word_of_command
from kneadwave.tuning.save import as_copy
from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.profile import dump, load_profile, profile_source, shipped_profiles
from profiles.rules.check import check
from profiles.technique import Mounting
from profiles.waveform import Place

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def check_profiles(out: Output, names: list[str], device: str | None, stature_m: float) -> None:
    """Every finding on every profile; NotPlayable at the end if one of them has an error."""
    body = body_map(stature_m)
    places, mountings = _placed(device, stature_m) if device else (None, ())
    refused: list[str] = []
    locked: list[str] = []
    for name in names:
        try:
            profile = load_profile(name)
            tell_unsaved(out, name)
        except ProfileError as error:
            if len(names) == 1:
                raise
            out.event(
                "finding",
                profile=name,
                severity="error",
                rule=error.rule,
                place=error.place,
                message=str(error),
            )
            out.say(
                f"error: {clean(str(error))}" + (f" -> {clean(worded(error.hint))}" if error.hint else "")
            )
            refused.append(name)
            continue
        findings = check(profile, body, places, mountings)
        worst = {finding.severity for finding in findings}
        for finding in findings:
            if out.as_json:
                out.event("finding", profile=name, **finding.as_dict())
            else:
                out.say(finding_line(finding))
        verdict = "may not be played" if "error" in worst else "may be played"
        out.event("checked", profile=name, ok="error" not in worst, findings=len(findings))
        out.say(out.bold(f"{clean(name)}: {verdict}, {counted(findings)}"))
        if "error" in worst:
            refused.append(name)
        if profile.locked_for:
            locked.append(name)
    if device is None and not out.as_json:
        out.tell(
            "note: no device was looked at; with --on DEVICE it also tells whether posture and zones fit"
        )
    if refused:
        raise _refusal(refused, locked)


def new_profile(out: Output, name: str, source: str, folder: Path, *, force: bool = False) -> None:
    """Write NAME.toml with the text of another profile under a new name; over another file by `force`."""
    free_name(name)
    begun = load_profile(source)
    locked = begun.locked_for
    if locked:
        raise ProfileError(
            f"{clean(source)} is to be read, not played, and nothing is begun from it: {clean(locked)}",
            hint="begin with another profile: knead profile list",
            rule=98,
        )
    text = dump(as_copy(begun, name), profile_source(source))
    target = folder / f"{name}.toml"
    write_output(target, text, PROFILE, force=force)
    for finding in check(load_profile(target)):
        if finding.severity == "error":
            out.finding(finding)
    out.say(f"wrote {target.name}, begun from {source}")
    say_next(out, os.path.relpath(target))


def say_next(out: Output, path: str) -> None:
    """What to do with a profile that was written: one command a line."""
    word = word_of_command(clean(path))
    out.say("next:")
    for command in ("profile check", "simulate"):
        out.say(f"  knead {command} {word}")


def free_name(name: str) -> None:
    """UsageError for what is no name of a profile, or that of one that ships."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"'{clean(name)}' is no name for a profile",
            hint="lower case letters, digits and dashes, at most 40",
        )
    if is_reserved(name):
        raise UsageError(f"'{name}' is a name that some systems reserve", hint="choose another name")
    if name in shipped_profiles():
        raise UsageError(f"'{name}' is the name of a profile that ships", hint="choose another name")


def _refusal(refused: list[str], locked: list[str]) -> NotPlayable:
    """What the command ends with; a locked profile is not for correcting."""
    hint = "correct what is listed as an error"
    if refused == locked:
        hint = f"it is to be read: knead profile show {locked[0]}"
    by_rule = " (rule 98)" if locked else ""
    return NotPlayable(f"may not be played: {', '.join(refused)}{by_rule}", hint=hint)


def _placed(device: str, stature_m: float) -> tuple[tuple[Place, ...], tuple[Mounting, ...]]:
    from firmware_bridge import mountings_of, place_device
    from kneadwave.descriptions import load_described

    description = load_described(device)
    return place_device(description, body_map(stature_m)).places(), mountings_of(description)
