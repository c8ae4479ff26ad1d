"""The config file: what a household sets once.

device = "id:KW0001"          used when neither --device nor KNEAD_DEVICE says otherwise
on     = "reference-cushion"  the device description, where --on does not name one
limit  = "70%"                the most that a session may reach; an option can only lower it further
allow  = ["1a86:7523"]        USB ids or serial numbers that may be opened unasked
broker = "mqtt://house.local" the MQTT broker, where --broker does not name one
store  = "files"              where recipients are kept: files, or the URL of a database
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote, urlsplit

from kneadwave.errors import ConfigError, NoHome

if TYPE_CHECKING:
    from profiles.files.toml_model import TomlKind

KEYS = ("allow", "broker", "device", "limit", "on", "store")
FILES: Final = "files"
"""The store of recipients where no database is named."""
STORE_HINT: Final = (
    'say "files", or a database such as "sqlite:///home/me/people.db", "postgresql://host/name"'
)
IN_TIME_S: Final = 0.5
"""How long `knead stop` waits for the config file; project's choice: an honest one takes milliseconds."""
MAX_BYTES: Final = 1 << 16
"""64 KiB. Project's choice: six keys and whatever somebody notes about them."""


@dataclass(frozen=True)
class Config:
    """What the config file says; `limit` is a fraction, 0 to 1. `written` are the keys that it sets."""

    device: str | None = None
    on: str | None = None
    limit: float = 1.0
    allow: tuple[str, ...] = ()
    broker: str | None = None
    store: str = FILES
    written: tuple[str, ...] = field(default=(), compare=False)


def user_folder(kind: Literal["config", "data", "state"]) -> Path:
    """This user's own folder of Kneadwave, whether it is there or not; NoHome where nobody knows it."""
    import platformdirs

    try:
        path: Path = getattr(platformdirs, f"user_{kind}_path")("kneadwave", appauthor=False)
    except RuntimeError as error:  # neither HOME, nor a user of that number
        raise _no_home(kind) from error
    if not path.is_absolute():  # a "~" that stands for nothing
        raise _no_home(kind)
    return path


def config_path() -> Path:
    """Where the config file lies, whether there is one or not; NoHome where nobody knows that."""
    return user_folder("config") / "config.toml"


def file_kind() -> "TomlKind":
    """What a config file may be; made late, so that `knead --help` needs no reader of TOML."""
    from profiles.files.toml_model import TomlKind, joined

    return TomlKind("config file", MAX_BYTES, joined(ConfigError))


def load_config(path: Path | None = None) -> Config:
    """Read the config file; without one everything has its default. ConfigError names file and key."""
    from profiles.files.toml_model import key_text, nearest, parse_table, read_text

    kind = file_kind()
    try:
        where = config_path() if path is None else path
        data = parse_table(read_text(where, kind), kind, str(where))
    except (FileNotFoundError, NotADirectoryError, NoHome):
        return Config()
    for key in data:
        if key not in KEYS:
            raise ConfigError(f"{where}: {key_text(key)}: unknown key", hint=nearest(key, KEYS))
    return Config(
        device=_text(where, data, "device"),
        on=_text(where, data, "on"),
        limit=_limit(where, data.get("limit")),
        allow=_texts(where, data, "allow"),
        broker=_text(where, data, "broker"),
        store=_store(where, _text(where, data, "store")),
        written=tuple(data),
    )


def config_in_time(tell: Callable[[str], None]) -> Config:
    """The config file, for what cannot wait; where it is broken or slow, `tell` why it does not count."""
    read: list[Config | Exception] = []

    def look() -> None:
        try:
            read.append(load_config())
        except Exception as error:
            read.append(error)

    reader = Thread(target=look, daemon=True)  # where it hangs, this process ends without it
    reader.start()
    reader.join(IN_TIME_S)
    found = read[0] if read else ConfigError(f"{config_path()}: takes too long to read")
    if isinstance(found, Config):
        return found
    tell(f"warning: the config file does not count: {found}")
    return Config()


def parse_limit(value: str | float) -> float:
    """A limit as a fraction, from "60%" or 0.6; ValueError unless it lies within 1 % to 100 %."""
    text = str(value).strip()
    try:
        fraction = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        fraction = -1.0
    if not 0.01 <= fraction <= 1.0:  # false for NaN, too
        raise ValueError(f"'{text}' is not within 1% to 100%: write it such as 60% or 0.6")
    return fraction


def parse_store(text: str) -> str:
    """The name of a store as it is, where it may be one; ValueError for all else."""
    if text == FILES:
        return text
    try:
        url = urlsplit(text)
        whole = len(url.path) > 1 and not url.path.endswith("/") and not url.fragment
        whole &= url.scheme == "postgresql" or (url.scheme == "sqlite" and not (url.netloc or url.query))
    except ValueError:
        whole = False
    if not whole or "\0" in unquote(text):
        raise ValueError(f"'{text}' names no store of recipients")
    return text


def _store(where: Path, text: str | None) -> str:
    try:
        return FILES if text is None else parse_store(text)
    except ValueError as error:
        raise ConfigError(f"{where}: store: {error}", hint=STORE_HINT) from error


def _no_home(kind: str) -> NoHome:
    return NoHome(
        "nobody knows the home folder of this user, and things are kept there",
        hint=f"set HOME, or XDG_{kind.upper()}_HOME, to a folder of your own",
    )


def _limit(where: Path, value: Any) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ConfigError(f"{where}: limit: must be a text such as '60%' or a number such as 0.6")
    try:
        return parse_limit(value)
    except ValueError as error:
        raise ConfigError(f"{where}: limit: {error}") from error


def _text(where: Path, data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise ConfigError(f"{where}: {key}: must be a text that is not empty")
    return value


def _texts(where: Path, data: dict[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
        raise ConfigError(f"{where}: {key}: must be a list of USB ids or serial numbers, as texts")
    return tuple(value)
