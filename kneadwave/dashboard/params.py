"""What each method takes, as models: they check what a page sends, and describe it in the OpenRPC
document."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_TEXT = r"^[^\x00-\x1f\x7f]+$"
_FILE_NAME = r"^[^\x00-\x1f\x7f/\\.-][^\x00-\x1f\x7f/\\]*$"

ProfileName = Annotated[
    str, Field(pattern=_FILE_NAME, max_length=100, description="A profile that ships, or a file beside it.")
]
DeviceName = Annotated[
    str,
    Field(pattern=_FILE_NAME, max_length=100, description="A description that ships, or a file beside it."),
]
RecipientName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
RecordingName = Annotated[
    str,
    Field(
        pattern=r"^[^\x00-\x1f\x7f/\\.-][^\x00-\x1f\x7f/\\]*\.jsonl$",
        max_length=160,
        description="As recording.list has it.",
    ),
]
Url = Annotated[
    str, Field(pattern=_TEXT, max_length=200, description="Where a device is, as the config file has it.")
]
Step = Annotated[
    str, Field(pattern=_TEXT, max_length=100, description="Number or name of a step, or session.")
]
Word = Annotated[str, Field(pattern=_TEXT, max_length=60)]
Fraction = Annotated[float, Field(ge=0.01, le=1.0)]
Minutes = Annotated[float, Field(ge=1.0, le=20.0)]
Stature = Annotated[float, Field(ge=1.2, le=2.2, description="Metres.")]
SessionId = Annotated[str, Field(pattern=r"^[0-9]{1,9}$")]


class Params(BaseModel):
    """Parameters by name; what is not known is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Nothing(Params):
    """No parameters."""


class OfCushions(Params):
    """Cushions of the house; without any, all of them."""

    cushions: list[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f/]+$", max_length=200)]] | None = Field(
        default=None, min_length=1, max_length=1000
    )


class OfProfile(Params):
    """A profile."""

    profile: ProfileName


class Listing(Params):
    """Which profiles, for which device."""

    on: DeviceName | None = None
    occasion: Word | None = None


class Checking(OfProfile):
    """A profile, on a device."""

    on: DeviceName | None = None


class Described(Params):
    """A device, by the name of its description or where it is."""

    name: DeviceName | None = None
    stature_m: Stature | None = None


class Begin(Params):
    """A session."""

    profile: ProfileName
    device: list[Url] = Field(default=[], max_length=8)
    on: list[DeviceName] = Field(default=[], max_length=8)
    recipient: RecipientName | None = None
    limit: Fraction = 1.0
    intensity: Fraction = 1.0
    minutes: Minutes | None = None
    record: bool = True


class Feel(OfProfile):
    """A step to feel: as it is edited now, beside the saved version (`ab`), or with one number walked."""

    step: Step | None = None
    test: Literal["preview", "ab", "sweep"] = "preview"
    device: Url | None = None
    on: DeviceName | None = None
    recipient: RecipientName | None = None
    limit: Fraction = 1.0
    number: Annotated[str, Field(pattern=r"^[a-z_.-]+$", max_length=40)] | None = None
    first: float | None = None
    last: float | None = None


class Again(Params):
    """The session that lost its device."""

    recipient: RecipientName | None = None


class OfSession(Params):
    """A session of this server."""

    session: SessionId


class Key(OfSession):
    """The key that answers a felt test: 1, 2, 0 or r of two versions, a space for what feels right, or is
    felt."""

    key: Literal["1", "2", "0", "r", " "]


class Said(OfSession):
    """What somebody says of where a motor lies: `thigh right`, `85 -220`, `n`, `y`; nothing: once more."""

    text: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=120)]


class ToPlace(Params):
    """A device whose motors are to be placed: its name to be, where it is, how many channels it has."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=24)]
    device: Url
    channels: Annotated[int, Field(ge=1, le=64)] | None = None
    again: bool = False


class Calibrated(Params):
    """A description whose motors are to be measured; `only` these actuators."""

    on: DeviceName
    device: Url | None = None
    only: list[Word] = Field(default=[], max_length=64)
    again: bool = False
    recipient: RecipientName | None = None
    limit: Fraction = 1.0


class OfDevice(Params):
    """A description."""

    on: DeviceName


class Since(OfSession):
    """A session, and the number of the last delta that was seen."""

    number: int = Field(ge=0)


class Control(OfSession):
    """What a session is to do."""

    control: Literal["pause", "resume", "louder", "softer", "pain", "closing", "ready"]


class OfRecipient(Params):
    """A recipient; without a name the one in use."""

    recipient: RecipientName | None = None


class Named(Params):
    """A recipient."""

    name: RecipientName


class Renamed(Named):
    """A recipient and its new name."""

    new_name: RecipientName


class About(Named):
    """What is recorded of a recipient; each can only make a session shorter or softer."""

    adult: bool | None = None
    stature_m: Stature | None = None
    first: bool | None = None
    sensitivity: Literal["normal", "sensitive", "very-sensitive"] | None = None
    posture: Literal["any", "prone", "supine", "seated", "side"] | None = None
    pregnancy_month: Annotated[int, Field(ge=0, le=10)] | None = None
    pain: dict[Annotated[str, Field(pattern=r"^[a-z-]+$")], Annotated[int, Field(ge=0, le=10)]] = Field(
        default={}, max_length=40
    )
    doctor_max_min: Annotated[float, Field(ge=0, le=20)] | None = None


class YesOrNo(Params):
    """A yes or no, and a doctor's consent where there is one."""

    yes: bool
    consent_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    consent_reason: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)] = ""


QuestionId = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=60)]


class Screening(OfRecipient):
    """Every question of the screening, and what of the list before a run is so."""

    answers: dict[QuestionId, YesOrNo] = Field(default={}, max_length=60)
    ready: list[QuestionId] = Field(default=[], max_length=60)


class OfStep(OfProfile):
    """A step of a profile, as a device plays it."""

    step: Step | None = None
    on: DeviceName | None = None


class SetPoints(OfProfile):
    """Points of a curve: when, as `40%`, `30s` or `1:15`, and its level, 0 to 1."""

    step: Step
    points: dict[
        Annotated[str, Field(pattern=r"^[0-9.:%s]+$", max_length=16)], Annotated[float, Field(ge=0, le=1)]
    ] = Field(min_length=1, max_length=60)


class TakeOut(OfProfile):
    """Points to remove, by when they are."""

    step: Step
    times: list[Annotated[str, Field(pattern=r"^[0-9.:%s]+$", max_length=16)]] = Field(
        min_length=1, max_length=60
    )


class Edit(OfProfile):
    """An edit of a curve: which one, and by how much."""

    step: Step
    edit: Literal["shift", "scale", "smooth", "preset", "rate", "number"]
    by: list[Annotated[str, Field(pattern=_TEXT, max_length=40)]] = Field(default=[], max_length=2)


class SaveAs(OfProfile):
    """A profile; `name` is that of a new file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)] | None = None


class Spread(OfProfile):
    """How many devices with other motors."""

    on: DeviceName | None = None
    variants: Annotated[int, Field(ge=1, le=1000)] = 200


class Simulated(OfProfile):
    """A run of a virtual cushion, without waiting."""

    on: DeviceName | None = None
    limit: Fraction = 1.0
    intensity: Fraction = 1.0
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    fault: list[Annotated[str, Field(pattern=r"^[a-z0-9=%@+.s-]+$", max_length=40)]] = Field(
        default=[], max_length=8
    )
    course: bool = False
    """What was felt, moment by moment, with it."""


class OfRecording(Params):
    """A recording that this server kept; `other` is the other side's of the same run; with `course`
    what was felt, moment by moment."""

    recording: RecordingName
    other: RecordingName | None = None
    course: bool = False
