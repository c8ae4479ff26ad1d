"""The virtual Intiface server: by the schema, by a public client of v4, and with traps of the real one."""

import asyncio
import json

import buttplug
import pytest
from served_twins import ServedTwin

from simulator.twins.intiface import DEVICE, INIT, MESSAGE, PING, VirtualIntiface

HELLO = {
    4: {"ClientName": "test", "ProtocolVersionMajor": 4, "ProtocolVersionMinor": 0},
    3: {"ClientName": "test", "MessageVersion": 3},
}


def asked(server, kind, number=1, **fields):
    """What the server answers to one message: type and fields."""
    answers = json.loads(server.take(json.dumps([{kind: {"Id": number} | fields}]).encode() + b"\n"))
    (answer,) = answers
    return next(iter(answer.items()))


def greeted(version=4, **kwargs):
    server = VirtualIntiface(2, **kwargs)
    assert asked(server, "RequestServerInfo", **HELLO[version])[0] == "ServerInfo"
    return server


def vibrate(value, feature=0, device=0, kind="Vibrate"):
    return {"DeviceIndex": device, "FeatureIndex": feature, "Command": {kind: {"Value": value}}}


def scalars(share, index=0, kind="Vibrate", **more):
    return {"DeviceIndex": 0, "Scalars": [{"Index": index, "Scalar": share, "ActuatorType": kind} | more]}


def test_it_greets_in_either_version_and_only_once():
    kind, fields = asked(VirtualIntiface(ping_ms=7), "RequestServerInfo", number=9, **HELLO[4])
    about = {"Id": 9, "ServerName": "Virtual Intiface", "MaxPingTime": 7}
    assert (kind, fields) == ("ServerInfo", about | {"ProtocolVersionMajor": 4, "ProtocolVersionMinor": 0})
    old = VirtualIntiface()
    assert asked(old, "RequestServerInfo", number=9, **HELLO[3])[1] == about | {
        "MaxPingTime": 0,
        "MessageVersion": 3,
    }
    assert asked(old, "RequestServerInfo", **HELLO[3])[1]["ErrorCode"] == INIT


def test_a_server_of_v3_does_not_know_v4():
    server = VirtualIntiface(versions=(3,))
    assert asked(server, "RequestServerInfo", **HELLO[4])[0] == "Error"
    assert asked(server, "RequestServerInfo", **HELLO[3])[0] == "ServerInfo"


@pytest.mark.parametrize(
    ("version", "kind", "fields", "code"),
    [
        (4, "OutputCmd", vibrate(5) | {"More": 1}, MESSAGE),
        (4, "OutputCmd", {"DeviceIndex": 0, "FeatureIndex": 0}, MESSAGE),
        (4, "OutputCmd", vibrate(5, feature=True), MESSAGE),
        (4, "OutputCmd", vibrate(5, feature=-1), MESSAGE),
        (4, "OutputCmd", vibrate(5, device="0"), MESSAGE),
        (4, "OutputCmd", vibrate(5, kind="Rotate"), DEVICE),
        (4, "OutputCmd", vibrate(21), DEVICE),
        (4, "OutputCmd", vibrate(0.5), DEVICE),
        (4, "OutputCmd", vibrate(5) | {"Command": {"Vibrate": 5}}, DEVICE),
        (4, "OutputCmd", vibrate(5, feature=2), DEVICE),
        (4, "OutputCmd", vibrate(5, device=1), DEVICE),
        (4, "InputCmd", {"DeviceIndex": 0, "FeatureIndex": 0, "Type": "Battery", "Command": "Read"}, DEVICE),
        (4, "ScalarCmd", scalars(0.5), MESSAGE),
        (4, "Disconnect", {}, MESSAGE),
        (4, "Ping", {}, PING),
        (4, "Ping", {"More": 1}, MESSAGE),
        (3, "OutputCmd", vibrate(5), MESSAGE),
        (3, "StopCmd", {}, MESSAGE),
        (3, "ScalarCmd", scalars(1.5), DEVICE),
        (3, "ScalarCmd", scalars(0.5, kind="Rotate"), DEVICE),
        (3, "ScalarCmd", scalars(0.5, More=1), MESSAGE),
        (3, "ScalarCmd", {"DeviceIndex": 0, "Scalars": [1]}, MESSAGE),
    ],
)
def test_what_the_schema_does_not_have_is_refused(version, kind, fields, code):
    server = greeted(version)
    answer, told = asked(server, kind, **fields)
    assert (answer, told["Id"], told["ErrorCode"]) == ("Error", 1, code)
    assert not any(server.levels)


@pytest.mark.parametrize("line", [b"x", b"{}", b"[1]", b"[{}]", b'[{"Ping":{}}]', b'[{"Ping":1}]'])
def test_what_is_no_message_is_an_error_of_nobody(line):
    (answer,) = json.loads(VirtualIntiface().take(line + b"\n")) or [{"Error": {"Id": 0}}]
    assert answer["Error"]["Id"] == 0


def test_numbers_of_messages_begin_at_1():
    assert asked(greeted(), "RequestDeviceList", number=0)[0] == "Error"


def test_a_level_that_is_equal_to_the_last_is_dropped_and_is_ok():
    server = greeted()
    for value in (5, 5, 0, 0, 1, 0):
        assert asked(server, "OutputCmd", **vibrate(value)) == ("Ok", {"Id": 1})
    assert [value for _, _, value in server.written] == [5, 0, 1, 0]


def test_a_write_that_is_lost_cannot_be_repeated():
    server = greeted()
    asked(server, "OutputCmd", **vibrate(20))
    server.lost = 1
    asked(server, "OutputCmd", **vibrate(0))
    asked(server, "OutputCmd", **vibrate(0))
    asked(server, "StopCmd")
    assert server.levels == bytes([255, 0])
    asked(server, "OutputCmd", **vibrate(1))
    asked(server, "OutputCmd", **vibrate(0))
    assert server.levels == bytes(2)


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({}, (0, 0)),
        ({"DeviceIndex": 0, "FeatureIndex": 1}, (20, 0)),
        ({"DeviceIndex": 1}, (20, 20)),
        ({"Outputs": False}, (20, 20)),
    ],
)
def test_a_stop_stops_what_it_names(fields, left):
    server = greeted(devices=("A", "B"))
    for feature in (0, 1):
        asked(server, "OutputCmd", **vibrate(20, feature))
    assert asked(server, "StopCmd", **fields)[0] == "Ok"
    assert server.levels == bytes(level * 255 // 20 for level in left)


@pytest.mark.parametrize("stop", [("StopDeviceCmd", {"DeviceIndex": 0}), ("StopAllDevices", {})])
def test_the_old_version_takes_shares_and_rounds_up(stop):
    server = greeted(3)
    assert asked(server, "ScalarCmd", **scalars(0.21)) == ("Ok", {"Id": 1})
    assert server.levels == bytes([5 * 255 // 20, 0])
    assert asked(server, stop[0], **stop[1]) == ("Ok", {"Id": 1})
    assert server.levels == bytes(2)


def test_a_client_that_leaves_stops_all_and_the_next_begins_anew():
    server = greeted()
    asked(server, "OutputCmd", **vibrate(20))
    server.take(b'[{"Pi')
    server.leave()
    assert server.levels == bytes(2)
    assert asked(server, "RequestDeviceList")[1]["ErrorCode"] == INIT


@pytest.mark.parametrize(("version", "told"), [(4, b'"DeviceList"'), (3, b'"DeviceRemoved"')])
def test_a_device_that_goes_is_told_and_goes_on(version, told):
    server = greeted(version)
    fields = vibrate(20) if version == 4 else scalars(1)
    asked(server, "OutputCmd" if version == 4 else "ScalarCmd", **fields)
    server.unplug(0)
    assert told in server.take(b"")
    server.leave()
    assert server.levels == bytes([255, 0])
    server = VirtualIntiface(1)
    server.unplug(0)
    assert server.take(b"") == b"", "nobody is there to be told"


def test_the_public_client_of_v4_takes_it_for_a_server():
    server = VirtualIntiface(3, ping_ms=200, devices=("Virtual", "Other"))

    async def use(place):
        client = buttplug.ButtplugClient("test")
        added, removed, scanned = [], [], asyncio.Event()
        client.on_device_added = added.append
        client.on_device_removed = removed.append
        client.on_scanning_finished = scanned.set
        await client.connect(place)
        assert (client.server_name, sorted(client.devices)) == ("Virtual Intiface", [0, 1])
        await client.start_scanning()
        await asyncio.wait_for(scanned.wait(), 60)
        device = client.devices[0]
        assert (device.name, device.display_name, len(device.features)) == ("Virtual", None, 3)
        assert device.features[0].step_range(buttplug.OutputType.VIBRATE) == (0, 20)
        await device.run_output(buttplug.DeviceOutputCommand(buttplug.OutputType.VIBRATE, 0.5))
        assert server.levels == bytes([127] * 3)
        await device.features[1].run_output(buttplug.DeviceOutputCommand(buttplug.OutputType.VIBRATE, 20))
        assert server.levels == bytes([127, 255, 127])
        await device.features[1].stop()
        await device.stop()
        assert server.levels == bytes(3)
        with pytest.raises(buttplug.ButtplugDeviceError):
            await device.run_output(buttplug.DeviceOutputCommand(buttplug.OutputType.ROTATE, 0.5))
        server.unplug(1)
        while not removed:
            await asyncio.sleep(0.001)
        assert [each.name for each in added + removed] == ["Virtual", "Other", "Other"]
        await device.run_output(buttplug.DeviceOutputCommand(buttplug.OutputType.VIBRATE, 1.0))
        await client.disconnect()

    with ServedTwin(server, "ws") as served:
        asyncio.run(use(served.port))
        assert served.comes_off()
