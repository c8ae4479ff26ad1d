"""What the tests of the bridge share: actuators made by hand, a short massage, a device to play it on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hostile_host import reference_cushion

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import Actuator, Layout, place_device
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import DeviceDescriptionError
from firmware_bridge.play.session import Session
from firmware_bridge.play.wire_device import WireDevice
from firmware_bridge.recording.writer import Recorder
from profiles.files.load import from_data
from profiles.score import Score, compose
from profiles.technique import Modality
from simulator.clock import VirtualClock
from simulator.cushion import VirtualCushion
from simulator.faults import FaultyLine, parse_fault
from simulator.link import VirtualLink
from simulator.watch import Watch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No example of Hypothesis is traced: `make test` measures what the other tests run, in half the time."""
    here = Path(__file__).parent
    for item in items:
        if item.get_closest_marker("hypothesis") and here in item.path.parents:
            item.add_marker("no_cover")


def make_actuator(
    index: int = 0,
    *,
    kind: Modality = Modality.VIBRATION,
    ceiling: int = 100,
    excluded: str = "",
    attack: int = 1000,
    release: int = 2000,
    rate: tuple[int, int] = (0, 0),
    at_mm: tuple[int, int] | None = None,
    radius_mm: int = 20,
    placed: bool = True,
) -> Actuator:
    """An actuator, apart from all others unless told where; attack and release are 20 and 40 a frame."""
    x_mm, y_mm = at_mm or (100 * index, 60)
    return Actuator(
        index=index,
        id=f"a{index}",
        kind=kind,
        x_mm=x_mm,
        y_mm=y_mm,
        radius_mm=radius_mm,
        placed=placed,
        zone="sacrum",
        excluded=excluded,
        ceiling=ceiling,
        start=20,
        hold=10,
        exponent=1.0,
        attack=attack,
        release=release,
        rate_min=rate[0],
        rate_max=rate[1],
        tau_ms=50,
        vent_tau_ms=50,
        full_hz=60.0,
    )


def make_score(opening_s: float = 6.0, closing_s: float = 4.0, level: float = 0.4) -> Score:
    """Stroking, then weaker stroking: a massage of a few seconds."""
    zones = ["sacrum", "lumbar", "upper-back"]
    steps = [
        {
            "name": name,
            "technique": {"kind": "stroking"},
            "zones": zones,
            "duration_s": span,
            "level": strength,
        }
        for name, span, strength in (("opening", opening_s, level), ("closing", closing_s, level * 0.75))
    ]
    return compose(
        from_data({"schema": 1, "name": "short", "fade_in_s": 0.5, "fade_out_s": 0.5, "step": steps})
    )


@dataclass
class Rig:
    """A session, the device it plays on, and the line and clock between them."""

    clock: VirtualClock
    cushion: VirtualCushion
    link: VirtualLink
    line: FaultyLine
    layout: Layout
    watch: Watch
    session: Session
    wire: Any
    """The link as the session has it: wrapped."""
    device: WireDevice

    def pass_time(self, seconds: float) -> None:
        """Let time pass while the host says nothing."""
        self.clock.sleep(seconds)
        self.link.read()

    def another_session(self, score: Score, layout: Layout | None = None, **options: Any) -> Session:
        """A fresh session with the same device, at the same line and clock."""
        device = WireDevice(self.link, self.clock)
        return Session(score, layout or self.layout, device, self.clock, **options)


def make_rig(
    score: Score | None = None,
    *,
    description: DeviceDescription | None = None,
    faults: tuple[str, ...] = (),
    seed: int = 0,
    recorder: Recorder | None = None,
    wrap: Callable[[VirtualLink], Any] = lambda link: link,
    clock: VirtualClock | None = None,
    **options: Any,
) -> Rig:
    description = description or reference_cushion()
    layout = place_device(description)
    clock = clock or VirtualClock()
    watch = Watch(layout, recorder)
    cushion = VirtualCushion(description, seed=seed, output=watch, warm=True)
    line = FaultyLine([parse_fault(fault) for fault in faults], seed)
    link = VirtualLink(cushion, clock, line)
    wire = wrap(link)
    device = WireDevice(wire, clock)
    session = Session(score or make_score(), layout, device, clock, **options)
    return Rig(clock, cushion, link, line, layout, watch, session, wire, device)


@pytest.fixture
def actuator() -> Callable[..., Actuator]:
    return make_actuator


@pytest.fixture
def score() -> Score:
    return make_score()


@pytest.fixture
def scored() -> Callable[..., Score]:
    return make_score


@pytest.fixture
def rig() -> Callable[..., Rig]:
    return make_rig


@pytest.fixture
def refused_device(tmp_path):
    """Writes a description to a file, and gives the error with which it is refused."""

    def refused(content):
        path = tmp_path / "device.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(DeviceDescriptionError) as caught:
            load_device(path)
        assert caught.value.path == str(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)
        return caught.value

    return refused
