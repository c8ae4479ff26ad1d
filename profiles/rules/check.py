"""The massage rules: check(profile) -> findings.

This module puts the parts together and checks what concerns the session as a whole. What a step says by
itself is in `technique` and `zones`, the way from the first step to the last in `conduct`, `smooth` and
`order`, steps for hands in `guided_steps`, postures and helpers in `posture`, how often and how fully in
`coverage`, what only the playing shows in `dwell_and_gaps`, and what a device makes of it in `device`. The
figures are in `limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from profiles.body import BodyMap, body_map
from profiles.errors import ProfileError, ProfileRemedy
from profiles.model import Profile
from profiles.reach import fit
from profiles.rules.conduct import check_conduct
from profiles.rules.coverage import check_coverage
from profiles.rules.device import check_device
from profiles.rules.dwell_and_gaps import LOOK_S, check_played
from profiles.rules.finding import Finding, excused, located, worst_first
from profiles.rules.guided_steps import check_guided
from profiles.rules.limits import (
    FIRST_SESSION_MAX_S,
    FIRST_SESSION_USUAL_S,
    REST_MIN_S,
    SESSION_MAX_S,
    SESSION_USUAL_S,
)
from profiles.rules.order import check_order
from profiles.rules.posture import check_posture
from profiles.rules.smooth import check_smooth
from profiles.rules.technique import check_technique
from profiles.rules.timeline import stretches
from profiles.rules.traces import traces
from profiles.rules.zones import check_zones
from profiles.score import Score, compose
from profiles.technique import Mounting
from profiles.time_text import clock_text
from profiles.waveform import Place, Renderer

__all__ = ["Finding", "check"]


def check(
    profile: Profile,
    body: BodyMap | None = None,
    places: Sequence[Place] | None = None,
    mountings: Sequence[Mounting] = (),
    render: Callable[[Score, Sequence[Place]], Renderer] = Renderer,
) -> list[Finding]:
    """Return what the massage rules say about a profile, errors first; never raises.

    `places` are those of a device: then also what it cannot do, where it falls silent and what it plays
    otherwise. `mountings` say how it lies, as far as that is known. The session is judged as the file says
    it, whoever plays a step, a device or hands. `render` makes what samples it at the places, all of which
    the check looks at.
    """
    if profile.locked_for:
        return [_locked(profile)]
    body = body_map() if body is None else body
    found = _findings(profile, body, places, render)
    try:
        played = profile if places is None else fit(profile, places, body)
    except ProfileError:
        played = profile  # an unknown zone has been found above
    found += check_posture(played, located(profile), mountings)
    return worst_first(excused(found, profile))


def _findings(
    profile: Profile,
    body: BodyMap,
    places: Sequence[Place] | None,
    render: Callable[[Score, Sequence[Place]], Renderer],
) -> list[Finding]:
    steps = located(profile)
    working = stretches(profile, steps)
    findings = [
        *_session(profile),
        *check_conduct(profile, working, body),
        *check_smooth(profile, steps, working),
        *check_order(profile, steps, body),
    ]
    calm = profile.purpose != "toning" and profile.audience != "test"
    for here in steps:
        findings += check_technique(here, body)
        findings += check_zones(here, body, calm=calm)
    findings += check_guided(profile, steps, body)
    try:
        score = compose(profile, body)
    except ProfileError:
        return findings  # an unknown or excluded zone has been found above; nothing can be played
    if score.duration > LOOK_S:
        return findings
    traced = traces(score)
    findings += check_coverage(profile, steps, working, score, traced)
    findings += check_played(score, steps, traced)
    if places is not None:
        findings += check_device(profile, score, steps, places, render)
    return findings


def _locked(profile: Profile) -> Finding:
    return Finding(
        "error",
        98,
        "locked",
        f"this profile is to be read, not played: {profile.locked_for}",
        ProfileRemedy.READ_PROFILE.of(profile=profile.name),
    )


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
    elif profile.audience == "any" and not profile.guided_only and total < SESSION_USUAL_S:
        yield Finding(
            "info",
            84,
            "step",
            f"the session lasts {_minutes(total)}; 15 to 20 minutes is usual",
            'lengthen the steps, or say audience = "quick"',
        )
    if profile.audience != "test" and profile.rest_s < REST_MIN_S:
        yield Finding(
            "warning",
            70,
            "rest_s",
            f"a rest of {profile.rest_s:g} s afterwards; people stay lying for {REST_MIN_S:g} s at least",
            f"write rest_s = {REST_MIN_S:g} or more, or leave it out",
        )


def _minutes(seconds: float) -> str:
    return f"{clock_text(seconds)} min"
