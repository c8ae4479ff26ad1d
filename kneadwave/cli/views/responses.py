"""`knead tune response`: the response curves of a device, shown and changed."""

from collections.abc import Sequence

from firmware_bridge import (
    ActuatorSpec,
    DeviceDescription,
    ResponseCurve,
    Responses,
    described,
    place_device,
)
from kneadwave.cli.terminal.output import Output
from kneadwave.descriptions import load_described
from kneadwave.devices import responses_of, responses_path
from kneadwave.errors import UsageError
from kneadwave.tuning.calibration.response_history import NAMES, Curves, edited, open_curves


def respond(
    out: Output,
    device: str,
    actuator: str | None = None,
    values: Sequence[str] = (),
    *,
    undo: bool = False,
    reset: bool = False,
) -> None:
    """Do the one thing that is asked for, then show what stands."""
    description = load_described(device)
    if actuator is None and not (undo or reset):
        show(out, description, responses_of(description))
        return
    if (undo and (reset or actuator is not None)) or (reset and values):
        raise UsageError("these are several changes at once", hint="one of: values, --reset, --undo")
    with open_curves(description) as curves:
        _change(out, curves, actuator, values, undo=undo, reset=reset)
        show(out, description, curves.responses, only=actuator)


def _change(
    out: Output, curves: Curves, actuator: str | None, values: Sequence[str], *, undo: bool, reset: bool
) -> None:
    if undo:
        curves.undo()
        out.say("back to the version before")
    elif reset:
        changed = curves.reset(actuator)
        out.say(f"{actuator or 'every actuator'} {'is' if changed else 'was'} as described")
    elif actuator is not None:
        standing = curves.curve(actuator)
        curve = edited(standing, values)
        if curve != standing:
            curves.change({actuator: curve}, f"set {actuator} {' '.join(values)}")


def show(
    out: Output, description: DeviceDescription, responses: Responses | None, *, only: str | None = None
) -> None:
    """A line for each actuator: what is described, and beside it what is tuned where that differs."""
    own = responses.actuator if responses is not None else {}
    off = {actuator.id: actuator.excluded for actuator in place_device(description).excluded}
    arrow = "->" if out.ascii_only else "→"
    rows = []
    for spec in description.actuators:
        if only is not None and spec.id != only:
            continue
        plain, curve = described(spec), own.get(spec.id)
        out.event(
            "response",
            device=description.name,
            actuator=spec.id,
            described=plain.model_dump(),
            tuned=curve.model_dump() if curve is not None else None,
            excluded=off.get(spec.id, ""),
        )
        state = "off" if spec.id in off else "tuned" if curve is not None else "as described"
        rows.append((spec.id, *(_cell(spec, name, plain, curve, arrow) for name in NAMES), state))
    out.table(("actuator", *NAMES, ""), rows)
    out.end.update(made=responses.made.isoformat() if responses is not None else None)
    if responses is not None and only is None:
        out.say(f"as of {responses.made.isoformat()}, in {responses_path(description.name)}")


def _cell(
    spec: ActuatorSpec, name: str, plain: ResponseCurve, curve: ResponseCurve | None, arrow: str
) -> str:
    before = _text(name, spec.ceiling if name == "ceiling" else getattr(plain, name))
    after = before if curve is None else _text(name, getattr(curve, name))
    return before if after == before else f"{before} {arrow} {after}"


def _text(name: str, value: float) -> str:
    return f"{value * 100:g} %" if name == "ceiling" else f"{value:g}"
