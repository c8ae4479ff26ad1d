"""The massage rules: check(profile) -> findings.

Each limit carries its unit and the number of the rule it comes from; figures marked "ours" are this
project's choice. What a step says by itself is checked here; what only its playing shows (dwell, gaps) is
in `rules_played`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from profiles.body import BodyMap, body_map
from profiles.errors import ProfileError
from profiles.finding import Finding, Located, located, worst_first
from profiles.model import Profile
from profiles.rules_played import check_device, check_played
from profiles.rules_zones import check_zones
from profiles.score import compose
from profiles.technique import (
    KNEADING_MAX_CPM,
    POINT_MAX_S,
    RUBBING_MAX_CPM,
    Kneading,
    Pressing,
    Rubbing,
    Stroking,
    Tapping,
    Vibration,
)
from profiles.waveform import Place

__all__ = ["Finding", "check"]

SESSION_MAX_S = 1200.0  # rule 84: 20 minutes at most
SESSION_USUAL_S = 900.0  # rule 84: 15 minutes at least
FIRST_SESSION_MAX_S = 900.0  # rules 167, 224: 15 minutes at most
FIRST_SESSION_USUAL_S = 600.0  # rule 224: 10 to 15 minutes; the lower one is our default
WARM_UP_S = 60.0  # rules 36, 43: start light; 60 s is ours
WARM_UP_SHARE = 0.2  # of a session that is shorter than five minutes; ours
WARM_UP_LEVEL = 0.35  # rule 47: the first stage is soft and light; figure ours
CROSSFADE_MIN_S = 1.0  # rule 164: no abrupt transition; figure ours
JUMP = 0.1  # level; ours: half the difference that is felt at mid-scale
VIBRATION_LEVEL = 0.6  # rule 110: quick but weak; figure ours
HOLD_MIN_S = 2.0  # rule 109: pressure lasts several seconds; figure ours
TAP_ONSET_MIN_S = 0.04  # rule 108: taps come softly; figure ours


def check(
    profile: Profile, body: BodyMap | None = None, places: Sequence[Place] | None = None
) -> list[Finding]:
    """Return what the massage rules say about a profile, errors first; never raises.

    `places` are those of a device: then also what it cannot do, where it falls silent and what it plays
    otherwise.
    """
    body = body_map() if body is None else body
    steps = located(profile)
    findings = [
        *_session(profile),
        *_order(steps),
        *_closing(profile, steps),
        *_warm_up(profile, steps),
        *_changes(steps),
    ]
    for here in steps:
        findings += _technique(here)
        findings += check_zones(here, body)
    try:
        score = compose(profile, body)
    except ProfileError:
        return worst_first(
            findings
        )  # an unknown or excluded zone has been found above; nothing can be played
    findings += check_played(score, steps)
    if places is not None:
        findings += check_device(score, steps, places, quiet_gaps=profile.audience == "test")
    return worst_first(findings)


def _session(profile: Profile) -> Iterator[Finding]:
    total = profile.duration_s
    if total > SESSION_MAX_S:
        yield Finding(
            "error",
            84,
            "step",
            f"the session lasts {_minutes(total)}; 20 minutes is the most",
            "shorten or leave out steps",
        )
    elif profile.audience == "first-session" and total > FIRST_SESSION_MAX_S:
        yield Finding(
            "error",
            167,
            "step",
            f"a first session of {_minutes(total)}; 15 minutes is the most",
            "shorten or leave out steps",
        )
    elif profile.audience == "first-session" and total > FIRST_SESSION_USUAL_S:
        yield Finding(
            "warning",
            224,
            "step",
            f"a first session of {_minutes(total)}; 10 minutes is enough",
            "shorten the steps",
        )
    elif profile.audience == "any" and total < SESSION_USUAL_S:
        yield Finding(
            "info",
            84,
            "step",
            f"the session lasts {_minutes(total)}; 15 to 20 minutes is usual",
            'lengthen the steps, or say audience = "quick"',
        )


def _order(steps: Sequence[Located]) -> Iterator[Finding]:
    for here, which in ((steps[0], "begins"), (steps[-1], "ends")):
        if not isinstance(here.step.technique, Stroking):
            kind = here.step.technique.kind
            yield here.find(
                "error",
                83,
                "technique.kind",
                f"a session {which} with stroking, not {kind}",
                f"let a stroking step {which[:-1]} it",
            )


def _closing(profile: Profile, steps: Sequence[Located]) -> Iterator[Finding]:
    first, last = steps[0].step, steps[-1]
    if profile.audience != "test" and len(steps) > 1 and last.step.peak >= first.peak:
        yield last.find(
            "warning",
            117,
            "level",
            f"the closing ({last.step.peak:g}) is not weaker than the opening ({first.peak:g})",
            "lower its level",
        )


def _warm_up(profile: Profile, steps: Sequence[Located]) -> Iterator[Finding]:
    if profile.audience == "test":
        return
    until = min(WARM_UP_S, WARM_UP_SHARE * profile.duration_s)
    start = 0.0
    for here in steps:
        if start < until and here.step.peak > WARM_UP_LEVEL:
            yield here.find(
                "warning",
                36,
                "level",
                f"level {here.step.peak:g} within the first {until:.0f} s; "
                f"a session starts light, at {WARM_UP_LEVEL:g} at most",
                "begin with a longer light step",
            )
            return
        start += here.step.total_s


def _changes(steps: Sequence[Located]) -> Iterator[Finding]:
    for here, following in pairwise(steps):
        before = here.step.level * here.step.curve.points[-1][1]
        after = following.step.level * following.step.curve.points[0][1]
        if abs(after - before) > JUMP and here.step.crossfade_s < CROSSFADE_MIN_S:
            yield here.find(
                "warning",
                164,
                "crossfade_s",
                f"the level jumps from {before:.2f} to {after:.2f} within {here.step.crossfade_s:g} s",
                f"cross-fade for {CROSSFADE_MIN_S:g} s at least",
            )
    for here in steps:
        points = here.step.curve.points
        jump = here.step.level * abs(points[-1][1] - points[0][1])
        if here.step.repeats > 1 and jump > JUMP:
            yield here.find(
                "warning",
                164,
                "curve",
                f"the level jumps by {jump:.2f} from one repeat to the next",
                "let the curve end where it begins",
            )
        unit = here.step.duration_s if here.step.curve.unit == "fraction" else 1.0
        for (t0, y0), (t1, y1) in pairwise(points):
            if (t1 - t0) * unit < CROSSFADE_MIN_S and here.step.level * abs(y1 - y0) > JUMP:
                yield here.find(
                    "warning",
                    164,
                    "curve",
                    f"the level changes by {here.step.level * abs(y1 - y0):.2f} within "
                    f"{(t1 - t0) * unit:.2g} s",
                    f"give the change {CROSSFADE_MIN_S:g} s at least",
                )
                break


def _technique(here: Located) -> Iterator[Finding]:
    match here.step.technique:
        case Kneading(rate_cpm=rate) if rate > KNEADING_MAX_CPM:
            yield here.find(
                "error",
                64,
                "technique.rate_cpm",
                f"{rate:g} kneading cycles a minute; {KNEADING_MAX_CPM:g} is the most",
                f"write rate_cpm = {KNEADING_MAX_CPM:g} or less",
            )
        case Rubbing(rate_cpm=rate) if rate > RUBBING_MAX_CPM:
            yield here.find(
                "error",
                53,
                "technique.rate_cpm",
                f"{rate:g} circles a minute; {RUBBING_MAX_CPM:g} is the most",
                f"write rate_cpm = {RUBBING_MAX_CPM:g} or less",
            )
        case Pressing() as press:
            whole = press.attack_s + press.hold_s + press.release_s
            if whole > POINT_MAX_S:
                yield here.find(
                    "error",
                    55,
                    "technique.hold_s",
                    f"one press takes {whole:g} s; a point is worked on for {POINT_MAX_S:g} s at most",
                    f"hold for {max(0.0, POINT_MAX_S - press.attack_s - press.release_s):g} s or less",
                )
            elif press.hold_s < HOLD_MIN_S:
                yield here.find(
                    "warning",
                    109,
                    "technique.hold_s",
                    f"a hold of {press.hold_s:g} s is hardly a pressure",
                    f"hold for {HOLD_MIN_S:g} s or more",
                )
        case Vibration() if here.step.peak > VIBRATION_LEVEL:
            yield here.find(
                "warning",
                110,
                "level",
                f"vibration at level {here.step.peak:g}; it is quick but weak",
                f"write level = {VIBRATION_LEVEL:g} or less",
            )
        case Tapping(onset_s=onset) if onset < TAP_ONSET_MIN_S:
            yield here.find(
                "warning",
                108,
                "technique.onset_s",
                f"taps rise within {onset * 1000:g} ms; they come softly",
                f"write onset_s = {TAP_ONSET_MIN_S:g} or more",
            )
        case _:
            return


def _minutes(seconds: float) -> str:
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest} s" if rest else f"{whole} min"
