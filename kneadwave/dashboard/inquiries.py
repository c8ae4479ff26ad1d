"""The methods that ask the command line: which role, which parameters, which command. One row each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kneadwave.calls.command_line import CommandLine, options
from kneadwave.dashboard import params as p
from kneadwave.dashboard.roles import Role


@dataclass(frozen=True)
class Inquiry:
    """A method whose answer is what a command prints with --json, event by event."""

    about: str
    role: Role
    params: type[p.Params]
    line: Callable[[Any], CommandLine]


def inquiries(recordings: Path) -> dict[str, Inquiry]:
    """Every such method by name; recordings lie in `recordings`."""
    view, operate, practise = Role.VIEWER, Role.OPERATOR, Role.PRACTITIONER
    return {
        "profile.list": Inquiry("Profiles by purpose.", view, p.Listing, _profiles),
        "profile.show": Inquiry("What a profile does.", view, p.OfProfile, _of("profile", "show")),
        "profile.check": Inquiry("What speaks against a profile.", view, p.Checking, _check),
        "device.list": Inquiry("Descriptions that ship.", view, p.Nothing, _plain("device", "list")),
        "device.show": Inquiry("Where a device's actuators lie.", view, p.Described, _device),
        "device.response": Inquiry("How its motors answer.", view, p.OfDevice, _response),
        "device.scan": Inquiry(
            "What is plugged in; opens nothing.", operate, p.Nothing, _plain("device", "scan")
        ),
        "doctor.run": Inquiry("Whether everything is in place.", operate, p.Nothing, _plain("doctor")),
        "config.show": Inquiry("What the config file sets.", operate, p.Nothing, _plain("config", "show")),
        "recipient.list": Inquiry("Who is on record.", operate, p.Nothing, _plain("recipient", "list")),
        "recipient.show": Inquiry("What is recorded of a recipient.", operate, p.OfRecipient, _recipient),
        "recipient.use": Inquiry("Choose who is massaged.", operate, p.Named, _named("recipient", "use")),
        "recipient.new": Inquiry("Record a recipient.", practise, p.About, _about("new")),
        "recipient.change": Inquiry("Change what is recorded.", practise, p.About, _about("change")),
        "recipient.rename": Inquiry("Give another name.", practise, p.Renamed, _rename),
        "recipient.delete": Inquiry("Delete all that is kept.", practise, p.Named, _delete),
        "screen.questions": Inquiry(
            "The questions and the list before a run.", view, p.Nothing, _plain("screen", "--template")
        ),
        "history.show": Inquiry("What a recipient received.", operate, p.OfRecipient, _history),
        "history.verify": Inquiry("Whether the record is whole.", operate, p.OfRecipient, _verify),
        "recording.report": Inquiry(
            "Everything that a recording tells.",
            operate,
            p.OfRecording,
            lambda given: _report(given, recordings),
        ),
        "tune.show": Inquiry("A curve, its points and figures.", view, p.OfStep, _tune_show),
        "tune.set": Inquiry("Set or add points.", practise, p.SetPoints, _tune_set),
        "tune.remove": Inquiry("Remove points.", practise, p.TakeOut, _tune_remove),
        "tune.edit": Inquiry("Shift, scale, smooth, ... a curve.", practise, p.Edit, _tune_edit),
        "tune.undo": Inquiry("Take the last edit back.", practise, p.OfProfile, _of("tune", "undo")),
        "tune.redo": Inquiry("Make an undone edit again.", practise, p.OfProfile, _of("tune", "redo")),
        "tune.diff": Inquiry("What is not saved.", view, p.OfProfile, _of("tune", "diff")),
        "tune.history": Inquiry("Every version.", view, p.OfProfile, _of("tune", "history")),
        "tune.discard": Inquiry("Drop what is not saved.", practise, p.OfProfile, _of("tune", "discard")),
        "tune.save": Inquiry("Write the edits into a file.", practise, p.SaveAs, _save),
        "tune.robust": Inquiry("In how many devices it feels as meant.", practise, p.Spread, _robust),
        "rules.list": Inquiry("The rules of massage that are held.", view, p.Nothing, _plain("rules")),
    }


def session_line(given: p.Begin, record: Path | None) -> CommandLine:
    """The command that plays a session."""
    told = options(
        device=given.device,
        on=given.on,
        recipient=given.recipient,
        limit=given.limit,
        intensity=given.intensity,
        minutes=given.minutes,
        record=record,
    )
    return CommandLine(("run",), told, (given.profile,))


def simulated_line(given: p.Simulated, record: Path | None) -> CommandLine:
    """The command that plays without a device or waiting."""
    told = options(
        on=given.on,
        limit=given.limit,
        intensity=given.intensity,
        seed=given.seed,
        fault=given.fault,
        record=record,
    )
    return CommandLine(("simulate",), told, (given.profile,))


def course_line(recording: Path) -> CommandLine:
    """The command that tells of a recording with what was felt, moment by moment."""
    return CommandLine(("report",), options(course=True), (str(recording),))


def felt_line(given: p.Feel) -> CommandLine:
    """The command that plays a felt test."""
    walked = {"from_": given.first, "to": given.last} if given.test == "sweep" else {}
    told = options(device=given.device, on=given.on, recipient=given.recipient, limit=given.limit, **walked)
    about = [given.profile, given.step, given.number if given.test == "sweep" else None]
    return CommandLine(("tune", given.test), told, tuple(each for each in about if each is not None))


def placing_line(given: p.ToPlace) -> CommandLine:
    """The command that asks where each motor of a device lies."""
    told = options(device=given.device, channels=given.channels, again=given.again)
    return CommandLine(("device", "new"), told, (given.name,))


def calibration_line(given: p.Calibrated) -> CommandLine:
    """The command that measures how the motors of a device answer."""
    told = options(
        device=given.device,
        only=given.only,
        again=given.again,
        recipient=given.recipient,
        limit=given.limit,
    )
    return CommandLine(("tune", "calibrate"), told, (given.on,))


def resumed_line(given: p.Again, record: Path | None) -> CommandLine:
    """The command that goes on with a session that lost its device."""
    return CommandLine(("run",), options(resume=True, recipient=given.recipient, record=record))


def _plain(*words: str) -> Callable[[Any], CommandLine]:
    return lambda _: CommandLine(words)


def _of(*words: str) -> Callable[[Any], CommandLine]:
    return lambda given: CommandLine(words, (), (given.profile,))


def _named(*words: str) -> Callable[[Any], CommandLine]:
    return lambda given: CommandLine(words, (), (given.name,))


def _profiles(given: p.Listing) -> CommandLine:
    return CommandLine(("profile", "list"), options(on=given.on, for_=given.occasion))


def _check(given: p.Checking) -> CommandLine:
    return CommandLine(("profile", "check"), options(on=given.on), (given.profile,))


def _device(given: p.Described) -> CommandLine:
    about = () if given.name is None else (given.name,)
    return CommandLine(("device", "show"), options(stature=given.stature_m), about)


def _response(given: p.OfDevice) -> CommandLine:
    return CommandLine(("tune", "response"), (), (given.on,))


def _recipient(given: p.OfRecipient) -> CommandLine:
    return CommandLine(("recipient", "show"), (), () if given.recipient is None else (given.recipient,))


def _about(word: str) -> Callable[[p.About], CommandLine]:
    def line(given: p.About) -> CommandLine:
        told = options(
            adult=given.adult is True,
            child=given.adult is False,
            stature=given.stature_m,
            first=given.first is True,
            not_first=given.first is False,
            sensitivity=given.sensitivity,
            posture=given.posture,
            pain=[f"{zone}={pain}" for zone, pain in given.pain.items()],
        )
        numbers = {"--pregnancy-month": given.pregnancy_month, "--doctor-max": given.doctor_max_min}
        told += tuple((name, f"{value:g}") for name, value in numbers.items() if value is not None)
        return CommandLine(("recipient", word), told, (given.name,))

    return line


def _rename(given: p.Renamed) -> CommandLine:
    return CommandLine(("recipient", "rename"), (), (given.name, given.new_name))


def _delete(given: p.Named) -> CommandLine:
    return CommandLine(("recipient", "delete"), options(yes=True), (given.name,))


def _history(given: p.OfRecipient) -> CommandLine:
    return CommandLine(("history",), options(recipient=given.recipient))


def _verify(given: p.OfRecipient) -> CommandLine:
    return CommandLine(("history",), options(recipient=given.recipient), ("verify",))


def _report(given: p.OfRecording, recordings: Path) -> CommandLine:
    both = [given.recording, *([given.other] if given.other else [])]
    told = options(course=given.course)
    return CommandLine(("report",), told, tuple(str(recordings / name) for name in both))


def _tune_show(given: p.OfStep) -> CommandLine:
    about = (given.profile,) if given.step is None else (given.profile, given.step)
    return CommandLine(("tune", "show"), options(on=given.on), about)


def _tune_set(given: p.SetPoints) -> CommandLine:
    points = tuple(f"{when}={level:g}" for when, level in given.points.items())
    return CommandLine(("tune", "set"), (), (given.profile, given.step, *points))


def _tune_remove(given: p.TakeOut) -> CommandLine:
    return CommandLine(("tune", "rm"), (), (given.profile, given.step, *given.times))


def _tune_edit(given: p.Edit) -> CommandLine:
    return CommandLine(("tune", given.edit), (), (given.profile, given.step, *given.by))


def _save(given: p.SaveAs) -> CommandLine:
    return CommandLine(("tune", "save"), options(as_=given.name), (given.profile,))


def _robust(given: p.Spread) -> CommandLine:
    told = options(on=given.on, variants=given.variants, jobs=1)
    return CommandLine(("tune", "robust"), told, (given.profile,))
