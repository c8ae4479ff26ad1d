"""The first thing that `knead stop` does, before anything that takes its time is imported.

Sessions of this user are asked to stop; the port that was named is sent the zeros that are a stop on the wire
(docs/wire.md). What comes of it is for `stop` to see to and to tell. Where sessions are found lies here, too:
in one place for each user of this computer, whatever the environment says.

    port-PORT.json     a session: its process, when that started, its ports, its profile
    port-PORT.stop     somebody asks it to stop
    port-PORT.stopped  its answer
    port-PORT.bell     a named pipe that wakes it; without one it sees the request a little later
"""

import os
import stat
import sys

# Nothing else is imported up here: each module takes milliseconds, and somebody waits.
PLACE = "KNEAD_SESSIONS"
"""A folder for the folders of all users in place of the fixed one; for tests, which run side by side."""
NAME_MAX = 200
"""Letters in the name of a file; most systems take 255 bytes, suffixes included."""
ZEROS = bytes(12)
"""Four are a stop; a line that loses some still lets four through."""

asked: list[tuple[str, bytes]] = []
"""The sessions that were asked to stop: their files without a suffix, and what the .json said."""
left_open: list[int] = []
"""Ports that were written to: to close one may reset a board, so it stays open until this process ends."""


def places() -> str:
    """The folder in which every user has one for sessions; not TMPDIR nor XDG_RUNTIME_DIR, which change."""
    if os.name == "nt":
        return os.environ.get(PLACE) or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    return os.environ.get(PLACE) or "/tmp"


def folder() -> str:
    """This user's folder, whether it is there or not.

    Where something of somebody else's lies there, one in the user's home: that of the system's list of users,
    as HOME may change.
    """
    if os.name == "nt":
        return os.path.join(places(), "kneadwave-sessions")
    user = os.geteuid()
    usual = os.path.join(places(), f"kneadwave-{user}")
    if not os.path.lexists(usual) or belongs(usual, user):
        return usual
    import pwd

    try:
        home = os.environ.get(PLACE) or pwd.getpwuid(user).pw_dir
    except KeyError:
        return usual
    return os.path.join(home, f".kneadwave-{user}")


def listed(place: str, begins: str = "", ends: str = "") -> list[str]:
    """The paths in a folder whose names begin and end so, in order; none where it cannot be read.

    Read at once: of a listing that goes on step by step, a signal in between would leave an open one behind.
    """
    try:
        names = os.listdir(place)
    except OSError:
        return []
    return [
        os.path.join(place, each) for each in sorted(names) if each.startswith(begins) and each.endswith(ends)
    ]


def belongs(path: str, user: int) -> bool:
    """Whether `path` is a folder that `user` alone may write in."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    if os.name == "nt":
        return stat.S_ISDIR(found.st_mode)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o022


def file_name(port: str) -> str:
    """The file of a port without a suffix: no name that a system reserves (COM3, NUL), nor one too long."""
    name = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_") else f"%{ord(letter):02X}"
        for letter in port
    )
    if len(name) > NAME_MAX:
        from hashlib import sha256

        name = f"{name[:NAME_MAX]}-{sha256(port.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return f"port-{name}"


def ask(files: str) -> None:
    """Leave a request to stop beside the .json of a session; OSError where that cannot be done.

    Never through a link, whoever laid it there.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        os.close(os.open(f"{files}.stop", flags, 0o644))
    except FileExistsError:
        return
    ring(f"{files}.bell")


def ring(place: str) -> None:
    """Wake the session whose bell hangs at `place`; nothing happens where there is none, or nobody hears."""
    flags = os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        bell = os.open(place, flags)
    except OSError:
        return
    try:
        if stat.S_ISFIFO(os.fstat(bell).st_mode):
            os.write(bell, b"\0")
    except OSError:  # it rings already
        pass
    finally:
        os.close(bell)


def stop_at_once(named: str | None) -> None:
    """Ask every session of this user, or stop the device that is `named` alone. Never raises.

    What needs more than a look, such as a serial number, is left to `stop`, which comes to all of it.
    """
    try:
        if named is None and not _ask_all():
            named = os.environ.get("KNEAD_DEVICE") or None
        if named is not None and "://" not in named:
            path = os.path.realpath(named)
            if not _ask(os.path.join(folder(), file_name(path))):
                _send_zeros(path)
    except Exception:  # whatever it is: `stop` tells
        return


def _ask_all() -> bool:
    """Ask every session of this user; whether there is any."""
    running = [_ask(path[:-5]) for path in listed(folder(), ends=".json")]
    return any(running)


def _ask(files: str) -> bool:
    """Ask the session of these files; whether there is one that can be asked."""
    own = os.path.dirname(files)
    if os.name == "posix" and not belongs(own, os.geteuid()):
        return False
    try:
        with open(f"{files}.json", "rb") as file:
            about = file.read(1 << 16)
        ask(files)
    except OSError:
        return False
    asked.append((files, about))
    return True


def _send_zeros(path: str) -> None:
    """Write ZEROS to the serial port at `path`, unless it is none or another program holds it."""
    if sys.platform == "win32" or not stat.S_ISCHR(os.stat(path).st_mode):
        return
    import fcntl
    import termios

    if path.startswith("/dev/pts/"):
        from firmware_bridge.wire.terminal import terminal_of

        if terminal_of(path):
            return
    port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
        line = termios.tcgetattr(port)
        line[0], line[1], line[3] = 0, 0, 0
        line[2] = termios.CS8 | termios.CREAD | termios.CLOCAL
        line[4] = line[5] = termios.B115200
        termios.tcsetattr(port, termios.TCSANOW, line)
        os.write(port, ZEROS)
        fcntl.flock(port, fcntl.LOCK_UN)
    except (OSError, termios.error):  # the second: no terminal, so no port
        os.close(port)
        return
    left_open.append(port)
