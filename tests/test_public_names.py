"""What each package gives to the others: the names stand in its `__init__.pyi`, and once more here."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import firmware_bridge

ROOT = Path(__file__).parents[1]
PUBLIC = {
    "profiles": """
        BodyMap Breath Contact Cue DEFAULT_STATURE_M FRAME_RATE_HZ Finding Guide Indication
        IntensityCurve Kneading Modality PRESETS Place Posture Pressing Profile ProfileError
        Renderer Rubbing Rule Sampler Score ScoreStep Squeezing Step Stroking TECHNIQUES Tapping
        Technique Vibration Waveform Zone body_map check compose contacts contradictions dump
        indications json_schema load_profile order_named parse profile_source session_level
        shipped_profiles zone_name
    """,
    "firmware_bridge": """
        Actuator ActuatorSpec BridgeError Clock DRIVE_MAX DWELL_MAX_S DeviceDescription
        DeviceDescriptionError DeviceRefused DeviceRemedy DeviceSelf DeviceState Dialect DoseMeter
        DriveOutput EndReason FELT_FLOOR FRAME_S Files Guard GuardOutput Interlock InterlockTrip
        LOOKAHEAD_MS Layout Limiter Link LinkError LinkLost LinkTimeout MonotonicClock OpenedDevice
        OutputRefused OutputStuck Phase PortBusy
        PortForbidden PortMissing ProtocolMismatch Recorder Recording RecordingError Response
        ResponseCurve Responses RunSummary SESSION_MAX_S SerialLink Session SessionEnd Status
        StreamOutput TAIL_S Traits Update WireDevice allowed_ports check_curve described description_of
        list_serial_ports load_device local_now mountings_of open_recorder place_device probing read_recording
        reason_text shipped_devices
    """,
    "simulator": """
        Fault FaultError FaultyLine OutputRun PtyCushion PtyError Simulation VirtualClock
        VirtualCushion VirtualLink Watch native_kernel native_shaper native_veto parse_fault
    """,
    "kneadwave": """
        Allowed AnswerKey Bench ChangedNothing
        Config ConfigError Confirmation ControlHeard ControlLines DeviceIdentified DeviceSays
        Envelope ExchangeError ForeignSignal PackageFormat
        Event Feeder Felt FeltPlan
        FeltTest FindingTold ForRecipient GuideBegan HandsDone Heard Held Hurried Inbox
        IntensityChanged Interrupted KneadError LeftOff LevelFelt LimitHeld LinkFaltered Louder
        NotBegun NotCleared
        NotConfirmed NotPlayable NotRegistered NothingRecorded Opened Pain PainTold Pause PauseOrResume
        PlaysAsSound PostureTaken
        Procedure Progressed Ready Request HoldsItsLevel ResponsesTaken RestAdvised Resume RunningSession
        Scheme SessionPlan SessionRequest SessionSilent Shortened SimulatedSession SimulationRequest
        SimulationSummed SkipToClosing Softer Started StateChanged StatureOverruled StepBegan
        StopSession StoppedByPort StoppedBySession StoppedOutside Substituted Summed ToldOff TripCleared
        UsageError VirtualRequest VirtualServed VirtualTold VirtualUnplugged holding identify
        load_config parse_limit plan_felt_test plan_session running_sessions serve stop
        stream_scheme taking_up
    """,
}
HEAVY = (
    "cobs",
    "matplotlib",
    "numpy",
    "platformdirs",
    "pydantic",
    "rich",
    "serial",
    "textual",
    "tomlkit",
    "typer",
)


@pytest.mark.parametrize("package", PUBLIC)
def test_the_public_names_of_a_package(package):
    assert sorted(importlib.import_module(package).__all__) == sorted(PUBLIC[package].split())


@pytest.mark.parametrize("package", PUBLIC)
def test_a_public_name_is_what_its_module_defines(package):
    stub = ast.parse((ROOT / package / "__init__.pyi").read_text(encoding="utf-8"))
    places = [each for each in stub.body if isinstance(each, ast.ImportFrom)]
    assert places
    for place in places:
        module = importlib.import_module(f"{package}.{place.module}")
        for alias in place.names:
            public = getattr(importlib.import_module(package), alias.name)
            assert public is getattr(module, alias.name)
            defined = getattr(public, "__module__", module.__name__)
            assert defined == module.__name__ or not defined.startswith(package), (
                f"{alias.name} is of {defined}"
            )


def test_what_is_replaced_in_its_module_is_replaced_in_the_package(monkeypatch):
    before = firmware_bridge.local_now
    with monkeypatch.context() as patch:
        patch.setattr("firmware_bridge.clock.local_now", len)
        assert firmware_bridge.local_now is len
    assert firmware_bridge.local_now is before is not len


def test_a_package_loads_nothing_before_a_name_is_used():
    """`knead --help` imports packages and uses few of their names."""
    code = f"import sys, {', '.join(PUBLIC)}; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == []


def test_inside_a_package_nothing_takes_its_public_names():
    """They are for others: within, they would hide which module needs which, and import in circles."""
    taken = []
    for package, names in PUBLIC.items():
        front_ends = ROOT / "kneadwave" / "cli"
        for path in (ROOT / package).rglob("*.py"):
            if front_ends in path.parents:
                continue
            imports = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for node in imports:
                if isinstance(node, ast.ImportFrom) and node.module == package:
                    taken += [f"{path}: {name.name}" for name in node.names if name.name in names.split()]
    assert taken == []
