"""`knead doctor`: one line for each thing that has to be in place, with a remedy where it is not."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kneadwave.cli.exits import worded
from kneadwave.cli.installed_by import how_to_add
from kneadwave.cli.terminal.output import Output, is_terminal, may_style
from kneadwave.cli.views.native_parts import HealthCheck, kernel, shaping, veto
from kneadwave.cli.views.store_health import store
from kneadwave.config import Config, config_path, load_config
from kneadwave.devices import VARIABLE
from kneadwave.errors import ConfigError, KneadError, OutputPackageError
from kneadwave.text import clean

PACKAGES = ("kneadwave", "numpy", "pydantic", "pyserial", "typer", "rich", "tomlkit", "cobs", "platformdirs")
OPTIONAL: Final = (
    ("plots", "matplotlib", "plots", "--plot"),
    ("editor", "textual", "edit", "knead tune edit"),
    ("network", "websockets", "network", "intiface: and ws://"),
    ("sound", "sounddevice", "audio", "audio:"),
)
"""What a line is about, the package, the extra that brings it, and what it is for."""


class Broken(KneadError):
    """Something that every command needs is not in place."""


def report(out: Output) -> None:
    """Tell of every probe, and last what is amiss; Broken if one failed."""
    failed: list[HealthCheck] = []
    doubted: list[str] = []
    for probe in probes():
        out.event("check", status=probe.status, what=probe.what, found=probe.found, remedy=probe.remedy)
        remedy = f"  -> {probe.remedy}" if probe.remedy else ""
        out.say(f"{probe.status:<4}  {probe.what:<12} {clean(probe.found + remedy)}")
        if probe.status == "fail":
            failed.append(probe)
        elif probe.status == "warn":
            doubted.append(probe.what)
    if failed:
        first = failed[0]
        raise Broken(
            f"not in place: {', '.join(dict.fromkeys(each.what for each in failed))}",
            hint=f"{first.what}: {first.remedy or first.found}",
        )
    look = f"; worth a look: {', '.join(dict.fromkeys(doubted))}" if doubted else ""
    out.say(f"Everything that Kneadwave needs is in place{look}.")


def probes() -> Iterator[HealthCheck]:
    """All of them, in order; none raises, opens a port or writes anything."""
    for name, probe in PROBES:
        try:
            yield from probe()
        except Exception as error:
            yield HealthCheck("fail", name, f"{type(error).__name__}: {error}", "please report it")


def _python() -> Iterator[HealthCheck]:
    enough = sys.version_info >= (3, 11)
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield HealthCheck(
        "ok" if enough else "fail", "python", found, "" if enough else "use Python 3.11 or newer"
    )


def _packages() -> Iterator[HealthCheck]:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield HealthCheck("ok", "packages", ", ".join(found))
    if missing:
        yield HealthCheck("fail", "packages", f"missing: {', '.join(missing)}", "pip install kneadwave")


def _optional() -> Iterator[HealthCheck]:
    for what, package, extra, use in OPTIONAL:
        if find_spec(package) is None:
            remedy = f"{how_to_add(extra)} for {use}"
            yield HealthCheck("warn", what, f"{package} is not installed", remedy)
        else:
            yield HealthCheck("ok", what, f"{package} {_version(package)}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # put there without saying which
        return "of an unknown version"


def _terminal() -> Iterator[HealthCheck]:
    size = shutil.get_terminal_size()
    encoding = getattr(sys.stdout, "encoding", None) or "unknown encoding"
    if not is_terminal(sys.stdout):
        yield HealthCheck("ok", "terminal", f"standard output is no terminal: plain lines, {encoding}")
    elif not may_style(sys.stdout):
        yield HealthCheck(
            "ok", "terminal", f"{size.columns} x {size.lines}, {encoding}, plain (NO_COLOR or TERM=dumb)"
        )
    elif size.columns < 40 or size.lines < 14:
        yield HealthCheck(
            "warn", "terminal", f"{size.columns} x {size.lines}", "a larger window shows the body map"
        )
    else:
        yield HealthCheck("ok", "terminal", f"{size.columns} x {size.lines}, {encoding}")


def _config() -> Iterator[HealthCheck]:
    path = config_path()
    try:
        config = load_config(path)
    except ConfigError as error:
        yield HealthCheck("fail", "config", str(error), worded(error.hint or "correct the file"))
        return
    yield HealthCheck(
        "ok", "config", str(path) if path.exists() else f"no file, and none is needed; it would be {path}"
    )
    named = os.environ.get(VARIABLE) or config.device
    if named:
        origin = VARIABLE if os.environ.get(VARIABLE) else "config file"
        yield HealthCheck("ok", "device", f"{named} (from {origin})")


def _ports() -> Iterator[HealthCheck]:
    from firmware_bridge import allowed_ports, list_serial_ports
    from kneadwave.guards.names import names_of

    try:
        also = load_config().allow
    except ConfigError:
        also = Config().allow
    ports = list_serial_ports()
    allowed = {port.device for port in allowed_ports(ports, also)}
    for port in ports:
        about = " ".join(
            part for part in (port.usb_id, port.serial_number, port.description) if part and part != "n/a"
        )
        known = "known device" if port.device in allowed else "not a known device, opened only when named"
        names = "".join(f", {name}" for name in names_of(port.device))
        found = f"{port.device}{names} ({about or 'no details'}): {known}"
        if os.access(port.device, os.R_OK | os.W_OK) or os.name == "nt":
            yield HealthCheck("ok", "port", found)
        else:
            yield HealthCheck(
                "warn", "port", f"{found}; you may not open it", f"join the group {_group(port.device)}"
            )
    if not ports:
        yield HealthCheck(
            "ok", "port", "no serial port is there", "to try without one: --device sim:, or knead virtual"
        )
    elif len(allowed) != 1 and ports:
        yield HealthCheck("ok", "selection", _plugged_in(len(allowed)), "name the device with --device")


def _plugged_in(known: int) -> str:
    return f"{known} known devices are connected" if known else "no known device is connected"


def _group(device: str) -> str:
    try:
        import grp

        return grp.getgrgid(os.stat(device).st_gid).gr_name
    except (ImportError, KeyError, OSError):
        return "that owns it"


def _groups() -> Iterator[HealthCheck]:
    if os.name != "posix":
        return
    import grp

    names = []
    for gid in sorted({os.getegid(), *os.getgroups()}):
        try:
            names.append(grp.getgrgid(gid).gr_name)
        except KeyError:
            names.append(str(gid))
    serial = {"dialout", "uucp", "tty", "plugdev", "wheel", "root"} & set(names)
    remedy = (
        ""
        if serial or os.geteuid() == 0
        else "for serial ports: join the group dialout or uucp, log in again"
    )
    yield HealthCheck("ok" if not remedy else "warn", "groups", ", ".join(names), remedy)


def _pseudo_terminals() -> Iterator[HealthCheck]:
    if os.name != "posix":
        yield HealthCheck(
            "warn", "pty", "this system has no pseudo-terminals", "knead virtual does not work here"
        )
        return
    try:
        master, slave = os.openpty()
    except OSError as error:
        yield HealthCheck("warn", "pty", f"none to be had: {error.strerror}", "knead virtual will not work")
        return
    name = os.ttyname(slave)
    os.close(slave)
    os.close(master)
    yield HealthCheck("ok", "pty", f"pseudo-terminals work, such as {name}")


def _library() -> Iterator[HealthCheck]:
    from firmware_bridge import DeviceDescriptionError, load_device, place_device, shipped_devices
    from kneadwave.descriptions import load_described, made_here, own_descriptions
    from profiles.errors import ProfileError
    from profiles.profile import brought_profiles, load_profile, shipped_profiles
    from profiles.rules.check import check

    playable = [profile for profile in map(load_profile, shipped_profiles()) if not profile.locked_for]
    bad = [profile.name for profile in playable if any(f.severity == "error" for f in check(profile))]
    names = ", ".join(shipped_profiles())
    yield HealthCheck(
        "fail" if bad or not names else "ok", "profiles", names, f"broken: {', '.join(bad)}" if bad else ""
    )
    for name in brought_profiles():
        try:
            load_profile(name)
            yield HealthCheck("ok", "profiles", f"of another package: {name}")
        except ProfileError as error:
            yield HealthCheck("warn", "profiles", str(error), "update that package, or take it away")
    for name in shipped_devices():
        place_device(load_device(name))
    names = ", ".join(shipped_devices())
    yield HealthCheck("ok" if names else "fail", "devices", names, "" if names else "install kneadwave again")
    for name in own_descriptions():
        try:
            place_device(load_described(name))
            whose = "of your own" if name in made_here() else "of another package"
            yield HealthCheck("ok", "devices", f"{whose}: {name}")
        except DeviceDescriptionError as error:
            yield HealthCheck("warn", "devices", str(error), worded(error.hint or "correct it"))


def _outputs() -> Iterator[HealthCheck]:
    from kneadwave.guards.dialects import SCHEMES, scheme_of
    from kneadwave.guards.packages import installed_schemes

    yield HealthCheck("ok", "outputs", ", ".join(f"{name}:" for name in SCHEMES))
    for each in installed_schemes():
        found = f"{each.name}: of the package {each.package}"
        try:
            scheme = scheme_of(f"{each.name}:")
        except OutputPackageError as error:
            yield HealthCheck("warn", "outputs", str(error), worded(error.hint or ""))
            continue
        if scheme is None or each.name in SCHEMES:
            yield HealthCheck("warn", "outputs", f"{found} is not used", "that name is taken, or is none")
        else:
            yield HealthCheck("ok", "outputs", found)


def _sessions() -> Iterator[HealthCheck]:
    from kneadwave.sessions.registry import running_sessions

    for session in running_sessions():
        yield HealthCheck("ok", "running", f"{session.profile} on {session.port}, process {session.pid}")


def _meddlers() -> Iterator[HealthCheck]:
    """Programs that open new ports by themselves; Linux alone tells which run."""
    from kneadwave.discovery.meddlers import MEDDLERS, running
    from kneadwave.discovery.udev import FILE

    for name in running():
        if name == "ModemManager" and os.path.exists(FILE):
            yield HealthCheck("ok", "meddlers", f"{name} runs; {FILE} keeps it off devices")
            continue
        yield HealthCheck("warn", "meddlers", f"{name} runs: {MEDDLERS[name]}", MEDDLER_REMEDIES[name])


MEDDLER_REMEDIES: Final = {
    "ModemManager": "keep it off: knead device udev | sudo tee /etc/udev/rules.d/60-kneadwave.rules",
    "brltty": (
        "without a Braille display: sudo systemctl mask brltty-udev.service; then "
        "knead device udev | sudo tee /etc/udev/rules.d/60-kneadwave.rules, and plug the device in anew"
    ),
}


def _home() -> Iterator[HealthCheck]:
    """Whether there is room for what is kept: recipients and ledgers, what was left moving, sessions."""
    import platformdirs

    kept = {
        "recipients and ledgers": platformdirs.user_data_path("kneadwave", appauthor=False),
        "witnesses and marks": platformdirs.user_state_path("kneadwave", appauthor=False),
    }
    barred = [f"{what} ({path})" for what, path in kept.items() if not _may_write(path)]
    if barred:
        yield HealthCheck(
            "fail",
            "home",
            f"cannot be written: {', '.join(barred)}",
            "nothing is played without these folders: make them your own with chown",
        )
    else:
        yield HealthCheck("ok", "home", str(next(iter(kept.values()))))


def _may_write(path: Path) -> bool:
    """Whether the folder can be written in, or made where it is missing; makes nothing."""
    there = next(each for each in (path, *path.parents) if os.path.lexists(each))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


PROBES: Final[tuple[tuple[str, Callable[[], Iterator[HealthCheck]]], ...]] = (
    ("python", _python),
    ("packages", _packages),
    ("optional", _optional),
    ("terminal", _terminal),
    ("config", _config),
    ("port", _ports),
    ("groups", _groups),
    ("meddlers", _meddlers),
    ("home", _home),
    ("store", store),
    ("pty", _pseudo_terminals),
    ("kernel", kernel),
    ("veto", veto),
    ("limiter", shaping),
    ("profiles", _library),
    ("outputs", _outputs),
    ("running", _sessions),
)
