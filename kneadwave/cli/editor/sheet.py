"""What the editor edits: one curve of one profile, a selected point, and what there is to say about them.

It knows no screen. Every change is one edit at the desk, so that the journal, undo and the check are those of
every other verb; another process may tune between two of them.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from firmware_bridge import BridgeError, local_now
from kneadwave.cli.editor import points
from kneadwave.cli.exits import cause_of, hint_of
from kneadwave.errors import KneadError, UsageError
from kneadwave.people.recipient import in_use
from kneadwave.tuning.curves.select import SESSION, Where, choose_curve, parse_points, where_of, with_curve
from kneadwave.tuning.curves.view import CurveView, view_of
from kneadwave.tuning.workspace import Desk, Edited, EditRefused, Saved, look, open_desk
from profiles import curve_edit as reshaping
from profiles.curve import IntensityCurve
from profiles.errors import ProfileError
from profiles.profile import Profile
from profiles.rules.finding import Finding

if TYPE_CHECKING:
    from firmware_bridge import DeviceDescription

Change = Callable[[IntensityCurve], IntensityCurve]
EXPECTED = (KneadError, ProfileError, BridgeError, OSError)
"""What an action may come to that is no bug: it is shown, and nothing has changed."""


class Elsewhere(KneadError):
    """Another process changed the profile meanwhile; it is shown as it is now, the action was not done."""


@dataclass(frozen=True)
class Told:
    """What the last action has to say: as it was meant, or that the check refused it, or what else was amiss.

    Nothing has changed but for what was "said".
    """

    kind: Literal["said", "refused", "failed"] = "said"
    text: str = ""
    hint: str = ""


class Sheet:
    """A curve under edit; `step` as a person names it, the first step that moves a device where it is None.

    Whatever cannot be read or chosen is raised at once, as by every verb.
    """

    def __init__(
        self,
        name: str,
        step: str | None,
        device: "DeviceDescription | None" = None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        self.name = name
        self.device = device
        self.told = Told()
        self.findings: list[Finding] = []
        """What the last edit made the check say newly."""
        self.selected = 0
        self._now = now
        self._take(look(name))
        self.where = choose_curve(self.profile, step) if step else self._first()
        self.view = self._seen()

    def _first(self) -> Where:
        moving = (index for index, step in enumerate(self.profile.step) if step.moves)
        index = next(moving, None)
        return choose_curve(self.profile, SESSION if index is None else str(index + 1))

    # what is shown

    @property
    def shipped(self) -> bool:
        """Whether a save becomes a copy of the user's own."""
        return self._path is None

    @property
    def curve(self) -> IntensityCurve:
        """The curve as it is now."""
        return self.where.curve

    @property
    def point(self) -> tuple[float, float]:
        """Time and level of the selected point, in the curve's own unit."""
        return self.curve.points[self.selected]

    @property
    def step(self) -> str:
        """STEP of the curve that is shown, as a command takes it."""
        return SESSION if self.where.index is None else str(self.where.index + 1)

    def choices(self) -> list[Where]:
        """The curves that there are: of each step that moves a device, and of the session."""
        steps = [where_of(self.profile, index) for index, step in enumerate(self.profile.step) if step.moves]
        return [*steps, where_of(self.profile, None)]

    # choosing: nothing of it changes the profile

    def select(self, by: int) -> None:
        """Select another point, so many further; it stops at both ends."""
        self.select_at(self.selected + by)

    def select_at(self, index: int) -> None:
        """Select a point by its index."""
        self.selected = min(max(index, 0), len(self.curve.points) - 1)

    def turn_to(self, index: int | None) -> None:
        """Show the curve of another step (its number in the file, from 0), or of the session."""
        self.where = where_of(self.profile, index)
        self.selected, self.findings, self.told = 0, [], Told()
        self.view = self._seen()

    def turn(self, by: int) -> None:
        """Show the next curve, or the one before; after the last one comes the first."""
        indices = [where.index for where in self.choices()]
        at = indices.index(self.where.index) if self.where.index in indices else 0
        self.turn_to(indices[(at + by) % len(indices)])

    # changing: each is one edit; what is refused is told and changes nothing

    def do(self, action: Callable[[], str]) -> bool:
        """Run an action and tell what it says; whether it was done."""
        try:
            self.told = Told("said", action())
        except EXPECTED as error:
            cause = cause_of(error).removeprefix(f"{self.name}: ")
            kind: Literal["refused", "failed"] = "refused" if isinstance(error, EditRefused) else "failed"
            self.told = Told(kind, cause, hint_of(error) or "")
            return False
        return True

    def raise_by(self, by: float) -> str:
        """Change the level of the selected point."""
        curve = points.raised(self.curve, self.selected, by)
        return self._place(curve, self.selected)

    def move_by(self, by: float) -> str:
        """Move the selected point in time, by a share of the step."""
        end = self.where.end
        curve = points.later(self.curve, self.selected, by * end, end)
        return self._place(curve, self.selected)

    def enter(self, text: str) -> str:
        """Put the selected point where a person writes: "0.85", "85%", "40% 0.85", "1:15 85%"."""
        words = [word for word in re.split(r"[\s=,]+", text) if word]
        if not 1 <= len(words) <= 2:
            raise UsageError(
                f"'{text.strip()}' is no point", hint="write a level, or a time and a level: 40% 0.85"
            )
        t, before = self.point
        timed = words if len(words) == 2 else [self.where.time_text(t), words[0]]
        ((time, level),) = parse_points(self.where, ["=".join(timed)])
        curve, index = points.replaced(
            self.curve, self.selected, time if len(words) == 2 else t, before if level is None else level
        )
        return self._place(curve, index)

    def add(self) -> str:
        """Add a point after the selected one, on the curve, and select it."""
        t = points.place_after(self.curve, self.selected, self.where.end)
        curve = reshaping.with_added(self.curve, t).curve
        index = [time for time, _ in curve.points].index(t)
        told = self._edit(f"add {self.where.time_text(t)}", curve, index)
        return f"added a point at {self.where.time_text(t)}{told}"

    def remove(self) -> str:
        """Remove the selected point."""
        t = self.point[0]
        curve = reshaping.without_point(self.curve, t).curve
        told = self._edit(f"rm {self.where.time_text(t)}", curve, self.selected)
        return f"removed the point at {self.where.time_text(t)}{told}"

    def smooth(self) -> str:
        """Smooth the curve once."""
        told = self._edit("smooth", reshaping.smoothed(self.curve).curve, self.selected)
        return f"smoothed{told}"

    def preset(self, name: str) -> str:
        """Take a curve that has a name."""
        told = self._edit(f"preset {name}", reshaping.preset(name).curve, 0)
        return f"the curve is {name}{told}"

    def undo(self) -> str:
        """Go back one version of the profile."""
        with self._desk() as desk:
            undone = desk.version(desk.number)
            desk.undo()
        self.findings = []
        return f"undone: {undone.what}"

    def redo(self) -> str:
        """Go forward again by one version."""
        with self._desk() as desk:
            version = desk.redo()
        self.findings = []
        return f"done again: {version.what}"

    # saving

    def unsaved(self) -> str:
        """The unified diff from the file to what would be saved; empty where they are the same."""
        with self._desk() as desk:
            return desk.diff()

    def save(self, as_name: str | None = None) -> str:
        """Write the profile, to a file of its own where a name is given; go on with that file then."""
        with self._desk() as desk:
            saved: Saved = desk.save(as_name)
        if str(saved.path) != str(self._path):
            self.name = str(saved.path)
            self._take(look(self.name))
            self._refresh()
            return f"saved as {saved.path}; from here on that file is edited"
        return f"saved to {saved.path}"

    # how

    def _place(self, curve: IntensityCurve, index: int) -> str:
        t, level = curve.points[index]
        text = f"{self.where.time_text(t)}={level:g}"
        before = self.where.time_text(self.point[0])
        moved = t != self.point[0]
        what = f"move {before} to {text}" if moved else f"set {text}"
        unchanged = curve == self.curve
        told = self._edit(what, curve, index)
        if unchanged:
            return "it stays where it is: this is as far as it goes"
        return f"{'moved to' if moved else 'set'} {text}{told}"

    def _edit(self, what: str, curve: IntensityCurve, index: int) -> str:
        if curve == self.curve:
            return ": nothing changes"
        where = self.where
        with self._desk() as desk:
            edited: Edited = desk.edit(
                f"{where.label}: {what}", lambda profile: with_curve(profile, where, curve)
            )
        self.findings = list(edited.findings)
        self.select_at(index)
        return "" if edited.changed else ": nothing changes"

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        with open_desk(self.name, self._now) as desk:
            if (desk.number, desk.text) != (self.number, self._text):
                self._take(desk)
                self._refresh()
                raise Elsewhere(
                    "another process changed this profile meanwhile; this is how it is now",
                    hint="look at it, then press the key again",
                )
            yield desk
            self._take(desk)
        self._refresh()

    def _take(self, desk: Desk) -> None:
        self.profile: Profile = desk.profile
        self.saved: Profile = desk.saved
        self.number: int = desk.number
        self.pending: bool = desk.pending
        self._text = desk.text
        self._path = desk.path

    def _refresh(self) -> None:
        index = self.where.index
        if index is not None and (index >= len(self.profile.step) or not self.profile.step[index].moves):
            index = None
        self.where = where_of(self.profile, index)
        self.select_at(self.selected)
        self.view = self._seen()

    def _seen(self) -> CurveView:
        before = self.saved if self.pending else None
        return view_of(before, self.profile, self.where, self.device, in_use())
