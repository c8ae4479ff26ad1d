"""A diff on the screen."""

import pytest

from kneadwave.cli.terminal.diffs import say_diff
from kneadwave.cli.terminal.output import Output

DIFF = "--- a\n+++ b\n@@ -1 +1 @@\n-old\x1b[2J\n+\tnew\n  same"


def test_a_diff_is_printed_as_it_is_but_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say_diff(Output(), DIFF)
    assert capsys.readouterr().out == DIFF.replace("\x1b", "?") + "\n"


def test_on_a_terminal_it_is_coloured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneadwave.cli.terminal.diffs.may_style", lambda _: True)
    say_diff(Output(), DIFF)
    assert capsys.readouterr().out.splitlines() == [
        "\x1b[1m--- a\x1b[0m",
        "\x1b[1m+++ b\x1b[0m",
        "\x1b[36m@@ -1 +1 @@\x1b[0m",
        "\x1b[31m-old?[2J\x1b[0m",
        "\x1b[32m+\tnew\x1b[0m",
        "  same",
    ]


def test_no_diff_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    say_diff(Output(), "")
    assert capsys.readouterr().out == ""
