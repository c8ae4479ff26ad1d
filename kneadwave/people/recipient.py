"""Who is massaged: what somebody said about themselves, in a file that only they can read.

A recipient can only make a session shorter or softer. What is written more generously than the built-in
limits does not count, and `notices` says so.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kneadwave.errors import KneadError, NotCleared, PersonFileError, PersonRemedy, UsageError
from kneadwave.people.records import NAME, names, store, store_for, told_as_file_error
from kneadwave.store.people_files import CURRENT
from kneadwave.store.people_store import RECIPIENT
from kneadwave.text import is_reserved
from profiles.body import STATURE_MAX_M, STATURE_MIN_M, BodyMap, body_map, zone_name
from profiles.errors import ProfileError
from profiles.files import toml_model
from profiles.files.toml_model import TomlKind, decoded, joined, parse_table
from profiles.near import nearest_or

__all__ = [
    "Recipient",
    "chosen",
    "current",
    "in_use",
    "known",
    "load",
    "names",
    "save",
    "use",
    "validated",
]

SCHEMA: Final = 1
MAX_BYTES: Final = 1 << 16
"""64 KiB. Project's choice: ten lines, and whatever somebody notes about them."""
SESSION_MIN: Final = 20.0  # minutes, rule 84
PAIN_FREE: Final = 3  # 0 to 10; above it the ceiling of the zone sinks (rule 20)
SENSITIVITY: Final[Mapping[str, float]] = {"normal": 1.0, "sensitive": 0.75, "very-sensitive": 0.5}
"""The highest level for each, as a part of every ceiling; project's choice."""

_Number = Annotated[float, Field(allow_inf_nan=False)]


class Recipient(BaseModel):
    """One person, as they describe themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    schema_: Literal[1] = Field(1, alias="schema")
    name: str
    adult: bool
    stature_m: _Number = Field(1.70, ge=STATURE_MIN_M, le=STATURE_MAX_M)
    first_session: bool = True
    sensitivity: Literal["normal", "sensitive", "very-sensitive"] = "normal"
    posture: Literal["any", "prone", "supine", "seated", "side"] = "any"
    pregnancy_month: int | None = Field(None, ge=1, le=10)
    pain: dict[str, Annotated[int, Field(ge=0, le=10)]] = Field(default_factory=dict)
    doctor_max_min: _Number | None = Field(None, gt=0, le=1440)

    @field_validator("name")
    @classmethod
    def _is_name(cls, name: str) -> str:
        if not NAME.fullmatch(name) or name == CURRENT or is_reserved(name):
            raise ValueError("must be lower case letters, digits and dashes, at most 40")
        return name

    @field_validator("pain")
    @classmethod
    def _known_zones(cls, pain: dict[str, int]) -> dict[str, int]:
        for zone in pain:
            try:
                body_map().zones_named(zone)
            except ProfileError as error:
                raise ValueError(str(error)) from error
        return pain

    @property
    def limit(self) -> float:
        """The highest level of a session, as a fraction of every ceiling."""
        return SENSITIVITY[self.sensitivity]

    @property
    def zone_factors(self) -> dict[str, float]:
        """Zone id -> factor on its ceiling where it hurts: (10 - pain) / 7 above 3; project's choice (20)."""
        factors: dict[str, float] = {}
        for name, pain in self.pain.items():
            if pain <= PAIN_FREE:
                continue
            for zone in body_map().zones_named(name):
                factors[zone.id] = min(factors.get(zone.id, 1.0), (10 - pain) / (10 - PAIN_FREE))
        return factors

    @property
    def body(self) -> BodyMap:
        """The body map of this person: every ceiling as low as pain and sensitivity leave it."""
        body = body_map(self.stature_m).lowered(self.zone_factors)
        return body.lowered({zone.id: self.limit for zone in body.zones})

    @property
    def ceilings(self) -> dict[str, float]:
        """The highest felt level, 0 to 1, of each zone for which a pain is recorded."""
        return {zone: min(each.ceiling for each in self.body.zones_named(zone)) for zone in self.pain}

    @property
    def notices(self) -> tuple[str, ...]:
        """What is written here and does not count, because a built-in limit is stricter."""
        told = self.doctor_max_min
        if told is not None and told > SESSION_MIN:
            return (
                f"doctor_max_min = {told:g} does not count: {SESSION_MIN:g} minutes are the most (rule 84)",
            )
        return ()


def load(name: str) -> Recipient:
    """Read a recipient. UsageError where there is none, PersonFileError naming file and key."""
    kept = store_for(name)
    data, place = kept.read(name, RECIPIENT), kept.place(name, RECIPIENT)
    if data is None:
        raise _unknown(name)
    table = _content(parse_table(decoded(data, KIND, place), KIND, place), place)
    recipient = toml_model.validated(Recipient, table, KIND, place)
    if recipient.name != name:
        raise PersonFileError(f"{place}: name: must be '{name}', as the folder is called")
    return recipient


def save(recipient: Recipient) -> None:
    """Write a recipient, new or changed. PersonFileError where that fails."""
    kept = store_for(recipient.name)
    with told_as_file_error(kept.place(recipient.name, RECIPIENT)):
        kept.write(recipient.name, RECIPIENT, _text(recipient))


def current() -> str | None:
    """The name of the recipient in use, None where none was chosen. PersonFileError for a damaged file."""
    kept = store()
    data = kept.current()
    if data is None:
        return None
    name = data.decode("utf-8", "replace").strip()
    if not (NAME.fullmatch(name) and data.endswith(b"\n")):  # without its end it may be another name
        raise PersonFileError(f"{kept.place_of_current()}: holds no name", hint=PersonRemedy.USE)
    return name


def in_use() -> Recipient | None:
    """The recipient in use, where there is one whose file can be read."""
    with suppress(KneadError):
        name = current()
        return None if name is None else load(name)
    return None


def use(name: str) -> None:
    """Make `name` the recipient in use. UsageError where there is none of that name."""
    if name not in names():
        raise _unknown(name)
    kept = store()
    with told_as_file_error(kept.place_of_current()):
        kept.use(name)


def chosen(name: str | None) -> str:
    """`name`, else the recipient in use. NotCleared where nobody was chosen."""
    if name == "":  # from a script's empty variable: whoever was meant, not the one in use
        store_for(name)
    found = current() if name is None else name
    if found is not None:
        return found
    if names():
        raise NotCleared("no recipient was chosen", hint=PersonRemedy.NAME_OR_USE)
    raise NotCleared("there is no recipient yet", hint=PersonRemedy.ADD_FIRST)


def known(name: str | None) -> None:
    """UsageError where somebody is named whom nobody recorded; nothing is asked of the one in use."""
    if name is not None:
        load(chosen(name))


def validated(**fields: Any) -> Recipient:
    """A recipient from what somebody said on the command line. UsageError naming the field."""
    try:
        return Recipient(**fields)
    except ValidationError as error:
        place, message, hint = toml_model.explained(error, Recipient, fields, KIND)
        raise UsageError(f"{place}: {message}", hint=hint or PersonRemedy.OPTIONS) from error


def _content(table: dict[str, Any], place: str) -> dict[str, Any]:
    """The fields in a file. Each has to be there: a file that was cut must not be a more generous one."""
    for key in _keys():
        if key not in table:
            raise PersonFileError(
                f"{place}: {key}: is missing", hint="it was cut, or is of another version: make it anew"
            )
    for key in ("pregnancy_month", "doctor_max_min"):
        if table[key] == 0 and table[key] is not False:
            table[key] = None
    return table


def _keys() -> list[str]:
    return [field.alias or name for name, field in Recipient.model_fields.items()]


def _describe(problem: Any, table: Mapping[str, Any], known: Sequence[str]) -> toml_model.Description:
    if problem["loc"] == ("schema",):
        return (
            "schema",
            f"must be {SCHEMA}, the one this version knows",
            "use the version of knead that wrote it; nothing was changed",
        )
    place, message, hint = toml_model.describe(problem, table, known)
    if problem["loc"] == ("stature_m",):
        return place, message, metres(problem["input"])
    if problem["type"] == "literal_error":
        word = toml_model.shown(problem["input"])
        return place, f"there is no {word}", f"say {problem['ctx']['expected']}"
    if problem["loc"][:1] == ("pain",):
        return place, message, _pain_hint(problem["input"])
    return place, message, hint


def metres(value: object) -> str:
    """What helps with a stature that is none: the same in metres, where it was given in centimetres."""
    if isinstance(value, int | float) and STATURE_MIN_M * 100 <= value <= STATURE_MAX_M * 100:
        return f"in metres: {value / 100:g}"
    return f"in metres, {STATURE_MIN_M:g} to {STATURE_MAX_M:g}: such as 1.74"


def _pain_hint(value: object) -> str:
    """The zones that there are, after the nearest to the one that is none; else what a degree is."""
    if not isinstance(value, dict):
        return "pain is a whole number, 0 to 10, such as 3"
    for zone in value:
        try:
            body_map().zones_named(zone)
        except ProfileError as error:
            near = f"{error.hint} " if error.hint and error.hint.endswith("?") else ""
            return f"{near}zones are {', '.join(zone_words())}; each also with -left or -right"
    return "write zone = 0 to 10"


def zone_words() -> tuple[str, ...]:
    """Every name of a zone or of a part of one, for both sides."""
    body = body_map()
    ids = [zone.id for zone in body.zones] + [part.id for part in body.parts]
    return tuple(dict.fromkeys(zone_name(each) for each in ids))


def _unknown(name: str) -> UsageError:
    known = names()
    otherwise = f"there are {', '.join(known)}" if known else PersonRemedy.ADD.of(name=name)
    return UsageError(f"there is no recipient '{name}'", hint=nearest_or(name, known, otherwise))


def _text(recipient: Recipient) -> str:
    pain = ", ".join(f"{zone} = {degree}" for zone, degree in recipient.pain.items())
    return f"""\
# Who is massaged. What stands here can be changed here.
schema = {SCHEMA}
name = "{recipient.name}"
adult = {_word(recipient.adult)}
stature_m = {recipient.stature_m}
sensitivity = "{recipient.sensitivity}"
posture = "{recipient.posture}"
pregnancy_month = {recipient.pregnancy_month or 0}    # 0 for none
doctor_max_min = {recipient.doctor_max_min or 0}    # minutes; 0 for none
pain = {{ {pain} }}    # zone = 0 to 10
first_session = {_word(recipient.first_session)}
"""


def _word(value: bool) -> str:
    return "true" if value else "false"


KIND: Final = TomlKind("file of a recipient", MAX_BYTES, joined(PersonFileError), _describe)
