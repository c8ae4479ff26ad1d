"""Files are written whole or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from kneadwave.errors import UsageError
from kneadwave.exchange.export_file import ExportRequest, export_file
from kneadwave.exchange.formats import FORMATS


def test_of_a_folder_that_fails_half_way_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full(*_ignored: object) -> str:
        if written:
            raise OSError(28, "full")
        written.append(1)
        return "x"

    monkeypatch.setitem(FORMATS, "ahap", replace(FORMATS["ahap"], write=full))
    with pytest.raises(UsageError, match="cannot be written: no space left on device"):
        export_file(ExportRequest("relaxing-back", "ahap", out=tmp_path / "out"))
    assert list(tmp_path.glob("*out*")) == []


def test_what_somebody_else_made_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_ignored: object) -> str:
        (tmp_path / "out").mkdir(exist_ok=True)
        return "x"

    monkeypatch.setitem(FORMATS, "ahap", replace(FORMATS["ahap"], write=meanwhile))
    with pytest.raises(UsageError, match="is there already"):
        export_file(ExportRequest("relaxing-back", "ahap", out=tmp_path / "out"))
    assert [path.name for path in tmp_path.glob("*out*")] == ["out"]
    assert list((tmp_path / "out").iterdir()) == []


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    told: list[float] = []
    asked = ExportRequest("felt-check", "wav", out=tmp_path / "out", device="reference-cushion")
    export_file(asked, told.append)
    assert told == sorted(told)
    assert (told[0] < 0.2, told[-1]) == (True, 1.0)


def test_a_device_that_plays_nothing_of_it_makes_no_sound(tmp_path: Path) -> None:
    asked = ExportRequest("head", "wav", out=tmp_path / "out", device="reference-cushion")
    with pytest.raises(UsageError, match="nothing of head is felt on reference-cushion"):
        export_file(asked)
    assert list(tmp_path.glob("*out*")) == []
