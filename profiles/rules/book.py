"""The rulebook: what Kneadwave does about each of the 321 rules of the source article.

The rows are data, in rulebook/*.toml. Nothing that plays a massage reads them: the limits themselves stand
as figures where they are kept, and the table says where that is.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from profiles.errors import ProfileError

FOLDER = Path(__file__).parents[1] / "rulebook"
CONTENTS = "contents.toml"
LAST = 321
"""The number of the last rule; the first is 1."""

RuleClass = Literal["HI", "PL", "PC", "SS"]
Answer = Literal["enforced", "checked", "asked", "shown", "played", "set-aside"]
Reason = Literal[
    "",
    "manual only",
    "superseded by a stricter rule",
    "text defect",
    "no actuator can do it",
    "information only",
]

CLASSES: dict[str, str] = {
    "HI": "hard interlock",
    "PL": "what a profile says",
    "PC": "what is so before a session",
    "SS": "how a session goes",
}
ANSWERS: dict[str, str] = {
    "enforced": "a program keeps the limit, whatever is asked for",
    "checked": "what breaks it is found: by the check of a profile, or by a test over everything that ships",
    "asked": "a question, or a point of the list before a session; without an answer no device moves",
    "shown": "the person is told",
    "played": "a technique or a shipped profile does it",
    "set-aside": "not kept, for the reason given",
}

_Text = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True, strict=True)]
_Where = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z_]\w*(\.[a-z_]\w*)+|(profile|question|ready|order):[a-z0-9-]+)$"),
]
_Test = Annotated[str, StringConstraints(pattern=r"^tests/[\w/]+\.py(::test_\w+)?$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]


class Rule(BaseModel):
    """One rule: what it says, why, what is done about it, where, and which tests show it.

    `where` names modules ("profiles.rules.check"), shipped profiles ("profile:feet"), questions
    ("question:fever"), points of the list before a session ("ready:meal") or orders ("order:order-a").
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int = Field(ge=1, le=LAST, strict=True)
    class_: RuleClass = Field(alias="class")
    says: _Text
    why: _Text
    answer: Answer
    does: _Text
    where: tuple[_Where, ...] = ()
    tests: tuple[_Test, ...] = ()
    reason: Reason = ""
    techniques: tuple[_Name, ...] = ()
    zones: tuple[_Name, ...] = ()
    conflict: int | None = Field(None, ge=1, le=8, strict=True)

    @model_validator(mode="after")
    def _answer_is_whole(self) -> Rule:
        if self.answer == "set-aside":
            if not self.reason:
                raise ValueError("a rule that is set aside needs a reason")
            if self.reason == "information only" and self.class_ in ("HI", "PL"):
                raise ValueError(f"a rule of class {self.class_} is never set aside as information only")
            return self
        if self.reason:
            raise ValueError("only a rule that is set aside has a reason")
        if not self.where or not self.tests:
            raise ValueError("a rule that is not set aside names where it is kept and a test")
        return self


@dataclass(frozen=True)
class Section:
    """A part of the article: its letter, a title in our own words, its first and last rule."""

    letter: str
    title: str
    first: int
    last: int


@dataclass(frozen=True)
class Contradiction:
    """What stands against what in the article, and what holds here."""

    number: int
    between: str
    resolution: str


@lru_cache(maxsize=1)
def rules() -> dict[int, Rule]:
    """Return every rule by its number, in the order of the numbers; ProfileError for a row that is wrong."""
    return read_rules(FOLDER)


@lru_cache(maxsize=1)
def sections() -> tuple[Section, ...]:
    """Return the sections in the order of the article."""
    return tuple(Section(**entry) for entry in _load(FOLDER / CONTENTS)["section"])


@lru_cache(maxsize=1)
def contradictions() -> tuple[Contradiction, ...]:
    """Return the contradictions of the article, numbered from 1."""
    return tuple(Contradiction(**entry) for entry in _load(FOLDER / CONTENTS)["contradiction"])


def section_of(number: int) -> Section:
    """Return the section that a rule stands in; ProfileError for a number outside 1 to 321."""
    for section in sections():
        if section.first <= number <= section.last:
            return section
    raise ProfileError(f"there is no rule {number}", hint=f"rules are numbered 1 to {LAST}")


def read_rules(folder: Path) -> dict[int, Rule]:
    """Return the rules of every file of a folder; ProfileError names file, rule and fault."""
    found: dict[int, Rule] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == CONTENTS:
            continue
        data = _load(path)
        rows = data.pop("rule", None)
        if data or not isinstance(rows, list):
            raise ProfileError("a file of the rulebook holds [[rule]] tables only", path=str(path))
        for position, row in enumerate(rows, start=1):
            rule = _row(row, str(path), position)
            if rule.number in found:
                raise ProfileError(
                    "this number is there already", path=str(path), place=_place(row, position)
                )
            found[rule.number] = rule
    return dict(sorted(found.items()))


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileError(f"not a readable TOML file: {error}", path=str(path)) from error


def _row(row: object, path: str, position: int) -> Rule:
    try:
        return Rule.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise ProfileError(
            f"{field}: {message}" if field else message, path=path, place=_place(row, position)
        ) from error


def _place(row: object, position: int) -> str:
    number = row.get("number") if isinstance(row, dict) else None
    return f"rule {number}" if isinstance(number, int) else f"rule[{position}]"
