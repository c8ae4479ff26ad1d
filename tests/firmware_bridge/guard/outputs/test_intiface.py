"""The words for Intiface, held against a virtual server and against what a hostile one could say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.errors import LinkLost
from firmware_bridge.guard.outputs import buttplug
from firmware_bridge.guard.outputs.intiface import OFF_SAID, PING_MIN_MS, STEPS_MIN, Intiface
from firmware_bridge.guard.outputs.output import OutputRefused
from simulator.twins.intiface import VirtualIntiface

MOTORS = 4
STEPS = 20
VERSIONS = pytest.mark.parametrize("version", buttplug.VERSIONS)
DRIVES = st.binary(min_size=MOTORS, max_size=MOTORS)


def met(server, version=4, wanted="", channels=MOTORS):
    """The dialect after its greeting, and after it has heard which devices there are."""
    dialect = Intiface(version, wanted, channels)
    dialect.take(server.take(dialect.greeting()))
    assert dialect.greeted
    assert not dialect.answered()
    dialect.take(server.take(dialect.questions()))
    return dialect


def driven(server, version=4, **kwargs):
    dialect = met(server, version, **kwargs)
    assert dialect.answered()
    return dialect


def said(line):
    return [next(iter(message.items())) for message in json.loads(line)]


def values(line):
    """What is said to each motor, in v4."""
    return [fields["Command"]["Vibrate"]["Value"] for kind, fields in said(line) if kind == "OutputCmd"]


@VERSIONS
@given(before=DRIVES, drives=DRIVES)
def test_a_device_does_what_it_is_told_and_never_more(version, before, drives):
    server = VirtualIntiface(MOTORS, steps=STEPS)
    dialect = driven(server, version)
    for each in (before, drives):
        assert b"Error" not in server.take(dialect.levels(each))
    assert server.levels == bytes(drive * STEPS // 255 * 255 // STEPS for drive in drives)
    assert all(level <= drive for level, drive in zip(server.levels, drives, strict=True))


@VERSIONS
@given(updates=st.lists(DRIVES, max_size=8))
def test_no_motor_is_ever_told_more_than_it_was_asked_for_before(version, updates):
    server = VirtualIntiface(MOTORS, steps=STEPS)
    dialect, most = driven(server, version), [0] * MOTORS
    for said in (*(dialect.levels(drives) for drives in updates), *dialect.zeros()):
        server.take(said)
    for drives in updates:
        most = [max(old, drive * STEPS // 255) for old, drive in zip(most, drives, strict=True)]
    assert all(value <= most[motor] for _, motor, value in server.written)
    assert not any(server.levels)


@VERSIONS
@given(drives=DRIVES, lost=st.integers(0, MOTORS))
def test_what_is_off_comes_about_although_one_write_of_each_motor_is_lost(version, drives, lost):
    for zeros in (Intiface.zeros, lambda dialect: [dialect.levels(bytes(MOTORS)) for _ in range(OFF_SAID)]):
        server = VirtualIntiface(MOTORS, steps=STEPS)
        dialect = driven(server, version)
        server.take(dialect.levels(drives))
        server.lost = lost
        for said in zeros(dialect):
            server.take(said)
        assert not any(server.levels)


def test_what_turns_off_is_told_0_then_1_and_0_and_then_0_for_good():
    dialect = driven(VirtualIntiface(2), channels=2)
    updates = [b"\xff\x00", b"\x00\x00", b"\x00\x00", b"\x00\x00", b"\x00\x00"]
    assert [values(dialect.levels(drives)) for drives in updates] == [[20, 0], [0, 0], [1, 0], [0, 0], [0, 0]]
    assert [values(each) for each in dialect.zeros()] == [[0, 0], [0, 0]]


def test_zeros_tell_only_those_a_1_that_may_move():
    dialect = driven(VirtualIntiface(3), channels=3)
    assert [values(each) for each in dialect.zeros()] == [[0, 0, 0]] * 2
    dialect.levels(b"\x00\x80\x00")
    off, ones, again = dialect.zeros()
    assert (values(off), values(ones), values(again)) == ([0, 0, 0], [1], [0, 0, 0])
    assert said(off)[-1][0] == "StopCmd", "and whatever else it does"


def test_without_channels_all_are_told_that_may_be_meant():
    server = VirtualIntiface(2, devices=("A", "B"))
    mover = driven(server, wanted="B", channels=2)
    server.take(mover.levels(b"\xff\xff"))
    assert server.written[-1] == (1, 1, 20)
    server.leave()
    rescue = driven(server, channels=0)
    server.written.clear()
    for each in rescue.zeros():
        server.take(each)
    assert server.written == [(d, m, v) for v in (1, 0) for d in (0, 1) for m in (0, 1)]


def test_how_many_motors_a_device_has_is_known_once_it_is_listed():
    assert Intiface(4).motors_meant == ()
    assert driven(VirtualIntiface(MOTORS, steps=STEPS)).motors_meant == (MOTORS,)


def test_a_server_that_wants_pings_gets_one_with_each_update():
    server = VirtualIntiface(1, ping_ms=PING_MIN_MS)
    dialect = driven(server, channels=1)
    assert [kind for kind, _ in said(dialect.levels(b"\x10"))] == ["OutputCmd", "Ping"]
    assert b"Error" not in server.take(dialect.levels(b"\x10"))
    other = driven(VirtualIntiface(1), channels=1)
    assert [kind for kind, _ in said(other.levels(b"\x10"))] == ["OutputCmd"], (
        "one that wants none refuses it"
    )


@pytest.mark.parametrize("ping_ms", [1, PING_MIN_MS - 1])
def test_a_server_that_is_too_impatient_is_refused(ping_ms):
    with pytest.raises(OutputRefused, match="ping"):
        met(VirtualIntiface(MOTORS, ping_ms=ping_ms)).answered()


@pytest.mark.parametrize("wanted", ["1", "Edge", "edge"])
def test_a_device_is_meant_by_its_number_or_its_name(wanted):
    server = VirtualIntiface(MOTORS, devices=("Hush", "Edge"))
    server.take(driven(server, wanted=wanted).levels(b"\xff" * MOTORS))
    assert {device for device, _, _ in server.written} == {1}


@pytest.mark.parametrize(
    ("server", "wanted", "why"),
    [
        (VirtualIntiface(MOTORS, devices=("A", "B")), "", r"which one is meant\?.* 0 \(A\), 1 \(B\)"),
        (VirtualIntiface(MOTORS, devices=("A", "A")), "a", "which one is meant"),
        (VirtualIntiface(MOTORS), "Hush", r"no device Hush that vibrates.* it has 0 \(Virtual\)"),
        (VirtualIntiface(MOTORS, devices=()), "", "it has none"),
        (VirtualIntiface(0), "", "that vibrates"),
        (VirtualIntiface(MOTORS - 1), "", "has 3 that vibrate; 4 are described"),
        (VirtualIntiface(MOTORS, steps=STEPS_MIN - 1), "", "9 levels only"),
    ],
)
def test_what_is_not_clear_or_cannot_be_driven_is_refused(server, wanted, why):
    with pytest.raises(OutputRefused, match=why):
        met(server, wanted=wanted).answered()


@VERSIONS
def test_a_device_that_leaves_is_a_lost_link_and_cannot_be_told_to_be_off(version):
    server = VirtualIntiface(MOTORS, devices=("A", "B"))
    dialect = driven(server, version, wanted="A")
    server.unplug(1)
    dialect.take(server.take(b""))
    server.unplug(0)
    with pytest.raises(LinkLost, match=r"0 \(A\) has left") as left:
        dialect.take(server.take(b""))
    assert left.value.hint
    with pytest.raises(LinkLost, match="nobody can tell it"):
        dialect.zeros()


def test_before_a_device_is_known_nobody_can_be_told_anything():
    with pytest.raises(LinkLost):
        Intiface(4).zeros()
    assert said(Intiface(4).levels(b"\xff")) == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ([{"Error": {"Id": 1, "ErrorMessage": "no\n\x1b[31msuch", "ErrorCode": 4}}], "says: no  .31msuch"),
        ([{"ServerInfo": {"Id": 1, "MessageVersion": 2, "MaxPingTime": 0}}], "speaks version 2"),
        ([{"ServerInfo": {"Id": 1, "ProtocolVersionMajor": 4}}], "greets as no such"),
        ([{"DeviceList": {"Id": 1}}], "lists devices as no such"),
        ([{"DeviceList": {"Id": 1, "Devices": {"0": []}}}], "lists devices as no such"),
        ([{"DeviceList": {"Id": 1, "Devices": {"0": {"DeviceIndex": True}}}}], "lists devices"),
        ({}, "no such server says"),
        ([[]], "no such server says"),
        ([{"Ok": 1}], "no such server says"),
    ],
)
def test_what_no_such_server_says_is_a_lost_link(answer, why):
    with pytest.raises(LinkLost, match=why):
        Intiface(4).take(json.dumps(answer).encode() + b"\n")


@pytest.mark.parametrize("value", [[1, 20], [-1, 0], [0], [0, 1 << 17], ["0", 20], None, [0.0, 20]])
def test_a_range_without_a_zero_or_of_nonsense_is_no_motor(value):
    feature = {"FeatureIndex": 0, "FeatureDescription": "", "Output": {"Vibrate": {"Value": value}}}
    device = {"DeviceIndex": 0, "DeviceName": "A", "DeviceFeatures": {"0": feature}}
    with pytest.raises(LinkLost):
        buttplug.devices_of({"Devices": {"0": device}}, 4)


def test_what_does_not_vibrate_is_no_motor():
    features = {"0": {"FeatureIndex": 0}, "1": {"FeatureIndex": 1, "Output": {"Rotate": {"Value": [-9, 9]}}}}
    device = {"DeviceIndex": 0, "DeviceName": "A", "DeviceFeatures": features}
    assert buttplug.devices_of({"Devices": {"0": device}}, 4)[0].motors == ()
    scalars = [{"StepCount": 20, "ActuatorType": "Rotate"}, {"StepCount": 10, "ActuatorType": "Vibrate"}]
    device = {"DeviceIndex": 0, "DeviceDisplayName": "A", "DeviceMessages": {"ScalarCmd": scalars}}
    assert buttplug.devices_of({"Devices": [device]}, 3)[0].motors == (buttplug.Motor(0, 1, 10),)


def test_numbers_of_messages_begin_anew_before_they_end():
    line, last = buttplug.packed([("Ping", {})] * 2, (1 << 32) - 2)
    assert [fields["Id"] for _, fields in said(line)] == [(1 << 32) - 1, 1] == [(1 << 32) - 1, last]


def test_an_answer_without_an_end_is_not_kept():
    dialect = Intiface(4)
    dialect.take(b"[" * (1 << 17))
    with pytest.raises(LinkLost, match="without an end"):
        dialect.take(b"[")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Id", "Devices", "0", "DeviceIndex", "DeviceName", "DeviceFeatures", "DeviceMessages"]
            )
            | st.sampled_from(["FeatureIndex", "Output", "Vibrate", "Value", "ScalarCmd", "StepCount"])
            | st.sampled_from(["ProtocolVersionMajor", "MaxPingTime", "ErrorMessage"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(["ServerInfo", "DeviceList", "DeviceRemoved", "Error", "Ok", "Unheard"])
LINES = st.lists(st.dictionaries(KINDS, JSON, max_size=2), max_size=2).map(
    lambda said: json.dumps(said).encode()
)


@VERSIONS
@given(lines=st.lists(LINES | st.binary(max_size=40) | st.just(b"[" * 3000), max_size=5))
def test_a_hostile_server_loses_the_link_and_no_more(version, lines):
    server = VirtualIntiface(MOTORS)
    dialect = driven(server, version)
    for line in lines:
        try:
            dialect.take(line + b"\n")
            dialect.answered()
        except (LinkLost, OutputRefused):
            pass
        dialect.levels(b"\x10" * MOTORS)
