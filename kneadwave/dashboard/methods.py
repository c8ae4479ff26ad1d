"""Every method of the page: its name, who may call it, what it takes, and what it does."""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from kneadwave.calls.child import Line, ask
from kneadwave.calls.command_line import CommandLine, options
from kneadwave.calls.errors import CallRefused
from kneadwave.dashboard import params as p
from kneadwave.dashboard.body import outlines
from kneadwave.dashboard.errors import NoMethod, NoParams, NoSession, NotAllowed
from kneadwave.dashboard.inquiries import (
    Inquiry,
    calibration_line,
    course_line,
    felt_line,
    inquiries,
    placing_line,
    resumed_line,
    session_line,
    simulated_line,
)
from kneadwave.dashboard.live_session import LiveSession
from kneadwave.dashboard.roles import Role
from kneadwave.dashboard.sessions import Sessions
from kneadwave.errors import NoDevice
from kneadwave.store.files import profiles_in
from kneadwave.tuning.save import has_unsaved

if TYPE_CHECKING:
    from kneadwave.dashboard.house_watch import HouseWatch  # it needs the extra mqtt

Given = TypeVar("Given", bound=BaseModel)
QUESTIONS_MAX: Final = 4
"""Calls of the command line at once for each role, beside sessions: more wait, no other role does."""
PLAIN: Final = {"string_pattern_mismatch": "there is a character in it that cannot be there"}
"""What is said of a parameter where the model says it in signs."""
RECORDINGS_MAX: Final = 500
"""Recordings told of, the newest first."""


@dataclass(frozen=True)
class Method:
    """One method. `call` gets the parameters, once they are checked."""

    about: str
    role: Role
    params: type[p.Params]
    call: Callable[[Any], Awaitable[Any]]
    asks: bool = False
    """Whether it asks the command line, and waits in the line of its role."""


def _asking(row: Inquiry) -> Callable[[Any], Awaitable[Any]]:
    async def call(given: Any) -> list[Line]:
        return await ask(row.line(given))

    return call


class Methods:
    """All methods, over the sessions of one server; recordings are kept in `recordings`."""

    def __init__(
        self,
        sessions: Sessions,
        recordings: Path,
        now: Callable[[], datetime],
        house: "HouseWatch | None" = None,
    ) -> None:
        self._sessions = sessions
        self._recordings = recordings
        self._now = now
        self._named: set[str] = set()
        """Recordings of this server."""
        self._at_once = {role: asyncio.Semaphore(QUESTIONS_MAX) for role in Role}
        view, operate = Role.VIEWER, Role.OPERATOR
        self.all: dict[str, Method] = {
            "session.list": Method("How every session stands.", view, p.Nothing, self._list),
            "session.snapshot": Method("How one stands.", view, p.OfSession, self._snapshot),
            "session.since": Method(
                "What was told since; null where too much was.", view, p.Since, self._since
            ),
            "session.start": Method("Start a session.", operate, p.Begin, self._start),
            "session.feel": Method("Feel a step that is being tuned.", Role.PRACTITIONER, p.Feel, self._feel),
            "session.key": Method("Answer a felt test.", Role.PRACTITIONER, p.Key, self._key),
            "session.place": Method(
                "Ask where each motor of a device lies.", Role.PRACTITIONER, p.ToPlace, self._place
            ),
            "session.say": Method("Answer where a motor lies.", Role.PRACTITIONER, p.Said, self._say),
            "session.calibrate": Method(
                "Measure how the motors of a device answer.",
                Role.PRACTITIONER,
                p.Calibrated,
                self._calibrate,
            ),
            "session.again": Method(
                "Go on with the one that lost its device.", operate, p.Again, self._go_on
            ),
            "session.control": Method("Pause, softer, it hurts, ...", operate, p.Control, self._control),
            "session.stop": Method("Stop one session.", view, p.OfSession, self._stop),
            "session.stop_all": Method("Stop every session.", view, p.Nothing, self._stop_all),
            "screen.answer": Method(
                "Record the answers of today.", operate, p.Screening, self._answer, asks=True
            ),
            "body.map": Method("Outlines of the body, in mm.", view, p.Nothing, self._body),
            "profile.own": Method("Profiles beside it that somebody made.", view, p.Nothing, self._own),
            "simulate.start": Method(
                "Play without a device or waiting.", operate, p.Simulated, self._simulate, asks=True
            ),
            "recording.list": Method("Recordings of this server.", operate, p.Nothing, self._list_recordings),
        }
        if house is not None:
            self._house = house
            self.all["fleet.list"] = Method("How every cushion stands.", view, p.Nothing, self._cushions)
            self.all["fleet.stop"] = Method("Stop cushions, or all.", view, p.OfCushions, self._stop_cushions)
        for name, row in inquiries(recordings).items():
            self.all[name] = Method(row.about, row.role, row.params, _asking(row), asks=True)

    async def call(self, name: str, given: Any, role: Role) -> Any:
        """Call a method by name. NoMethod, NotAllowed, NoParams, or what it refuses with."""
        method = self.all.get(name)
        if method is None:
            raise NoMethod(f"there is no method {name!r}"[:200])
        if role < method.role:
            raise NotAllowed(
                f"{name} is for the role {method.role.name.lower()}", {"role": method.role.name.lower()}
            )
        params = checked(method.params, given)
        if not method.asks:
            return await method.call(params)
        async with self._at_once[role]:
            return await method.call(params)

    async def _list(self, _: p.Nothing) -> Any:
        return self._sessions.all()

    async def _snapshot(self, given: p.OfSession) -> Any:
        return self._sessions.snapshot(self._sessions.of(given.session))

    async def _since(self, given: p.Since) -> Any:
        deltas = self._sessions.of(given.session).since(given.number)
        return None if deltas is None else [{"number": number, "delta": delta} for number, delta in deltas]

    async def _start(self, given: p.Begin) -> Any:
        record = self._recording_of(given.profile) if given.record else None
        return self._begun(await self._sessions.start(session_line(given, record)), record)

    async def _feel(self, given: p.Feel) -> Any:
        return self._begun(await self._sessions.start(felt_line(given), frames=False), None)

    async def _key(self, given: p.Key) -> Any:
        self._sessions.of(given.session).key(given.key)

    async def _place(self, given: p.ToPlace) -> Any:
        return self._begun(await self._sessions.start(placing_line(given), frames=False), None)

    async def _say(self, given: p.Said) -> Any:
        self._sessions.of(given.session).say(given.text)

    async def _calibrate(self, given: p.Calibrated) -> Any:
        return self._begun(await self._sessions.start(calibration_line(given), frames=False), None)

    async def _go_on(self, given: p.Again) -> Any:
        record = self._recording_of("resumed")
        return self._begun(await self._sessions.start(resumed_line(given, record)), record)

    def _begun(self, session: LiveSession, record: Path | None) -> Line:
        return {"session": session.id, "recording": None if record is None else record.name}

    def _recording_of(self, profile: str) -> Path:
        """Where to record; of several that begin within a second each has a name of its own."""
        self._recordings.mkdir(parents=True, exist_ok=True)
        begins = f"{self._now():%Y-%m-%d %H-%M-%S} {Path(profile).stem}"
        names = chain([begins], (f"{begins} {n}" for n in count(2)))
        name = next(each for each in names if each not in self._named)
        self._named.add(name)
        return self._recordings / f"{name}.jsonl"

    async def _control(self, given: p.Control) -> Any:
        self._sessions.of(given.session).control(given.control)

    async def _stop(self, given: p.OfSession) -> Any:
        self._sessions.stop([self._sessions.of(given.session)])

    async def _stop_all(self, _: p.Nothing) -> Any:
        self._sessions.stop_all()
        await self._sessions.stop_elsewhere()

    async def _cushions(self, _: p.Nothing) -> Any:
        return self._house.all()["fleet"]

    async def _stop_cushions(self, given: p.OfCushions) -> Any:
        try:
            return {"asked": self._house.lookout.stop(given.cushions)}
        except NoDevice as error:
            raise NoSession(str(error)) from error

    async def _body(self, _: p.Nothing) -> Any:
        return await asyncio.to_thread(outlines)

    async def _answer(self, given: p.Screening) -> Any:
        """By a file, as the command line takes it, that nobody else can read and that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="kneadwave-") as folder:
            path = Path(folder) / "answers.toml"
            path.write_text(as_toml(given), encoding="utf-8")
            told = options(recipient=given.recipient, answers=path)
            return await ask(CommandLine(("screen",), told))

    async def report_page(self, name: str, role: Role) -> str:
        """The page of a recording, as `knead report --html` writes it; NoParams where the name is none."""
        given = checked(p.OfRecording, {"recording": name})
        with tempfile.TemporaryDirectory(prefix="kneadwave-") as folder:
            path = Path(folder) / "report.html"
            told = CommandLine(("report",), options(html=path), (str(self._recordings / given.recording),))
            async with self._at_once[role]:
                await ask(told)
            return await asyncio.to_thread(path.read_text, encoding="utf-8")

    async def _own(self, _: p.Nothing) -> Any:
        return await asyncio.to_thread(_own_profiles)

    async def _simulate(self, given: p.Simulated) -> Any:
        """With a recording of the moment, where what was felt is wanted."""
        if not given.course:
            return await ask(simulated_line(given, None))
        with tempfile.TemporaryDirectory(prefix="kneadwave-") as folder:
            path = Path(folder) / "run.jsonl"
            try:
                told = await ask(simulated_line(given, path))
            except CallRefused as error:  # a fault ended it: what was felt until then is wanted all the same
                if not path.exists():
                    raise
                told = [*error.events, error.end]
            return [*told, *await ask(course_line(path))]

    async def _list_recordings(self, _: p.Nothing) -> Any:
        return await asyncio.to_thread(_recordings_in, self._recordings)


def checked(model: type[Given], given: Any) -> Given:
    """Parameters as their model has them; NoParams with what is wrong, and where."""
    try:
        return model.model_validate({} if given is None else given)
    except ValidationError as error:
        wrong = [
            {"where": ".".join(map(str, each["loc"])), "what": PLAIN.get(each["type"], each["msg"])}
            for each in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        first = f"{wrong[0]['where']}: {wrong[0]['what']}"
        raise NoParams(first.lstrip(": "), {"wrong": wrong}) from error


def _recordings_in(folder: Path) -> list[Line]:
    """The recordings of a folder, the newest first."""
    if not folder.is_dir():
        return []
    found = [(path.stat(), path.name) for path in folder.glob("[!.-]*.jsonl") if path.is_file()]
    found.sort(key=lambda each: each[0].st_mtime, reverse=True)
    return [
        {"recording": name, "bytes": about.st_size, "at": about.st_mtime}
        for about, name in found[:RECORDINGS_MAX]
    ]


def _own_profiles() -> list[Line]:
    """Files of the working folder that hold steps, and whether edits of them wait to be saved.

    Whether they are sound, showing them tells.
    """
    return [{"profile": each.name, "edited": has_unsaved(each.name)} for each in profiles_in(Path.cwd())]


def as_toml(given: p.Screening) -> str:
    """The file of answers that `knead screen --template` prints, filled in; the list alone without any."""
    lines = []
    for name, answer in given.answers.items():
        lines += [f"[question.{name}]", f'answer = "{"yes" if answer.yes else "no"}"']
        if answer.consent_date is not None:
            reason = json.dumps(answer.consent_reason, ensure_ascii=False)  # a text of TOML as well
            lines.append(f'consent = {{ date = "{answer.consent_date}", reason = {reason} }}')
    for name in given.ready:
        lines += [f"[ready.{name}]", 'answer = "yes"']
    return "\n".join(["[ready]", *lines] if not given.answers else lines) + "\n"
