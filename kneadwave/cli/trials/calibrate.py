"""`knead tune calibrate`: how the actuators of the device at hand answer, asked of the person who feels them.

Each sitting is one felt test: at most a minute of movement, through the gate, stopped by q, s, p, Esc,
Ctrl-C or a terminal that goes away. What was found is kept actuator by actuator; the curves are written at
the end of every sitting, also of one that was broken off. A killed process leaves its findings to the next
call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic import ValidationError

from firmware_bridge import (
    DRIVE_MAX,
    ActuatorSpec,
    DeviceDescriptionError,
    Layout,
    MonotonicClock,
    ResponseCurve,
    check_curve,
    place_device,
    probing,
)
from kneadwave.cli.live_session import feel, require_answers
from kneadwave.cli.terminal import prompts as asking
from kneadwave.cli.terminal.output import Output
from kneadwave.descriptions import load_described
from kneadwave.devices import SIM, chosen_url, is_simulated
from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.people.history import FELT_S
from kneadwave.sessions.felt_test import IDLE_MAX_S, Bench, FeltTest
from kneadwave.text import word_of_command
from kneadwave.tuning.calibration.response_history import Curves, open_curves
from kneadwave.tuning.calibration.sitting import Examiner
from kneadwave.tuning.calibration.staircase import Found, Part
from kneadwave.tuning.calibration.subject import Subject, stalls
from profiles.files.toml_model import in_words
from profiles.model import Profile
from profiles.profile import load_profile

SHARE = 0.6
"""Of the description's ceiling: the strongest drive of a calibration; project's choice."""
PLAUSIBLE = (0.3, 2.0)
"""Times what the description says: what is measured beyond is not kept unless asked for; project's choice."""
KEPT = "kept"
TOUCH = "press any key as soon as you feel it"
ASKS = {
    Part.RISING: TOUCH,
    Part.PULSE: f"short ones: {TOUCH}",
    Part.FALLING: "press any key as soon as it is gone",
}


@dataclass(frozen=True)
class Asked:
    """What the command line asked for: the device, how it is reached, and which actuators (none: all)."""

    device: str
    bench: Bench
    actuators: tuple[str, ...] = ()
    again: bool = False
    accept: bool = False


@dataclass
class Teller:
    """Tells what a person is asked, and keeps what was found."""

    out: Output
    curves: Curves
    order: Sequence[str]

    def asked(self, actuator: str, number: int, part: Part) -> None:  # noqa: ARG002
        """One line for the person."""
        place = self.order.index(actuator) + 1
        self.out.event("asked", actuator=actuator, number=place, of=len(self.order), part=part.value)
        self.out.say(f"{place} of {len(self.order)}  {actuator:<12}  {ASKS[part]}")

    def found(self, actuator: str, found: Found) -> None:
        """Keep it before anything else happens."""
        fields = {
            "first_felt": found.first_felt,
            "start": found.start,
            "hold": found.hold,
            "unsure": found.unsure,
            "false_alarms": found.false_alarms,
        }
        self.curves.measure(actuator, **fields)
        self.out.event("measured", actuator=actuator, **fields)
        if found.unsure:
            self.out.say(f"{actuator}: unsure, {found.unsure}")


def calibrate(out: Output, asked: Asked) -> None:
    """Calibrate what is left to do, sitting after sitting as long as the person wants to go on."""
    require_answers("knead tune calibrate", asked.bench, SessionRemedy.ANSWER)
    description = load_described(asked.device)
    clock = MonotonicClock()
    # What is pressed at a cushion that nobody feels says nothing about the real one.
    trial = is_simulated(chosen_url(asked.bench.device, asked.bench.config))
    with open_curves(description, trial=trial) as curves:
        wanted = _wanted(curves, asked.actuators)
        if asked.again:
            curves.begin_anew()
        # Whoever names an actuator wants it measured again.
        left = list(wanted) if asked.actuators else _left(curves, wanted)
        if not left:
            out.say("every actuator is calibrated; --again starts anew")
        else:
            out.say("any key answers; q, s, p, Esc or Ctrl-C ends it")
        began = clock.now()
        while left:
            before = list(left)
            if not _sitting(out, asked, curves, left):
                break
            left = [name for name in left if name not in curves.fresh]
            if not left or asked.bench.controls is not None:
                break  # a program that wants a fresh sitting calls again
            if not _goes_on(out, left, stuck=left == before):
                break
        _tell(out, curves, wanted, asked.accept, clock.now() - began)


def felt_profile() -> Profile:
    """What gate, check and ledger are told: a felt test over everything a device may use, one minute long."""
    swept = load_profile("felt-check")
    longer = FELT_S / swept.duration_s
    steps = (each.model_copy(update={"duration_s": each.duration_s * longer}) for each in swept.step)
    return swept.model_copy(
        update={"name": "calibration", "title": "Calibration", "description": "", "step": tuple(steps)}
    )


def subjects_of(layout: Layout, intensity: float, strongest: float, names: Sequence[str]) -> list[Subject]:
    """The actuators of a probing layout that are to be tried, each with the highest drive that gets through.

    `intensity` scales every level; none is above `strongest`, that of the felt test's profile.
    """
    most = DRIVE_MAX * strongest * intensity
    pairs = zip(layout.actuators, layout.description.actuators, strict=True)
    found = {
        actuator.id: Subject.of(actuator, spec, min(most, actuator.ceiling * intensity))
        for actuator, spec in pairs
        if not actuator.excluded
    }
    return [found[name] for name in names if name in found]


def curve_from(curves: Curves, name: str, measured: dict[str, Any]) -> ResponseCurve:
    """The curve that a measurement makes. DeviceDescriptionError for one that is none.

    Start and hold are measured. The exponent stays: a threshold says nothing about how what is felt grows
    above it. The ceiling stays: nothing that was felt at a low level speaks for a higher one.
    """
    standing = curves.curve(name)
    try:
        curve = ResponseCurve(
            start=int(measured["start"]),
            hold=int(measured["hold"]),
            exponent=standing.exponent,
            ceiling=standing.ceiling,
        )
    except ValidationError as error:
        raise DeviceDescriptionError(in_words(error.errors(include_url=False)[0])) from None
    check_curve(curve, curves.spec(name))
    return curve


def doubt(spec: ActuatorSpec, measured: dict[str, Any]) -> str:
    """Why a measurement is not believed; "" where it is."""
    if measured["unsure"]:
        return str(measured["unsure"])
    response = spec.response
    pairs = [("start", response.start)] + ([("hold", response.hold)] if stalls(spec) else [])
    for name, described in pairs:
        low, high = PLAUSIBLE[0] * described, PLAUSIBLE[1] * described
        if described and not low <= measured[name] <= high:
            return f"{name} {measured[name]} is far from the {described} of the description"
    return ""


def _wanted(curves: Curves, names: Sequence[str]) -> list[str]:
    layout = place_device(curves.description)
    off = {actuator.id: actuator.excluded for actuator in layout.actuators if actuator.excluded}
    for name in names:
        curves.spec(name)
        if name in off:
            raise UsageError(f"'{name}' stays off: {off[name]}", hint="choose one that may be driven")
    return [
        spec.id
        for spec in curves.description.actuators
        if spec.id not in off and (not names or spec.id in names)
    ]


def _left(curves: Curves, wanted: Sequence[str]) -> list[str]:
    return [name for name in wanted if name not in curves.measured]


def _sitting(out: Output, asked: Asked, curves: Curves, left: Sequence[str]) -> bool:
    """One felt test; whether it came to its end. What it found is written in any case."""
    profile = felt_profile()
    strongest = max(step.level * step.curve.peak for step in profile.step)
    teller = Teller(out, curves, list(left))

    def subjects(layout: Layout, intensity: float) -> Sequence[Subject]:
        return subjects_of(layout, intensity, strongest, left)

    examiner = Examiner(subjects, teller, Random())
    test = FeltTest(
        profile=profile,
        sampler=examiner.sampler,
        tuning=lambda layout: probing(layout, SHARE),
        idle_s=IDLE_MAX_S,
    )
    try:
        return feel(out, asked.bench, test, examiner).completed
    finally:
        write_found(out, curves, accept=asked.accept)


def write_found(out: Output, curves: Curves, *, accept: bool = False) -> list[str]:
    """Write the curves of what was measured and is believed (`accept`: also what is far off); their names."""
    ready: dict[str, ResponseCurve] = {}
    for name in curves.unwritten:
        measured = dict(curves.measured[name])
        if measured["start"] is None or (doubt(curves.spec(name), measured) and not accept):
            continue
        try:
            ready[name] = curve_from(curves, name, measured)
        except DeviceDescriptionError as error:
            out.tell(f"{name}: not kept: {error}")
    if ready:
        curves.change(ready, f"calibrated {', '.join(ready)}", calibrated=list(ready))
    return list(ready)


def _goes_on(out: Output, left: Sequence[str], *, stuck: bool) -> bool:
    """Whether the person wants a fresh sitting now."""
    out.say(f"{len(left)} left: {', '.join(left)}")
    return not stuck and asking.ask_yes_no("Go on with a fresh sitting now?")


def _row(curves: Curves, name: str, arrow: str) -> tuple[str, ...]:
    response, measured = curves.spec(name).response, curves.measured.get(name)
    if measured is None or measured["start"] is None:
        why = "not yet" if measured is None else f"not kept: {measured['unsure']}"
        return (name, "", str(response.start), str(response.hold), why)
    why = KEPT
    if curves.trial:
        why = "a trial"
    elif name in curves.unwritten:
        why = f"not kept: {doubt(curves.spec(name), dict(measured)) or 'it starts above its ceiling'}"
    return (
        name,
        str(measured["first_felt"]),
        f"{response.start} {arrow} {measured['start']}",
        f"{response.hold} {arrow} {measured['hold']}",
        why,
    )


def _tell(out: Output, curves: Curves, wanted: Sequence[str], accept: bool, seconds: float) -> None:
    """What is described and what was measured."""
    write_found(out, curves, accept=accept)
    arrow = "->" if out.ascii_only else "→"
    rows = [_row(curves, name, arrow) for name in wanted]
    kept = sum(row[-1] == KEPT for row in rows)
    out.table(("actuator", "first felt", "start", "hold", ""), rows, right=(1,))
    left = _left(curves, wanted)
    out.end.update(device=curves.description.name, kept=kept, left=left, seconds=round(seconds, 1))
    if curves.trial:
        out.say(f"a trial on {SIM} took {seconds:.0f} s; nothing is kept")
        return
    out.say(f"{kept} of {len(wanted)} kept in {curves.path}; it took {seconds:.0f} s")
    if left:
        out.say(f"go on with: knead tune calibrate {word_of_command(curves.description.name)}")
    doubted = [row[0] for row in rows if row[-1].startswith("not kept")]
    if doubted:
        again = " ".join(f"--only {name}" for name in doubted)
        out.say(f"measure again with: knead tune calibrate {curves.description.name} {again}")
    if any("is far from" in row[-1] for row in rows):
        out.say("what is far off is kept with: --accept")
