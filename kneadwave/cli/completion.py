"""Names that the shell completes. It must not wait for anything: files are read, nothing is checked."""

from typing import Any

import typer

from kneadwave.devices import DEFAULT_DEVICE, SIM

__all__ = [
    "DEFAULT_DEVICE",
    "complete_device",
    "complete_number",
    "complete_preset",
    "complete_profile",
    "complete_step",
    "complete_url",
]


def complete_profile(incomplete: str) -> list[str]:
    """Shipped profiles that begin so."""
    return _named("profiles", "library", incomplete)


def complete_device(incomplete: str) -> list[str]:
    """Device descriptions that begin so: those that ship, and those that were made here."""
    from kneadwave.descriptions import own_descriptions

    own = [name for name in own_descriptions() if name.startswith(incomplete)]
    return _named("firmware_bridge", "devices", incomplete) + own


def complete_url(incomplete: str) -> list[str]:
    """Devices that can be opened and whose name begins so."""
    from firmware_bridge import list_serial_ports
    from kneadwave.guards.names import names_of

    ports = [port.device for port in list_serial_ports()]
    names = [SIM, *ports, *(name for port in ports for name in names_of(port))]
    return [name for name in names if name.startswith(incomplete)]


def complete_step(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Steps of the profile before it, by number or by the first word where that is enough; the session."""
    names = [str(step.get("name", "")) for step in _steps(ctx)]
    numbers = [(str(n), name) for n, name in enumerate(names, start=1)]
    # One word alone: not every shell takes a name with spaces for one.
    firsts = [(name.split()[0].casefold(), name) for name in names if name.strip()]
    alone = [(word, name) for word, name in firsts if sum(n.casefold().startswith(word) for n in names) == 1]
    words = [*numbers, ("session", "over the whole session"), *alone]
    return [(word, text) for word, text in words if word.startswith(incomplete.casefold())]


def complete_number(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Numbers of the step before it; of any step where that is not known."""
    from profiles.parameters import NUMBERS

    kind = _kind(ctx)
    return [
        (number.name, number.title)
        for number in NUMBERS.values()
        if number.name.startswith(incomplete) and (not kind or kind in number.fields or number.of_step)
    ]


def complete_preset(incomplete: str) -> list[str]:
    """Curves that have a name, of those that ship and of one's own."""
    from kneadwave.errors import KneadError
    from kneadwave.tuning.curves.own_presets import own_presets
    from profiles.curve import PRESETS

    try:
        own = list(own_presets())
    except KneadError:
        own = []
    return [name for name in [*PRESETS, *own] if name.startswith(incomplete)]


def _steps(ctx: typer.Context) -> list[dict[str, Any]]:
    """The steps of the profile that was named, as its file has them; none where it cannot be read."""
    from profiles.errors import ProfileError
    from profiles.files.load import KIND
    from profiles.files.toml_model import parse_table
    from profiles.profile import profile_source

    try:
        text = profile_source(str(ctx.params.get("profile") or ""))
        steps = parse_table(text, KIND, None).get("step", [])
    except (ProfileError, ValueError):
        return []
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []


def _kind(ctx: typer.Context) -> str:
    """The kind of technique of the step that was named; empty where that is not known."""
    wanted = str(ctx.params.get("step") or "").casefold()
    for number, step in enumerate(_steps(ctx), start=1):
        technique = step.get("technique")
        if wanted in (str(number), str(step.get("name", "")).casefold()) and isinstance(technique, dict):
            return str(technique.get("kind", ""))
    return ""


def _named(package: str, folder: str, incomplete: str) -> list[str]:
    from importlib.resources import files

    names = (entry.name for entry in files(package).joinpath(folder).iterdir())
    return sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml") and n.startswith(incomplete))
