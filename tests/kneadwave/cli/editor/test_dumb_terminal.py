"""A terminal that cannot be drawn on gets lines, not a full-screen program."""

import pytest

from kneadwave.cli.editor import launch
from kneadwave.cli.terminal.output import dumb_terminal
from kneadwave.errors import UsageError


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_no_full_screen_editor_on_it(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setattr(launch, "somebody_there", lambda: True)
    monkeypatch.setattr(launch, "is_terminal", lambda _stream: True)
    monkeypatch.setenv("TERM", term)
    assert dumb_terminal()
    with pytest.raises(UsageError, match=f"TERM={term}") as refused:
        launch.require_screen()
    assert "tune show" in str(refused.value.hint)
