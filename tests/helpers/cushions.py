"""What several tests of the virtual cushion ask of it."""

from firmware_bridge.wire.messages import DeviceState


def ceiling(host, actuator):
    return host.cushion.table[host.index[actuator]].ceiling


def armed_or_playing(host, playing):
    if playing:
        host.playing({"upper-r": 90}, ms=400, rates={"upper-r": 50})
    else:
        host.ready()
    return host


def assert_tripped_at_once(host, reason):
    now = host.now
    assert host.state is DeviceState.TRIPPED
    assert host.cushion.reason is reason
    host.wait(50)
    assert host.trace.last_moving() <= now
    assert host.status.state == DeviceState.TRIPPED
    assert host.status.reason == reason
    assert host.status.output_sum == 0
    assert [fields["reason"] for _, fields in host.trace.named("trip")] == [
        reason.name.lower().replace("_", " ")
    ]
