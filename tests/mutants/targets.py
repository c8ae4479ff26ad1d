"""The modules that are damaged, and the tests that have to notice."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAFETY, GUARD = "tests/firmware_bridge/safety/test_", "tests/firmware_bridge/guard/test_"

VETO = [
    SAFETY + name
    for name in (
        "interlock.py",
        "interlock_machine.py",
        "veto.py",
        "veto_span.py",
        "veto_footprints.py",
        "encode.py",
    )
]
DEVICES = "tests/firmware_bridge/devices/test_"
SHAPING = [SAFETY + name for name in ("limiter.py", "limiter_by_example.py", "shaping.py", "shaping_span.py")]
DEVICE = [
    GUARD + name
    for name in (
        "watchdog.py",
        "states.py",
        "device.py",
        "device_setpoints.py",
        "device_stops.py",
        "device_link_loss.py",
        "device_fuzz.py",
        "points.py",
        "vectors.py",
    )
]
STAGE = [
    GUARD + name
    for name in (
        "output_stage_limits.py",
        "output_stage_dwell.py",
        "output_stage_model.py",
        "output.py",
        "points.py",
        "vectors.py",
        "device.py",
        "device_stops.py",
    )
]

TESTS = {
    "firmware_bridge.devices.footprint": [DEVICES + "footprint.py"],
    "firmware_bridge.devices.placement": [DEVICES + "layout.py", DEVICES + "footprint.py"],
    "firmware_bridge.safety.interlock": VETO,
    "firmware_bridge.safety.veto": VETO,
    "firmware_bridge.safety.placing_veto": [SAFETY + "placing_veto.py"],
    "firmware_bridge.safety.limiter": SHAPING,
    "firmware_bridge.safety.shaping": SHAPING,
    "firmware_bridge.guard.states": DEVICE,
    "firmware_bridge.guard.watchdog": DEVICE,
    "firmware_bridge.guard.setpoint_check": DEVICE,
    "firmware_bridge.guard.machine": DEVICE,
    "firmware_bridge.guard.requests": DEVICE,
    "firmware_bridge.guard.session_limits": DEVICE,
    "firmware_bridge.guard.points": STAGE,
    "firmware_bridge.guard.output_stage": STAGE,
    "firmware_bridge.guard.pulses": [GUARD + "pulses.py"],
    "firmware_bridge.guard.identity": [GUARD + "identity.py"],
}
"""For each module its test files."""

LEFT_OUT = (
    SAFETY + "encode.py::test_going_round_the_interlock_is_a_type_error",
    GUARD + "device_fuzz.py::test_damaged_frames_neither_move_it_nor_break_it",
)
"""Tests that take too long to be run for each damage."""


def file_of(module: str) -> str:
    """The path of a module below the root of the repository."""
    return module.replace(".", "/") + ".py"


def chosen(words: list[str]) -> list[str]:
    """The modules whose names hold one of `words`, all of them for none; SystemExit if a word fits none."""
    for word in words:
        if not any(word in module for module in TESTS):
            raise SystemExit(f"no module is called {word}; there are {', '.join(TESTS)}")
    return [module for module in TESTS if not words or any(word in module for word in words)]
