"""No two lines of the list before a run contradict each other, nor how the person is told to lie or sit."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations

import pytest
from people import make_recipient, screened
from runs import NOW, refused

from firmware_bridge.devices.join import mountings_of
from firmware_bridge.devices.load import load_device, shipped_devices
from kneadwave.people.gate import Confirmation, admit, unconfirmed
from kneadwave.people.screening import Ready, confirmed_fields, holds, ready_list
from profiles.posture import SAID, goes_with, taken
from profiles.profile import load_profile, shipped_profiles
from profiles.technique import Mounting

WORDS = {"prone": ("face down",), "supine": ("face up", "on the back"), "side": ("on one side",)}
"""How a line speaks of a posture."""
DEVICES = [mountings_of(load_device(name)) for name in shipped_devices()]
WAYS = [None, *sorted({tuple(each) for each in DEVICES}), (Mounting.ON,)]
"""How something lies: nothing (hands do it all), and as each device that ships."""


def asked(name: str, mountings: Sequence[Mounting] | None) -> tuple[Ready, ...]:
    postures = taken(load_profile(name), mountings or ())
    return ready_list(powered=mountings is not None, postures=postures)


@pytest.mark.parametrize("mountings", WAYS, ids=str)
@pytest.mark.parametrize("name", shipped_profiles())
def test_no_line_supposes_what_another_one_or_the_posture_excludes(
    name: str, mountings: Sequence[Mounting] | None
) -> None:
    postures = taken(load_profile(name), mountings or ())
    items = asked(name, mountings)
    for item in items:
        assert not item.postures or postures & set(item.postures), item.say
    for one, other in combinations([item for item in items if item.postures], 2):
        assert set(one.postures) & set(other.postures), f"{one.say} {other.say}"


def test_every_line_that_speaks_of_a_posture_says_so_in_data() -> None:
    for item in ready_list():
        spoken = {posture for posture, words in WORDS.items() if any(word in item.say for word in words)}
        assert spoken <= set(item.postures), item.say
        assert set(item.postures) <= {*SAID}


@pytest.mark.parametrize(
    ("name", "mountings", "towel"),
    [
        ("relaxing-back", (Mounting.UNDER,), False),
        ("relaxing-back", (Mounting.ON,), True),
        ("relaxing-back", None, True),
        ("relaxing-back", (), True),
        ("shoulder-relief", (Mounting.BEHIND,), False),
        ("shoulder-relief", (Mounting.ON,), True),
        ("pregnancy", (Mounting.UNDER,), False),
        ("abdomen", None, False),
        ("general", (Mounting.UNDER,), True),
    ],
)
def test_a_towel_is_asked_for_where_somebody_may_lie_face_down(
    name: str, mountings: Sequence[Mounting] | None, towel: bool
) -> None:
    assert ("towel" in {item.id for item in asked(name, mountings)}) is towel


@pytest.mark.parametrize("mountings", WAYS, ids=str)
def test_a_posture_of_the_profile_counts_where_devices_allow_it(
    mountings: Sequence[Mounting] | None,
) -> None:
    for name in shipped_profiles():
        profile = load_profile(name)
        if profile.posture != "any" and not profile.locked_for and goes_with(profile, mountings or ()):
            assert profile.posture in taken(profile, mountings or ()) or profile.guided_only


def test_what_was_confirmed_for_another_posture_is_asked_anew() -> None:
    make_recipient()
    screened(now=NOW, ready=False)
    profile = load_profile("relaxing-back")
    first = unconfirmed(None, profile, NOW, mountings=(Mounting.UNDER,))
    said = Confirmation(frozenset(item.id for item in first), NOW)
    with admit(None, profile, NOW, confirmed=said, mountings=(Mounting.UNDER,)):
        pass
    assert unconfirmed(None, profile, NOW, mountings=(Mounting.UNDER,)) == ()
    later = NOW + timedelta(minutes=1)
    assert "towel" in {item.id for item in unconfirmed(None, profile, later, mountings=(Mounting.ON,))}
    assert "list before a run" in str(refused(profile, later))
    with admit(None, profile, later, confirmed=None, mountings=(Mounting.BEHIND,)):
        pass


def test_a_line_of_a_ledger_says_what_was_not_asked() -> None:
    every, hands = ready_list(), ready_list(powered=False)
    short = tuple(item for item in every if item.id != "towel")
    assert confirmed_fields(every) == {}
    assert confirmed_fields(hands) == {"by_hand": True}
    assert confirmed_fields(short) == {"lacks": ["towel"]}
    assert holds({}, every)
    assert not holds({"by_hand": True}, every)
    assert holds({"by_hand": True}, hands)
    assert not holds({"lacks": ["towel"]}, hands)
    assert holds({"lacks": ["towel"]}, short)
