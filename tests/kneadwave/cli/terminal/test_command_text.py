"""Commands within a text, as somebody copies them."""

import pytest

from kneadwave.cli.exits import WORDS
from kneadwave.cli.installed_by import WORDS as TO_ADD
from kneadwave.cli.terminal.columns import fitted
from kneadwave.cli.terminal.command_text import commands_in

VALUES = {
    "url": "hf8:/dev/serial/by-id/usb-Next_Level_Racing_HF8_Haptic_Gaming_Pad-if00",
    "profile": "my-evening.toml",
    "path": "/media/stick/run.jsonl",
    "name": "me",
    "device": "my-pad",
    "pid": "4711",
    "sudo": "sudo ",
    "first": "check cable and power",
    "until": "18:10",
    "then": "write rate_cpm = 60 or less",
    "last": "7",
    "most": "20",
    "extra": "network",
}


@pytest.mark.parametrize(
    "marked",
    [
        "list the ports with: <knead device scan>",
        "<knead device scan> lists the ports; choose one with --device",
        "say so: <knead recipient new me --adult>",
        "<knead tune save a.toml --as NAME> keeps the edits",
        "<knead tune save a.toml --as NAME> keeps them, <knead tune discard a.toml> drops it all",
        "<knead profile check x.toml>   and   <knead simulate x.toml>",
        "keep it off: <knead device udev | sudo tee /etc/udev/rules.d/6.rules>",
        "<knead history --repair --recipient me> shows what it does",
        "  <knead run felt-check --device hf8:/dev/x --on my-pad>",
        "on Debian: <apt install avrdude>",
        "add it: <pipx inject kneadwave 'kneadwave[web]'>",
        "add it: <uv tool install --with 'kneadwave[web]' kneadwave>",
        "  <avrdude -p atmega328p -U flash:w:/a/b.hex:i>",
        "end it: <sudo kill 4711>",
        "quoted: <knead profile show 'my evening.toml'>, then this",
        "or <.venv/bin/knead --help>",
        "make a copy of it, and kneading is kneading",
        "it (<knead stop>) ends all",
        "go back with: <knead tune undo evening>",
    ],
)
def test_where_commands_begin_and_end(marked: str) -> None:
    text = marked.replace("<", "").replace(">", "")
    found = "".join(
        f"<{letter}" if at in begins else f"{letter}>" if at + 1 in ends else letter
        for begins, ends in [tuple(map(set, zip(*commands_in(text), strict=True))) or (set(), set())]
        for at, letter in enumerate(text)
    )
    assert found == marked


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_command_is_broken_in_anything_that_is_to_be_done(columns: int) -> None:
    hints = [f"hint: {words.format(**VALUES)}" for words in (*WORDS.values(), *TO_ADD.values())]
    said = [hint for hint in hints if "knead" in hint]
    assert len(said) > 50
    for hint in said:
        lines = fitted(hint, columns)
        assert " ".join(lines).split() == hint.split()
        for begin, end in commands_in(hint):
            command = hint[begin:end]
            assert any(command in line for line in lines), lines
        for line in lines:
            words = line.split()
            long = [hint[b:e] for b, e in commands_in(hint) if e - b > columns - 4]
            assert len(line) <= columns or len(words) == 1 or any(each in line for each in long), lines
