"""What a house or a clinic counts, in the text form of Prometheus."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kneadwave.dashboard.live_session import LiveSession

BUCKETS_S: Final = (0.1, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0)
"""Upper ends of the classes of how long a stop took, seconds; the ramp alone takes 0.25."""


@dataclass
class Tally:
    """Counts since the server began."""

    started: int = 0
    seconds: float = 0.0
    trips: int = 0
    links_lost: int = 0
    stops: int = 0
    not_confirmed: int = 0
    stop_s: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    stop_sum_s: float = 0.0

    def ended(self, session: "LiveSession") -> None:
        """Count a session that is over."""
        now = session.snapshot
        self.seconds += now.progress.get("took", 0.0)
        self.trips += now.summary.get("trips", 0)
        self.links_lost += any(note["event"] == "lost" for note in now.notes)
        if session.stop_asked_at is None:
            return
        self.stops += 1
        self.not_confirmed += now.stop == "not confirmed"
        if session.stop_took_s is not None:
            self.stop_sum_s += session.stop_took_s
            place = sum(session.stop_took_s > bucket for bucket in BUCKETS_S)
            self.stop_s[place] += 1

    def text(self, *, playing: int, watchers: int) -> str:
        """Everything counted, as Prometheus reads it (text format 0.0.4)."""
        rows = [
            ("kneadwave_sessions_playing", "gauge", "Sessions that play now.", playing),
            ("kneadwave_pages", "gauge", "Pages that are open.", watchers),
            ("kneadwave_sessions_total", "counter", "Sessions begun.", self.started),
            ("kneadwave_session_seconds_total", "counter", "Seconds of sessions.", round(self.seconds, 3)),
            ("kneadwave_trips_total", "counter", "Trips of an interlock.", self.trips),
            ("kneadwave_links_lost_total", "counter", "Sessions that lost their device.", self.links_lost),
            ("kneadwave_stops_total", "counter", "Sessions stopped from the page.", self.stops),
            (
                "kneadwave_stops_not_confirmed_total",
                "counter",
                "Stops that no device confirmed.",
                self.not_confirmed,
            ),
        ]
        lines = []
        for name, kind, about, value in rows:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind}", f"{name} {value}"]
        return "\n".join([*lines, *self._latency()]) + "\n"

    def _latency(self) -> list[str]:
        name = "kneadwave_stop_seconds"
        lines = [f"# HELP {name} From a stop to rest, as the device says.", f"# TYPE {name} histogram"]
        total = 0
        for end, number in zip((*map(str, BUCKETS_S), "+Inf"), self.stop_s, strict=True):
            total += number
            lines.append(f'{name}_bucket{{le="{end}"}} {total}')
        return [*lines, f"{name}_sum {round(self.stop_sum_s, 4)}", f"{name}_count {total}"]
