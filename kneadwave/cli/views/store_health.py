"""What `knead doctor` says of the store of people."""

from collections.abc import Iterator

from kneadwave.cli.exits import worded
from kneadwave.cli.views.native_parts import HealthCheck
from kneadwave.config import load_config
from kneadwave.errors import ConfigError, KneadError


def store() -> Iterator[HealthCheck]:
    """Where people are kept, and whether it can be used; the config file has a line of its own."""
    from kneadwave.store.health import standing

    try:
        url = load_config().store
    except ConfigError:
        return
    try:
        yield HealthCheck("ok", "store", standing(url))
    except KneadError as error:
        yield HealthCheck("fail", "store", str(error), worded(error.hint or "name another store"))
