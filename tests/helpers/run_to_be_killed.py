"""A run in a process of its own: `python run_to_be_killed.py NAME SECONDS...` admits, begins, and goes on.

Says "holding" once it is admitted and all SECONDS are noted, then waits for the end of its standard input and
leaves without an end.
"""

import sys
from datetime import timedelta

from firmware_bridge.clock import local_now
from kneadwave.people.gate import admit
from profiles.profile import load_profile


def main() -> None:
    name, seconds = sys.argv[1], [float(word) for word in sys.argv[2:]]
    profile, now = load_profile("relaxing-back"), local_now()
    with admit(name, profile, now, confirmed=None) as sitting:
        sitting.begin(profile, "/dev/nowhere", profile.duration_s, now)
        for each in seconds:
            sitting.going(
                each, {"lumbar-left": {"peak": 0.4, "active_s": each}}, now + timedelta(seconds=each)
            )
        sys.stdout.write("holding\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
