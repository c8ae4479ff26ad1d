"""Whether a pseudo-terminal is somebody's terminal: a device behind one is nobody's.

The name of a pseudo-terminal is used again once it is closed. A link that a virtual device left when it was
killed may so lead to the terminal of a person, or of another program. As far as Linux tells; other systems
tell nothing. Imports nothing but `os`, as `knead stop` uses it before anything else.
"""

import os

PLACE = "/dev/pts/"


def terminal_of(path: str, proc: str = "/proc") -> int:
    """The number of a process whose terminal lies at `path`; 0 where there is none, or nobody can tell."""
    try:
        if not os.path.realpath(path).startswith(PLACE):
            return 0
        wanted = os.stat(path).st_rdev
        names = os.listdir(proc)
    except (OSError, ValueError):
        return 0
    return next((int(name) for name in names if name.isdigit() and _terminal(f"{proc}/{name}") == wanted), 0)


def _terminal(process: str) -> int:
    """The device number of a process's terminal, -1 where it has none: field 7 of /proc/PID/stat."""
    try:
        with open(f"{process}/stat", "rb") as file:
            number = int(file.read().rpartition(b")")[2].split()[4])
    except (OSError, ValueError, IndexError):  # it has ended, or this is another system
        return -1
    return os.makedev(number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00) if number else -1
