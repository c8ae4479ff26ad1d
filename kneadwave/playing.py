"""From a profile's name to something that can be played, and what is told while it plays."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from firmware_bridge.device import DeviceDescription
from firmware_bridge.layout import Layout, place_device
from firmware_bridge.player import Phase, Session, Update
from kneadwave.exits import NotPlayable
from kneadwave.output import Output, clean
from profiles.body import BodyMap, body_map
from profiles.profile import Profile, load_profile
from profiles.rules import Finding, check
from profiles.score import Score, compose
from profiles.waveform import FRAME_RATE_HZ

if TYPE_CHECKING:
    from firmware_bridge.recording import Recorder


@dataclass(frozen=True)
class Piece:
    """A profile that may be played on a body."""

    profile: Profile
    score: Score
    body: BodyMap


def prepare(name: str, stature_m: float, out: Output) -> Piece:
    """Load, check and compose a profile; NotPlayable when the check finds errors, each of them told."""
    profile = load_profile(name)
    body = body_map(stature_m)
    refuse_errors(name, check(profile, body), out)
    return Piece(profile, compose(profile, body), body)


def prepare_on(name: str, stature_m: float, description: DeviceDescription, out: Output) -> Piece:
    """The same where the device is known before: it is checked once, with the device."""
    profile = load_profile(name)
    body = body_map(stature_m)
    _check_on(name, profile, body, place_device(description, body), out)
    return Piece(profile, compose(profile, body), body)


def place(name: str, piece: Piece, description: DeviceDescription, out: Output) -> Layout:
    """Put the device on the body; warnings are told, errors that only this device brings refuse."""
    layout = place_device(description, piece.body)
    _check_on(name, piece.profile, piece.body, layout, out)
    return layout


def _check_on(name: str, profile: Profile, body: BodyMap, layout: Layout, out: Output) -> None:
    findings = check(profile, body, layout.places())
    refuse_errors(name, findings, out)
    for finding in findings:
        if finding.severity == "warning":
            tell_finding(finding, out)


def refuse_errors(name: str, findings: list[Finding], out: Output) -> None:
    """NotPlayable with the first error among the findings, if there is one; the others are told before."""
    errors = [finding for finding in findings if finding.severity == "error"]
    for finding in errors if out.as_json else errors[1:]:
        tell_finding(finding, out)
    if errors:
        first = errors[0]
        where = f"{first.place}: " if first.place else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise NotPlayable(f"{name}: {where}{first.message}{rule_of(first)}{more}", hint=first.remedy)


def tell_finding(finding: Finding, out: Output) -> None:
    """One line for a person, or one event."""
    if out.as_json:
        out.event("finding", **finding_fields(finding))
    else:
        out.tell(finding_line(finding))


def finding_fields(finding: Finding) -> dict[str, str | int | None]:
    """A finding as JSON has it."""
    return {
        "severity": finding.severity,
        "rule": finding.rule,
        "place": finding.place,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def finding_line(finding: Finding) -> str:
    """A finding on one line: how bad, where, what, which rule, what to do."""
    where = f"{finding.place}: " if finding.place else ""
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    return clean(f"{finding.severity}: {where}{finding.message}{rule_of(finding)}{remedy}")


def rule_of(finding: Finding) -> str:
    """The rule behind a finding, in brackets; "" when there is none."""
    return "" if finding.rule is None else f" (rule {finding.rule})"


def leaving_stops(updates: Iterator[Update]) -> AbstractContextManager[object]:
    """Make sure that `updates` are closed, which stops the device, however the caller leaves."""
    return closing(cast("Generator[Update, None, None]", updates))


@dataclass
class Narrator:
    """Tells events and keeps the host's recording while a session plays.

    `every` is the time between two progress events, seconds of the session; `lines` adds a line of text
    for each step.
    """

    out: Output
    session: Session
    every: float
    lines: bool = False
    recorder: "Recorder | None" = None
    _step: int = -1
    _phase: Phase | None = None
    _next: float = 0.0
    _limits: int = 0
    _told: set[tuple[str, int]] = field(default_factory=set)

    def start(self, port: str) -> None:
        """What is about to be played, on what."""
        score, layout = self.session.score, self.session.layout
        self.out.event(
            "start",
            profile=score.name,
            device=layout.description.name,
            port=port,
            duration_s=round(score.duration, 3),
            steps=len(score.steps),
            actuators=len(layout.actuators),
            excluded=[{"id": a.id, "reason": a.excluded} for a in layout.excluded],
            limit=self.session.feed.intensity,
            stature_m=layout.stature_m,
        )
        for text in self.session.renderer.substitutions:
            self.out.event("note", kind="substitution", text=text)

    def update(self, update: Update) -> None:
        """Tell what is new in an update."""
        if update.phase is not self._phase:
            self._enter(update)
        if update.step >= 0 and update.step != self._step:
            self._begin_step(update)
        self._tell_limits()
        if update.elapsed >= self._next and update.phase in (Phase.PLAYING, Phase.PAUSED):
            self._next = update.elapsed + self.every
            self.out.event(
                "progress",
                t=round(update.elapsed, 2),
                left=round(update.left, 2),
                phase=update.phase.value,
                step=self._step + 1,
                intensity=update.intensity,
            )

    def _enter(self, update: Update) -> None:
        if self._phase is not None or update.phase is not Phase.PLAYING:
            self.out.event("state", t=round(update.elapsed, 2), state=update.phase.value)
            if self.lines and update.phase is Phase.PAUSED:
                self.out.say(f"{clock_text(update.elapsed)}  paused")
        if self.recorder is not None:
            self.recorder.event(self.recorder.t, "state", state=update.phase.value)
        self._phase = update.phase

    def _begin_step(self, update: Update) -> None:
        self._step = update.step
        step = self.session.score.steps[update.step]
        length = round(step.end - step.start, 3)
        self.out.event(
            "step",
            t=round(update.elapsed, 2),
            step=step.index + 1,
            name=step.name,
            technique=step.technique,
            duration_s=length,
        )
        if self.lines:
            count = len(self.session.score.steps)
            name = clean(step.name)
            self.out.say(
                f"{clock_text(update.elapsed)}  step {step.index + 1} of {count}: {name} ({length:g} s)"
            )
        if self.recorder is not None:
            self.recorder.event(self.recorder.t, "step", step=step.index + 1, name=step.name)

    def _tell_limits(self) -> None:
        events = self.session.feed.events
        while self._limits < len(events):
            found = events[self._limits]
            self._limits += 1
            actuators = self.session.layout.actuators
            actuator = actuators[found.actuator].id if found.actuator >= 0 else "all"
            if self.recorder is not None:
                self.recorder.event(self.recorder.t, "limit", actuator=actuator, limit=str(found.kind))
            if (str(found.kind), found.actuator) not in self._told:
                self._told.add((str(found.kind), found.actuator))
                t = round(found.frame / FRAME_RATE_HZ, 2)
                self.out.event("note", kind="limit", t=t, actuator=actuator, limit=str(found.kind))


def clock_text(seconds: float) -> str:
    """Seconds as minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
