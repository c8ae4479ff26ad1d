"""An eye on every millisecond that a device puts out, which judges it by the device's own table."""

import numpy as np

from firmware_bridge.wire.messages import Kind

KNEADING_MAX_CPM = 60
DWELL_MS, REST_MS = 10_000, 2_000


class Eye:
    """Watches a cushion: its drives and rates a millisecond, and what happened to it."""

    def __init__(self):
        self.drive_parts, self.rate_parts, self.events = [], [], []

    def output(self, output):
        self.drive_parts.append(np.array(output.drive))
        self.rate_parts.append(np.array(output.rate))

    def accepted(self, due_ms, drives):
        pass

    def event(self, at_ms, event, **fields):
        self.events.append((at_ms, event, fields))

    def named(self, event):
        return [(at, fields) for at, name, fields in self.events if name == event]

    def assert_limits(self, cushion, *, budget=True, cuts=False):
        """Every limit on every millisecond; `cuts`: a drop may be sudden where power was cut."""
        table = cushion.table
        drive = np.vstack(self.drive_parts).astype(np.int16)
        rate = np.vstack(self.rate_parts)
        excluded = np.array([bool(info.excluded) for info in table])
        assert not drive[:, excluded].any()
        assert (drive.max(axis=0) <= [info.ceiling for info in table]).all()
        caps = [min(i.rate_max, KNEADING_MAX_CPM) if i.kind == Kind.KNEADING else i.rate_max for i in table]
        assert (rate.max(axis=0) <= caps).all()
        assert not rate[drive == 0].any()
        assert ((rate >= [info.rate_min for info in table]) | (drive == 0)).all()
        if budget:
            assert drive.sum(axis=1).max() <= cushion.identity.power_budget
        attack = np.array([info.attack for info in table])
        release = np.array([info.release for info in table])
        # A drive is told rounded down, and a millisecond's slew is rounded up to 1/256 of a drive unit.
        for span in (1, 20, 250):
            change = drive[span:] - drive[:-span]
            room = span / 1000 + span / 256 / attack
            assert (change <= np.ceil(attack * room) + 1).all()
            if not cuts:
                room = span / 1000 + span / 256 / release
                assert (-change <= np.ceil(release * room) + 1).all()
        for column in np.flatnonzero(drive.any(axis=0)):
            assert longest_work(drive[:, column] > 0) <= DWELL_MS, table[column].id


def longest_work(on):
    """Most milliseconds from the first work to the last without an unbroken rest of two seconds between."""
    edges = np.flatnonzero(np.diff(on, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    most = began = 0
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if not k or start - ends[k - 1] >= REST_MS:
            began = start
        most = max(most, end - began)
    return most
