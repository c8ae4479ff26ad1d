"""What is shown of a session's events: JSON lines for a script, lines for a person."""

import re
from functools import singledispatchmethod
from typing import Any, Final, Protocol

from firmware_bridge import FELT_FLOOR, Phase
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.pacing import breath_text
from kneadwave.cli.views.summary import print_summary
from kneadwave.sessions.device_events import DeviceSays, HoldsItsLevel, PlaysAsSound, ResponsesTaken
from kneadwave.sessions.end_events import (
    HandsDone,
    NotBegun,
    RestAdvised,
    SimulationSummed,
    Summed,
)
from kneadwave.sessions.events import (
    Allowed,
    Arrangement,
    ControlHeard,
    Event,
    FindingTold,
    ForRecipient,
    GuideBegan,
    IntensityChanged,
    NothingRecorded,
    PainTold,
    Progressed,
    Started,
    StateChanged,
    StatureOverruled,
    StepBegan,
)
from kneadwave.sessions.note_events import (
    ChangedNothing,
    Held,
    Hurried,
    LinkFaltered,
    NotRegistered,
    Offered,
    Shortened,
    Substituted,
)
from kneadwave.sessions.pacing import turn_at
from kneadwave.text import clean, clock_text, plainly, times, word_of_command, zone_said
from profiles.score import ScoreStep

COUNT_S = 5.0
"""Session time between two lines that count repetitions, at least."""
STATES: Final = {Phase.PAUSED.value: "paused", Phase.PLAYING.value: "goes on"}
PROGRESS_S = 1.0
"""Session time between two progress events of a session in real time."""
NOTHING_MOVES = "no device moves in this routine"
STEP_NUMBER: Final = re.compile(r" in step \d+(?= ')")
"""Where the profile of a felt test counts its steps: no number that a person knows."""


class JsonOutput(Protocol):
    """Where JSON lines go."""

    def event(self, event: str, **fields: Any) -> None:
        """One line: the name of an event, and its fields."""
        ...


class JsonLines:
    """Prints an event as one JSON line; of progress, one every `every` seconds, pauses included."""

    def __init__(self, out: JsonOutput, every: float = PROGRESS_S) -> None:
        self._out = out
        self._every = every
        self._next = 0.0

    def show(self, event: Event) -> None:
        """Print it, if it is one for scripts."""
        if event.public and not (isinstance(event, Progressed) and not self._due(event)):
            self._out.event(event.name, **event.fields())

    def _due(self, event: Progressed) -> bool:
        update = event.update
        if update.took < self._next or update.phase not in (Phase.PLAYING, Phase.PAUSED):
            return False
        self._next = update.took + self._every
        return True


class TextLines:
    """Says what a person should know; with `lines` also each step as it begins.

    `substitutions`: whether to note what the device plays otherwise; "numbered" with the numbers of steps.
    """

    def __init__(self, out: Output, *, lines: bool = False, substitutions: str = "numbered") -> None:
        self.rest: RestAdvised | None = None
        """The rest that was advised at the end."""
        self._out = out
        self._lines = lines
        self._substitutions = substitutions
        self._step: ScoreStep | None = None
        self._began = False
        self._counted: tuple[int, float] = (0, 0.0)
        self._intensity: float | None = None
        self._faltered = False
        self._shortened: tuple[ScoreStep, ...] = ()
        self._person = self._hurt = ""

    @singledispatchmethod
    def show(self, event: Event) -> None:
        """Say it, if there are words for it."""

    @show.register
    def _(self, event: FindingTold) -> None:
        if not self._out.as_json:
            self._out.finding(event.finding)

    @show.register
    def _(self, event: ForRecipient) -> None:
        self._person = event.recipient
        self._out.say(f"for {event.recipient}")

    @show.register
    def _(self, event: StatureOverruled) -> None:
        note(self._out, f"the recipient's stature of {event.stature_m:g} m counts, not --stature")

    @show.register
    def _(self, event: Allowed) -> None:
        for text in event.notices:
            note(self._out, text)

    @show.register
    def _(self, event: NothingRecorded) -> None:  # noqa: ARG002
        note(self._out, "nothing is recorded: no device moves in this routine")

    @show.register
    def _(self, event: HoldsItsLevel) -> None:
        most = f"no motor of it is driven above {event.ceiling:.0%} of its full drive, which is felt as less"
        note(self._out, f"{event.device} does not stop by itself: keep its plug within reach; {most}")

    @show.register
    def _(self, event: NotRegistered) -> None:
        if not self._out.as_json:
            self._out.tell(f"warning: knead stop and the page do not find this session ({clean(event.why)})")
            self._out.tell("hint: stop it here, by s, Esc or Ctrl-C; for the next one see to that folder")

    @show.register
    def _(self, event: DeviceSays) -> None:
        note(self._out, f"{clean(event.device)}: {clean(event.text)}")

    @show.register
    def _(self, event: PlaysAsSound) -> None:
        late = f"plays on {event.card}, {event.latency_s * 1000:.0f} ms late"
        shared = "; what other programs play there reaches the shakers too" if not event.alone else ""
        note(self._out, f"{late}{shared}: keep the amplifier's switch within reach")

    @show.register
    def _(self, event: ResponsesTaken) -> None:
        self._out.say(f"with the response curves of {event.made}")

    @show.register
    def _(self, event: Started) -> None:
        if event.layout is None:
            self._out.say(NOTHING_MOVES)
        elif event.limit < FELT_FLOOR:
            note(self._out, f"nothing is felt at {event.limit:.0%}: that begins at {FELT_FLOOR:.0%}")

    @show.register
    def _(self, event: Offered) -> None:
        self._out.say(f"offered for {event.seconds:g} s: begin it from afar, or Enter here; s takes it back")

    @show.register
    def _(self, event: Substituted) -> None:
        if self._substitutions:
            numbered = self._substitutions == "numbered"
            note(self._out, event.text if numbered else STEP_NUMBER.sub("", event.text))

    @show.register
    def _(self, event: StateChanged) -> None:
        if self._lines and event.state in STATES and not event.first:
            self._out.say(f"{clock_text(event.took)}  {STATES[event.state]}")

    @show.register
    def _(self, event: IntensityChanged) -> None:
        if self._lines and self._intensity not in (None, event.intensity):
            self._out.say(f"{clock_text(event.took)}  intensity {event.intensity:.0%}")
        self._intensity = event.intensity

    @show.register
    def _(self, event: StepBegan) -> None:
        step = self._step = event.step
        self._began, self._counted = True, (0, step.start)
        if self._lines:
            number, length = f"{step.index + 1} of {event.of}", clock_text(step.end - step.start)
            less = ", shortened" if step in self._shortened else ""
            self._out.say(f"{clock_text(event.took)}  step {number}: {clean(step.name)} ({length} min{less})")

    @show.register
    def _(self, event: GuideBegan) -> None:
        guide = event.step.guide
        if not self._lines or guide is None:
            return
        self._out.say(f"      {clean(guide.instruction)}")
        if guide.breath is not None:
            self._out.say(f"      {breath_text(guide.breath)}")
        if guide.posture is not None:
            self._out.say("      press space or Enter to go on")

    @show.register
    def _(self, event: ChangedNothing) -> None:
        if self._lines:
            self._out.say(f"{clock_text(event.took)}  {event.text}")

    @show.register
    def _(self, event: Hurried) -> None:
        if self._lines:
            self._out.say(f"{clock_text(event.took)}  {event.text}")

    @show.register
    def _(self, event: LinkFaltered) -> None:
        if self._lines and not self._faltered:  # how often it happened is told at the end
            self._out.say(f"{clock_text(event.took)}  {event.text}")
        self._faltered = True

    @show.register
    def _(self, event: Shortened) -> None:
        self._shortened = event.shortened
        note(self._out, event.text)

    @show.register
    def _(self, event: Progressed) -> None:
        began, self._began = self._began, False
        if self._lines and not began and event.update.phase is Phase.PLAYING:
            self._count(event.update.elapsed)

    @show.register
    def _(self, event: ControlHeard) -> None:
        if event.refused:
            named = f" '{event.control}'" if event.control else ""
            note(self._out, f"a line of controls{named} says nothing: {event.refused}")

    @show.register
    def _(self, event: PainTold) -> None:
        self._hurt = event.zone or self._hurt
        if self._lines and not event.stopped:
            where = zone_said(clean(event.zone))
            told = f"it hurts: the {where} zone gets less for the rest of the session; p once more stops"
            self._out.say(f"{clock_text(event.took)}  {told}")

    @show.register
    def _(self, event: Held) -> None:
        if event.felt < event.level - 0.01:
            note(self._out, f"limits hold it at {event.felt:.0%} instead of {event.level:.0%}")
        names = ", ".join(event.actuators)
        self._out.say(f"{event.zone} at {event.felt:.0%} for {event.seconds:g} s: {names}; any key stops")

    @show.register
    def _(self, event: Summed) -> None:
        self._out.end.update(trips=event.trips, reason=event.reason, confirmed=event.confirmed)
        if event.at_rest:
            tripped = f"; the interlock stopped it {times(event.trips)}" if event.trips else ""
            after = f" after {clock_text(event.took)} min" if event.took else ""
            self._out.say(f"{plainly(event.reason)}; the device is at rest{after}{tripped}")
        if event.losses:
            note(
                self._out,
                f"the link to the device was lost {times(event.losses)} for a moment, and came back: "
                "a busy computer does that",
            )
        self._tell_where_it_hurt()

    @show.register
    def _(self, event: NotBegun) -> None:
        self._out.end["reason"] = event.reason
        self._out.say(f"{plainly(event.reason)} before it began; nothing was opened")

    @show.register
    def _(self, event: HandsDone) -> None:
        self._out.end["reason"] = event.reason
        took, whole = clock_text(event.took), clock_text(event.duration)
        written = f", and {whole} as it is written" if took != whole else ""
        self._out.say(f"{plainly(event.reason)}; it took {took} min{written}")
        self._tell_where_it_hurt()

    @show.register
    def _(self, event: SimulationSummed) -> None:
        self._out.end.update(trips=event.figures["trips"], duration_s=event.figures["duration_s"])
        if not self._out.as_json:
            print_summary(event.figures, self._out)

    @show.register
    def _(self, event: RestAdvised) -> None:
        self.rest = event

    def _tell_where_it_hurt(self) -> None:
        """With the command that has the zone softer the next time."""
        if self._hurt and self._person:
            change = f"knead recipient change {word_of_command(self._person)} --pain {self._hurt}=N"
            note(self._out, f"less is played where it hurt from now on with: {change} (N: 4 to 10)")

    def _count(self, elapsed: float) -> None:
        """Say which repetition of a guided step begins, now and then."""
        if self._step is None or self._step.guide is None:
            return
        turn = turn_at(self._step, elapsed)
        number, at = self._counted
        if turn.of > 1 and turn.number != number and (not number or elapsed - at >= COUNT_S):
            self._counted = (turn.number, elapsed)
            self._out.say(f"      {turn.number} of {turn.of}")


def say_arrangement(out: Output, arrangement: Arrangement) -> None:
    """Say how to lie or sit, and that a second person is needed: before anything is confirmed."""
    if arrangement.says:
        out.say(arrangement.says)
    if arrangement.helper:
        out.say("It needs a second person, whose hands work where no device does.")


def note(out: Output, text: str) -> None:
    """A line beside the result, for a person."""
    if not out.as_json:
        out.tell(f"note: {clean(text)}")
