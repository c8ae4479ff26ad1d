"""What can be wrong with a profile, a curve, a zone or a stature.

ProfileError (ValueError) is the only exception that reading, checking or composing a profile raises. It
names the file, the place in it, the limit that was crossed and, where one comes to mind, what to write
instead.
"""

from __future__ import annotations

from enum import StrEnum


class Remedy(StrEnum):
    """What would help, named as data: a front end has words of its own for it, such as a command line.

    The value says it plainly, for one that has none; `{name}` in it stands for a value that `of` gives.
    """

    def of(self, **values: str) -> RemedyOf:
        """The same for one case, with its values."""
        return RemedyOf(self, values)


class RemedyOf(str):
    """A remedy with its values; as a text it is the plain words."""

    remedy: Remedy
    values: dict[str, str]

    def __new__(cls, remedy: Remedy, values: dict[str, str]) -> RemedyOf:
        """The remedy with `values` in the places that its words leave for them."""
        made = super().__new__(cls, remedy.value.format(**values))
        made.remedy, made.values = remedy, values
        return made


class ProfileRemedy(Remedy):
    """What would help with a profile."""

    LIST_PROFILES = "choose one of the profiles that ship"
    READ_PROFILE = "read what {profile} says"


class ProfileError(ValueError):
    """A profile cannot be used; `str()` gives one line, "file: place: message".

    `place` counts the steps from one, as a person does: "step[3].technique.rate_cpm".
    `rule` is the number of the massage rule that was broken, None for a plain mistake.
    """

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        place: str | None = None,
        hint: str | None = None,
        rule: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.place = place
        self.hint = hint
        self.rule = rule

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.place, self.message) if part)

    def at(self, path: str | None = None, place: str | None = None) -> ProfileError:
        """Return the same error with the file or the place filled in where it was unknown."""
        return ProfileError(
            self.message,
            path=self.path or path,
            place=self.place or place,
            hint=self.hint,
            rule=self.rule,
        )
