"""What each zone of a recipient received today, against what holds for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kneadwave.people.history import History, same_day
from kneadwave.people.recipient import Recipient


@dataclass(frozen=True)
class ZoneToday:
    """One zone that a device worked on today: seconds and felt levels, 0 to 1."""

    zone: str
    active_s: float
    peak: float
    ceiling: float
    """The highest level for this recipient there, as it stands on record now."""
    dwell_s: float
    """The longest stay at one place."""


def zones_today(recipient: Recipient, history: History, now: datetime) -> Iterator[ZoneToday]:
    """Every zone that was worked on today, from head to foot as the body map has them."""
    today = [sitting.zones for sitting in history.sittings if same_day(sitting.at, now)]
    for zone in recipient.body.zones:
        doses = [zones[zone.id] for zones in today if zone.id in zones]
        if doses:
            yield ZoneToday(
                zone.id,
                sum(dose.active_s for dose in doses),
                max(dose.peak for dose in doses),
                zone.ceiling,
                max(dose.dwell_s for dose in doses),
            )
