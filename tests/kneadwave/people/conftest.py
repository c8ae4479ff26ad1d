"""Records of people in a data folder of their own, and short profiles to ask for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import make_recipient

from kneadwave.people.recipient import Recipient
from profiles.model import Profile

STROKING = {"kind": "stroking", "speed_mm_s": 190}


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def make_profile(duration_s: float = 900.0, *steps: dict[str, Any], **fields: Any) -> Profile:
    plain = {"name": "stroke", "technique": STROKING, "zones": ["lumbar"], "level": 0.3}
    all_steps = [{**plain, **step} for step in steps or ({"duration_s": duration_s},)]
    return Profile.model_validate({"schema": 1, "name": "played", "step": all_steps, **fields})


@pytest.fixture
def profile() -> Callable[..., Profile]:
    """Make a profile of plain strokes; 15 minutes over the lower back unless said otherwise."""
    return make_profile


@pytest.fixture
def me() -> Recipient:
    """An adult who is in use."""
    return make_recipient()
