"""A session that lost its device, and what it takes to go on where it was.

What was asked for and how far it came is kept beside the recipient's records. Whether it may go on, and for
how long, the gate reads from the ledger alone (`kneadwave.people.allowance.left_of_last`).
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from firmware_bridge.devices.layout import actuators_of
from firmware_bridge.play.session import Session
from kneadwave.errors import KneadError, NotCleared, PersonFileError, SessionRemedy
from profiles.model import Profile

FILE: Final = "unfinished.json"
SCHEMA: Final = 1
BACK_S: Final = 3.0
"""So much of what was played before the device was lost is played again, seconds; project's choice."""


@dataclass(frozen=True)
class PlayedSoFar:
    """How far a session came: seconds of its score, live intensity (0 to 1), and what was eased for pain.

    `eased` is a zone, "" for none; `hurt` the felt level at which it hurt, None where nobody knows.
    """

    position_s: float
    intensity: float
    eased: str = ""
    hurt: float | None = None


@dataclass(frozen=True)
class Unfinished:
    """A session that lost its device at `at`: what was asked for, and how far it came.

    `profile` is a name or the whole path of a file; `profile_sum` tells whether it says the same still.
    """

    at: datetime
    profile: str
    profile_sum: str
    devices: tuple[tuple[str | None, str | None], ...]
    limit: float
    minutes: float | None
    progress: PlayedSoFar
    intensity: float = 1.0


def progress_of(session: Session, eased: str, before: PlayedSoFar | None) -> PlayedSoFar:
    """How far `session` came, which took up what came as far as `before`: no less far, and as gently."""
    known = [session.feed.hurt] if before is None else [session.feed.hurt, before.hurt]
    hurt = min((level for level in known if level is not None), default=None)
    position = session.elapsed if before is None else max(session.elapsed, before.position_s)
    return PlayedSoFar(position, session.feed.intensity, eased, hurt if eased else None)


def take_up(session: Session, progress: PlayedSoFar) -> None:
    """Let `session`, which has not begun, begin where another one was, and as gently."""
    step = session.score.step_at(progress.position_s)
    session.begin_at(max(step.start, progress.position_s - BACK_S))
    session.feed.change_intensity(progress.intensity - session.feed.intensity)
    if progress.eased:
        session.feed.ease(actuators_of(session.layout, progress.eased), progress.hurt)


def whole_path(name: str) -> str:
    """A name of what ships as it is, the whole path of a file."""
    return os.path.abspath(name) if os.path.exists(name) else name


def profile_sum(profile: Profile) -> str:
    """By which a profile is known to say the same."""
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()


def keep(recipient: str, unfinished: Unfinished) -> None:
    """Keep it beside the records of `recipient`; where that fails, it cannot be taken up."""
    from kneadwave.people.records import store_for

    content = asdict(unfinished) | {"schema": SCHEMA, "at": unfinished.at.isoformat()}
    with suppress(OSError, KneadError):
        store_for(recipient).write(recipient, FILE, json.dumps(content))


def drop(recipient: str) -> None:
    """Forget what was kept. Never raises."""
    from kneadwave.people.records import store_for

    with suppress(OSError, KneadError):
        store_for(recipient).drop(recipient, FILE)


def unfinished_of(recipient: str | None) -> Unfinished:
    """What the recipient (None: the one in use) may take up; NotCleared where there is nothing."""
    from kneadwave.people.recipient import chosen, known
    from kneadwave.people.records import store_for

    known(recipient)
    name = chosen(recipient)
    store = store_for(name)
    content = store.read(name, FILE)
    if content is None:
        raise NotCleared("there is no session that lost its device", hint=SessionRemedy.RUN)
    try:
        return _parsed(json.loads(content))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise PersonFileError(
            f"{store.place(name, FILE)}: cannot be read: {error}", hint="begin a session anew"
        ) from error


def _parsed(said: Mapping[str, Any]) -> Unfinished:
    if said["schema"] != SCHEMA:
        raise ValueError(f"schema {said['schema']} is not {SCHEMA}")
    progress = PlayedSoFar(**said["progress"])
    hurt = 0.0 if progress.hurt is None else progress.hurt
    intensity = float(said.get("intensity", 1.0))
    figures = (progress.position_s, progress.intensity, hurt, float(said["limit"]), intensity)
    if not all(isinstance(each, float | int) and 0.0 <= each < 1e6 for each in figures):
        raise ValueError("its figures are none")
    devices = tuple((url, on) for url, on in said["devices"])
    words = (progress.eased, *(word for named in devices for word in named if word is not None))
    if not devices or not all(isinstance(word, str) for word in words):
        raise ValueError("its names are none")
    return Unfinished(
        at=datetime.fromisoformat(said["at"]),
        profile=str(said["profile"]),
        profile_sum=str(said["profile_sum"]),
        devices=devices,
        limit=min(1.0, float(said["limit"])),
        minutes=None if said["minutes"] is None else float(said["minutes"]),
        progress=progress,
        intensity=min(1.0, intensity),
    )
