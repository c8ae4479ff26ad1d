"""Programs that open new ports by themselves."""

from pathlib import Path

from kneadwave.discovery.meddlers import running


def test_those_that_run_are_named_and_no_other(tmp_path: Path) -> None:
    for number, name in enumerate(("ModemManager", "bash", "brltty", "brltty")):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "comm").write_text(f"{name}\n")
    (tmp_path / "99").mkdir()
    (tmp_path / "net").mkdir()
    assert running(tmp_path) == ["ModemManager", "brltty"]
    assert running(tmp_path / "none") == []
