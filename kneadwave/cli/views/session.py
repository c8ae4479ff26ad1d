"""What is told while a session plays: events for a script, lines for a person, both for the recording."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from firmware_bridge.play.session import Session
from firmware_bridge.play.updates import Phase, Update
from kneadwave.cli.terminal.output import Output
from kneadwave.text import clean, clock_text
from profiles.score import Score, ScoreStep
from profiles.waveform import FRAME_RATE_HZ

if TYPE_CHECKING:
    from firmware_bridge.recording.writer import Recorder

COUNT_S = 5.0
"""Session time between two lines that count repetitions, at least."""
JUMP_S = 1.0
"""Session time that passes between two updates at the most, unless the score goes on at a later place."""


@dataclass
class Narrator:
    """Tells events and keeps the host's recording while a session plays.

    `every` is the time between two progress events, seconds of the session; `lines` adds a line of text
    for each step. `session` is None where no device plays.
    """

    out: Output
    score: Score
    every: float
    session: Session | None = None
    lines: bool = False
    recorder: "Recorder | None" = None
    _step: int = -1
    _phase: Phase | None = None
    _next: float = 0.0
    _limits: int = 0
    _hurried: bool = False
    _counted: tuple[int, float] = (0, 0.0)
    _told: set[tuple[str, int]] = field(default_factory=set)
    _limit: float | None = None
    _intensity: float | None = None
    _elapsed: float = 0.0

    def start(self, port: str) -> None:
        """What is about to be played, on what."""
        fields: dict[str, Any] = {"profile": self.score.name}
        if self.session is not None:
            layout = self.session.layout
            self._limit = self.session.feed.intensity
            fields |= {
                "device": layout.description.name,
                "port": port,
                "actuators": len(layout.actuators),
                "excluded": [{"id": a.id, "reason": a.excluded} for a in layout.excluded],
                "limit": self.session.feed.intensity,
                "stature_m": layout.stature_m,
            }
        self.out.event(
            "start",
            **fields,
            duration_s=round(self.score.duration, 3),
            steps=len(self.score.steps),
        )
        for text in self.session.substitutions if self.session is not None else ():
            self.out.event("note", kind="substitution", text=text)

    def update(self, update: Update) -> None:
        """Tell what is new in an update."""
        if update.phase is not self._phase:
            self._enter(update)
        if update.step >= 0 and update.step != self._step:
            self._begin_step(update)
        elif self.lines and update.step >= 0 and update.phase is Phase.PLAYING:
            self._count(self.score.steps[update.step], update.elapsed)
        if self.session is not None:
            self._tell_limits(self.session)
            self._record_intensity(update)
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

    def pain(self, zone: str, stopped: bool) -> None:
        """Somebody pressed the key for pain: `zone` goes down, or the session stops."""
        done = "stopped" if stopped else "eased"
        self.out.event("pain", zone=zone, action=done)
        if self.recorder is not None:
            self.recorder.event(self.recorder.t, "pain", zone=zone, action=done)
        if self.lines and not stopped:
            self.out.say(f"pain: the {clean(zone)} goes down for the rest of the session; once more stops")

    def _enter(self, update: Update) -> None:
        if self._phase is not None or update.phase is not Phase.PLAYING:
            self.out.event("state", t=round(update.elapsed, 2), state=update.phase.value)
            if self.lines and update.phase is Phase.PAUSED:
                self.out.say(f"{clock_text(update.elapsed)}  paused")
        if self.recorder is not None:
            self.recorder.event(self.recorder.t, "state", state=update.phase.value)
        self._phase = update.phase

    def _record_intensity(self, update: Update) -> None:
        """Record live intensity where it begins, where it changes, and where the score jumps."""
        jumped = update.elapsed - self._elapsed > JUMP_S
        self._elapsed = update.elapsed
        if self.recorder is None or (update.intensity == self._intensity and not jumped):
            return
        first = {"limit": self._limit} if self._intensity is None else {}
        self._intensity = update.intensity
        fields = {"intensity": update.intensity, "elapsed": round(update.elapsed, 3), **first}
        self.recorder.event(self.recorder.t, "intensity", **fields)

    def _begin_step(self, update: Update) -> None:
        self._step = update.step
        step = self.score.steps[update.step]
        self._counted = (0, step.start)
        length = round(step.end - step.start, 3)
        self.out.event("step", t=round(update.elapsed, 2), duration_s=length, **step.as_dict())
        guide = step.guide_as_dict()
        if guide is not None:
            self.out.event("guide", t=round(update.elapsed, 2), step=step.index + 1, **guide)
        if self.lines:
            number = f"{step.index + 1} of {len(self.score.steps)}"
            self.out.say(f"{clock_text(update.elapsed)}  step {number}: {clean(step.name)} ({length:g} s)")
            if step.guide is not None:
                self._say_guide(step)
        if self.recorder is not None:
            self.recorder.event(self.recorder.t, "step", **step.as_dict())

    def _say_guide(self, step: ScoreStep) -> None:
        from kneadwave.sessions.pacing import breath_text

        assert step.guide is not None
        self.out.say(f"      {clean(step.guide.instruction)}")
        if step.guide.breath is not None:
            self.out.say(f"      {breath_text(step.guide.breath)}")
        if step.guide.posture is not None:
            self.out.say("      space or Enter goes on")

    def _count(self, step: ScoreStep, elapsed: float) -> None:
        """Say which repetition of a guided step begins, now and then."""
        if step.guide is None:
            return
        from kneadwave.sessions.pacing import turn_at

        turn = turn_at(step, elapsed)
        number, at = self._counted
        if turn.of > 1 and turn.number != number and (not number or elapsed - at >= COUNT_S):
            self._counted = (turn.number, elapsed)
            self.out.say(f"      {turn.number} of {turn.of}")

    def _tell_limits(self, session: Session) -> None:
        if session.hurried and not self._hurried:
            self._hurried = True
            self.out.event("note", kind="time", text="going to the closing steps, to end in time")
            if self.lines:
                self.out.say("      going to the closing steps, to end in time")
        events = session.feed.events
        while self._limits < len(events):
            found = events[self._limits]
            self._limits += 1
            actuators = session.layout.actuators
            actuator = actuators[found.actuator].id if found.actuator >= 0 else "all"
            if self.recorder is not None:
                self.recorder.event(self.recorder.t, "limit", actuator=actuator, limit=str(found.kind))
            if (str(found.kind), found.actuator) not in self._told:
                self._told.add((str(found.kind), found.actuator))
                t = round(found.frame / FRAME_RATE_HZ, 2)
                self.out.event("note", kind="limit", t=t, actuator=actuator, limit=str(found.kind))


def note(out: Output, text: str) -> None:
    """A line beside the result, for a person."""
    if not out.as_json:
        out.tell(f"note: {clean(text)}")
