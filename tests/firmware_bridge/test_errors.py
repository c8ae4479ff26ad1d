"""The error tree: one root, a hint for the person, and the builtin that a caller would expect."""

import inspect

import pytest

from firmware_bridge import errors
from firmware_bridge.errors import BridgeError, DeviceDescriptionError, InterlockTrip, LinkError, LinkTimeout
from profiles.errors import Remedy

CLASSES = [
    c
    for _, c in inspect.getmembers(errors, inspect.isclass)
    if c.__module__ == errors.__name__ and not issubclass(c, Remedy)
]


def tree() -> dict[str, str | None]:
    """Class and parent as the module's docstring draws them."""
    parents: dict[str, str | None] = {}
    above: dict[int, str] = {}
    names = {c.__name__ for c in CLASSES}
    for line in (errors.__doc__ or "").splitlines():
        words = line.translate(str.maketrans("├└│─", "    "))
        name = (words.split() or [""])[0]
        if name in names:
            column = words.index(name)
            above = {at: who for at, who in above.items() if at < column}
            parents[name] = above[max(above)] if above else None
            above[column] = name
    return parents


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    drawn = tree()
    assert set(drawn) == {c.__name__ for c in CLASSES}
    for cls in CLASSES:
        parent = drawn[cls.__name__]
        assert parent is None or cls.__mro__[1].__name__ == parent


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_is_a_bridge_error_with_message_and_hint(cls: type[BridgeError]) -> None:
    error = cls("it broke", hint="mend it")
    assert isinstance(error, BridgeError)
    assert str(error) == "it broke"
    assert error.hint == "mend it"
    assert cls("it broke").hint is None


def test_errors_are_the_builtin_kind_too() -> None:
    assert issubclass(LinkError, OSError)
    assert issubclass(LinkTimeout, TimeoutError)
    for cls in (DeviceDescriptionError, errors.RecordingError):
        assert issubclass(cls, ValueError)


def test_a_trip_names_its_rule() -> None:
    trip = InterlockTrip("too long", rule=55)
    assert str(trip) == "too long (rule 55)"
    assert (trip.reason, trip.rule) == ("too long", 55)


def test_a_description_error_names_file_and_place() -> None:
    error = DeviceDescriptionError("is bad", path="a.toml", place="actuator[1].id")
    assert str(error) == "a.toml: actuator[1].id: is bad"
    assert str(DeviceDescriptionError("is bad", place="name")) == "name: is bad"
