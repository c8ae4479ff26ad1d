"""Response curves of the devices here: where they lie, and how a session on a real device takes them up."""

from pathlib import Path
from typing import TYPE_CHECKING

from firmware_bridge.devices.description import DeviceDescription
from firmware_bridge.devices.layout import Layout
from kneadwave.cli.terminal.output import Output
from kneadwave.devices import SIM

if TYPE_CHECKING:
    from firmware_bridge.devices.calibration import Responses


def folder() -> Path:
    """The folder of all response curves, whether it is there or not."""
    import platformdirs

    return platformdirs.user_data_path("kneadwave", appauthor=False) / "responses"


def path_of(device: str) -> Path:
    """The file of one device's curves, by the name of its description, whether it is there or not."""
    return folder() / f"{device}.toml"


def load(description: DeviceDescription) -> "Responses | None":
    """The curves of a device, None where there are none. DeviceDescriptionError for a file that is amiss."""
    from firmware_bridge.devices.calibration import load_responses
    from firmware_bridge.errors import DeviceDescriptionError

    try:
        return load_responses(path_of(description.name), description)
    except DeviceDescriptionError as error:
        error.hint = error.hint or "correct the file, or take it away: the described curves count then"
        raise


def taken_up(out: Output, layout: Layout, url: str, limit: float) -> Layout:
    """The layout with the response curves of its device, in one line told; `sim:` keeps the described ones.

    `limit` (0 to 1) is how much of every level may be felt at the most: a curve gets no drive past it.
    DeviceDescriptionError for a file of curves that is not valid: nothing is played then.
    """
    responses = None if url == SIM else load(layout.description)
    if responses is None or not responses.actuator:
        return layout
    from firmware_bridge.devices.calibration import tuned

    out.event(
        "responses",
        device=responses.device,
        made=responses.made.isoformat(),
        actuators=list(responses.actuator),
    )
    out.say(f"with the response curves of {responses.made.isoformat()}")
    return tuned(layout, responses, limit)
