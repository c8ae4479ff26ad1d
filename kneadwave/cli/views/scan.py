"""What `knead device scan` has to say: what is plugged in, and what answered at a port."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from typing import Final

from firmware_bridge import BridgeError, MonotonicClock
from kneadwave.cli.terminal.output import Output
from kneadwave.config import load_config
from kneadwave.devices import chosen_url, port_of
from kneadwave.discovery.found import PluggedIn, ThingKind, found
from kneadwave.discovery.probe import probe
from kneadwave.discovery.system import look
from kneadwave.errors import KneadError
from kneadwave.sessions.registry import place_of_port
from kneadwave.sessions.virtual_devices import served_devices
from kneadwave.text import clean, word_of_command

HEADINGS: Final[dict[ThingKind, str]] = {
    ThingKind.SERIAL: "serial ports",
    ThingKind.SOUND: "sound cards",
    ThingKind.RUMBLE: "rumble motors",
    ThingKind.SERVER: "servers",
    ThingKind.VIRTUAL: "virtual devices that run here",
}


def scan_devices(out: Output) -> None:
    """One event, or a few lines, for each thing that is there; opens nothing."""
    config = load_config()
    things = [*found(look(), config.allow), *_virtual()]
    chosen = _port(chosen_url(None, config))
    for thing in things:
        out.event(
            "found", kind=str(thing.kind), node=thing.node, names=list(thing.names), about=thing.about,
            likely=thing.likely, urls=list(thing.urls), known=thing.known,
            set=_is_at(thing, chosen),
        )  # fmt: skip
    for kind, group in groupby(things, key=lambda thing: thing.kind):
        out.say(out.bold(HEADINGS[kind]))
        for thing in group:
            _say(out, thing)
            if _is_at(thing, chosen):
                out.say("    this is the device that knead run plays on")
    if not things:
        out.say("nothing is plugged in that could be a device")
    out.say()
    out.say("Nothing was opened. To ask what is connected to a port: knead device scan --probe PORT")
    if not things:
        out.say("To try without a device: --device sim:, or knead virtual")


def _port(url: str | None) -> str | None:
    """The port of a URL, the same for all names and dialects; None where it has none now."""
    with suppress(KneadError, BridgeError):
        return None if url is None else place_of_port(port_of(url))
    return None


def _is_at(thing: PluggedIn, port: str | None) -> bool:
    return port is not None and port in {_port(url) for url in (thing.node, *thing.urls)}


def _virtual() -> Iterator[PluggedIn]:
    """What `knead virtual` serves here, or another program with the same call."""
    for each in served_devices():
        about = f"{each.device}, process {each.pid}"
        yield PluggedIn(
            ThingKind.VIRTUAL, each.url, (), about, "served by knead virtual", (each.url,), known=False
        )


def _say(out: Output, thing: PluggedIn) -> None:
    also = f"  ({clean(thing.node)})" if thing.name != thing.node else ""
    out.say(f"  {clean(thing.name)}{also}")
    out.say(f"    {clean(': '.join(part for part in (thing.about, thing.likely) if part))}")
    if thing.urls:
        sure = thing.known or thing.kind is ThingKind.VIRTUAL
        perhaps = "--device" if sure else "perhaps --device"
        out.say(f"    {perhaps} {clean(' or '.join(map(word_of_command, thing.urls)))}")


def probe_port(out: Output, port: str) -> None:
    """What answered at a port; link errors, where nothing does as well."""
    answered = probe(port, MonotonicClock())
    out.event(
        "answered", url=answered.url, scheme=answered.scheme, what=answered.what, channels=answered.channels,
        refused=answered.refused,
    )  # fmt: skip
    out.say(clean(f"{answered.what}: --device {answered.url}"))
    if answered.refused:
        out.say(clean(f"it is not driven as it is now: {answered.refused}"))
