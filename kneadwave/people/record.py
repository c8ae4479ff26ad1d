"""The old place of `record`, until every test imports it from `screening`."""

from kneadwave.people.screening import Recorded, record

__all__ = ["Recorded", "record"]
