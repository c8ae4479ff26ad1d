"""The choices of `knead virtual`, which stand written out so that its help needs no twin; what it tells."""

import os
import sys
from typing import get_args

import pytest

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.virtual import _tell
from kneadwave.cli.virtual import Dialect
from kneadwave.guards.dialects import SCHEMES
from kneadwave.sessions.virtual import VirtualServed, VirtualTold
from simulator.pty import Terminal
from simulator.twins import TWINS


def test_every_dialect_of_a_port_or_a_network_has_a_twin_and_every_twin_is_offered() -> None:
    opened = {name for name, scheme in SCHEMES.items() if scheme.ports or scheme.networks}
    assert set(get_args(Dialect)) == TWINS.keys() == opened


def test_without_the_package_for_websockets_it_says_what_to_install(knead, monkeypatch):
    monkeypatch.setitem(sys.modules, "firmware_bridge.wire.websocket", None)
    for asked in (["intiface"], ["tcode", "--at", "ws://127.0.0.1:0"]):
        ended = knead("virtual", "--as", *asked)
        assert ended.code == 2
        assert "kneadwave[network]" in ended.err


@pytest.mark.parametrize(
    ("device", "scheme", "on"),
    [
        ("cushion-4", "tcode:", ""),
        ("foot-plate", "tcode:", " --on foot-plate"),
        ("cushion-4", "intiface:", " --on cushion-4"),
        ("seat-pad-8", "", ""),
    ],
)
def test_the_command_to_play_on_it_names_the_description_that_it_has(capsys, device, scheme, on):
    _tell(Output(), VirtualServed(device, "/dev/pts/1", "", scheme))
    assert capsys.readouterr().out.splitlines()[1].endswith(f"--device {scheme}/dev/pts/1{on}")


def test_a_device_of_another_dialect_has_no_kernel(knead):
    ended = knead("virtual", "--as", "hf8", "--kernel", "python")
    assert ended.code == 2
    assert "leave out --kernel" in ended.err


@pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
@pytest.mark.parametrize("dialect", [(), ("--as", "hf8")])
def test_the_same_line_typed_twice_touches_neither_link_nor_recording_of_the_first(knead, tmp_path, dialect):
    running, record = Terminal(tmp_path / "cushion"), tmp_path / "put-out.jsonl"
    record.write_text('{"kind":"header","schema":1}\n')
    ended = knead("virtual", "--path", "cushion", "--record", "put-out.jsonl", *dialect)
    assert ended.code == 2
    assert "may be running on it" in ended.err
    assert "--path" in ended.err
    assert os.readlink(tmp_path / "cushion") == running.port
    assert record.read_text() == '{"kind":"header","schema":1}\n'
    running.close()


def test_what_a_session_does_to_a_cushion_is_told_as_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    _tell(Output(), VirtualTold(600.5, "stop", {"reason": "stop frame"}))
    _tell(Output(), VirtualTold(601.25, "link", {"state": "lost"}))
    ended, faltered = capsys.readouterr().err.splitlines()
    assert ended == "  600.500 s  told to stop, as by each session when it ends"
    assert faltered.startswith("  601.250 s  link lost, as on a busy computer: nothing came for a moment")
