"""Where each motor lies, asked of another program: each question an event, each answer a line."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from firmware_bridge import LinkError, MonotonicClock
from kneadwave.cli.exits import worded
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.prompts import YES
from kneadwave.cli.views.ask_places import MOUNTINGS, SomebodyLeft, one_place
from kneadwave.errors import UsageError
from kneadwave.placing.confirm import Promise
from kneadwave.placing.places import Measured, Off, zone_names
from kneadwave.placing.procedure import QUIT, Placing
from kneadwave.sessions.control_lines import ControlLines, Spoken
from kneadwave.sessions.controls import Heard

LOOK_S: Final = 0.1
"""How often it is looked whether another process asked for a stop."""


class PlacerByLines:
    """Whoever answers by lines. What is no answer, such as a stop or the end of the lines, leaves."""

    def __init__(self, out: Output, lines: ControlLines) -> None:
        self._out = out
        self._lines = lines
        self._clock = MonotonicClock()
        self._answers: deque[str] = deque()
        self._left = False
        self._problem = ""
        self._moved = False

    def mounting(self) -> str:
        """One of the words that the question names."""
        word = self._ask("mounting", choices=list(MOUNTINGS.values())).lower()
        return word if word in MOUNTINGS.values() else ""

    def promises(self, asked: Sequence[Promise]) -> bool:
        """A yes to all of them."""
        told = [{"id": promise.id, "say": promise.say} for promise in asked]
        return self._ask("promises", promises=told).lower() in YES

    def begins(self, placing: Placing) -> None:
        """How many are said already tells each question."""

    @contextmanager
    def pulse(self, channel: int, channels: int) -> Iterator[Callable[[], bool]]:
        """Told before it comes."""
        self._moved = True
        self._out.event("pulse", channel=channel, of=channels)
        yield self._leaves

    def pulse_lost(self, error: LinkError) -> None:
        """Told with the next question."""
        hint = worded(error.hint) if error.hint else ""
        self._problem = ". ".join(each for each in (str(error), hint) if each)

    def no_more_pulses(self) -> None:
        """The next question tells that none came."""
        self._problem = "the minute of pulses is used up"

    def place(self, placing: Placing, channel: int, stop_asked: Callable[[], bool]) -> str:
        """The answer; what leaves is q."""
        about = {"channel": channel, "of": placing.notes.channels}
        problem, self._problem = self._problem, ""
        try:
            if placing.unclear is not None:
                return self._ask("clear", stop_asked, **about, zone=placing.unclear.id, problem=problem)
            return self._ask("place", stop_asked, **about, zones=list(zone_names()), problem=problem)
        except SomebodyLeft:
            return QUIT[0]

    def refused(self, error: UsageError) -> None:
        """Told with the next question."""
        self._problem = f"{error}; {error.hint}"

    def placed(self, channel: int, at: Measured | Off, too: Sequence[int]) -> None:  # noqa: ARG002
        """All of them are told at the end; that two lie at one place is told with the next question."""
        if too:
            self._problem = one_place(channel, too)

    def ended(self, *, at_rest: bool) -> None:
        """Told where anything has moved."""
        if self._moved:
            self._out.end["confirmed"] = at_rest

    def _ask(self, what: str, stop_asked: Callable[[], bool] = bool, **about: Any) -> str:
        self._take()
        self._answers.clear()  # said before the question came: no answer to it
        self._out.event("question", what=what, **about)
        while not (self._answers or self._leaves() or stop_asked()):
            self._clock.sleep(LOOK_S, self._lines.waiting, self._lines.files())
        if self._left:
            raise SomebodyLeft
        return self._answers.popleft() if self._answers else ""

    def _leaves(self) -> bool:
        self._take()
        return self._left

    def _take(self) -> None:
        for request in self._lines.take():
            if isinstance(request, Heard):
                fields = {"control": request.control, "id": request.id, "refused": request.refused}
                self._out.event("control", **fields)
            elif isinstance(request, Spoken) and request.text.strip().lower() not in QUIT:
                self._answers.append(request.text.strip())
            else:
                self._left = True
