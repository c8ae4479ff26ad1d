"""From the bytes of a JSON file that anybody may have written to numbers, each with its place in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from kneadwave.errors import Exit, KneadError
from profiles.files.toml_model import FileKind, joined, key_text, shown

DAY_S: Final = 86_400.0
"""A time beyond a day is a mistake; project's choice."""
LOOKS_MAX: Final = 500_000
"""So many values of a file are looked at one by one, a few seconds; points in lists are not."""
_BYTE_ORDER: Final = (b"\xff\xfe", b"\xfe\xff")


class ExchangeError(KneadError):
    """A foreign file cannot be read: the message names file and place."""

    exit = Exit.INVALID


KIND: Final = FileKind("file to import", 40 << 20, joined(ExchangeError))
"""40 MiB, project's choice: a million points, and no more than a computer has memory for."""


class Field:
    """A value of a JSON file; whatever is not as it should be is an ExchangeError that says where."""

    def __init__(self, value: Any, file: str, place: str = "", looked: list[int] | None = None) -> None:
        self.value = value
        self.place = place
        self._file = file
        # One count for all values of a file.
        self._looked = [0] if looked is None else looked
        self._looked[0] += 1
        if self._looked[0] > LOOKS_MAX:
            self.fail(f"is one value too many: {LOOKS_MAX} besides plain points are the most")

    def __getitem__(self, key: str) -> Field:
        """The value of a key that has to be there."""
        found = self.get(key)
        if found is None:
            self._inner(key, None).fail("is missing")
        return found

    def __contains__(self, key: str) -> bool:
        """Whether this is a table with a value for a key."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def get(self, key: str) -> Field | None:
        """The value of a key; None where there is none, or null."""
        if not isinstance(self.value, dict):
            self.fail("must be a table")
        return self._inner(key, self.value[key]) if key in self else None

    def entries(self) -> Iterator[Field]:
        """Each entry of a list, which has to be one."""
        return (self.entry(number) for number in range(len(self)))

    def entry(self, number: int) -> Field:
        """An entry of a list by its number, from 0; its place counts from one."""
        return Field(self._list()[number], self._file, f"{self.place}[{number + 1}]", self._looked)

    def tables(self) -> Iterator[tuple[str, Field]]:
        """Each key of a table and its value."""
        if not isinstance(self.value, dict):
            self.fail("must be a table")
        return ((key, self._inner(key, self.value[key])) for key in self.value if key in self)

    def __len__(self) -> int:
        """How many entries a list has, which has to be one."""
        return len(self._list())

    def number(self, low: float, high: float) -> float:
        """A number within bounds; a text of one counts, as some programs write them."""
        value = self.value
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(f"must be a number, not {shown(self.value)}")
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if not (isfinite(number) and low <= number <= high):
            self.fail(f"must be from {low:g} to {high:g}, not {shown(self.value)}")
        return number

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            self.fail(f"must be a text, not {shown(self.value)}")
        return self.value

    def column(self, key: str, low: float, high: float) -> NDArray[np.float64]:
        """The numbers that every table of a list has under one key, within bounds."""
        entries = self._list()
        try:
            values = [entry[key] for entry in entries]
            if {type(value) for value in values} <= {int, float}:
                numbers = np.array(values, dtype=np.float64)
                if ((low <= numbers) & (numbers <= high)).all():
                    return numbers
        except (KeyError, TypeError, IndexError, OverflowError):
            pass  # one by one it is found which it is
        numbers = np.empty(len(entries))
        for k, entry in enumerate(entries):
            value = entry.get(key) if isinstance(entry, dict) else None
            if isinstance(value, float | int) and not isinstance(value, bool) and low <= value <= high:
                numbers[k] = value
            else:
                numbers[k] = self.entry(k)[key].number(low, high)
        return numbers

    def times(self, key: str, per_second: float = 1.0, *, rising: bool = False) -> NDArray[np.float64]:
        """The times that every table of a list has under one key, in seconds; they never fall, or rise."""
        times = self.column(key, 0.0, DAY_S * per_second)
        wrong = times[1:] <= times[:-1] if rising else times[1:] < times[:-1]
        if wrong.any():
            number = int(wrong.argmax()) + 1
            later, earlier = times[number], times[number - 1]
            self.entry(number)[key].fail(
                f"{later:g} comes after {earlier:g}",
                hint="times have to rise: sort them where they were made",
            )
        return times / per_second

    def fail(self, message: str, hint: str | None = None) -> NoReturn:
        """Raise the ExchangeError of this place."""
        raise KIND.fail(message, path=self._file, place=self.place or None, hint=hint)

    def _inner(self, key: str, value: Any) -> Field:
        name = key_text(key)
        return Field(value, self._file, f"{self.place}.{name}" if self.place else name, self._looked)

    def _list(self) -> Sequence[Any]:
        if not isinstance(self.value, list):
            self.fail("must be a list")
        return self.value


def parse_json(data: bytes, file: str) -> Field:
    """The value that a JSON file describes; ExchangeError with line and column, or what else is wrong."""
    if data.startswith(_BYTE_ORDER):
        raise KIND.fail("is text in UTF-16", path=file, hint="save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise KIND.fail(
            f"is not UTF-8 text (byte {error.start})", path=file, hint="save it as UTF-8"
        ) from error
    try:
        return Field(json.loads(text, parse_constant=_no_number), file)
    except RecursionError as error:
        raise KIND.fail("is not valid JSON: nested too deeply", path=file) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise KIND.fail(
            f"is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}, {where}",
            path=file,
            hint="it may be cut: fetch it again, or save it anew where it was made",
        ) from error
    except ValueError as error:  # NaN, or a number of thousands of digits
        raise KIND.fail(f"is not valid JSON: {error}", path=file) from error


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
