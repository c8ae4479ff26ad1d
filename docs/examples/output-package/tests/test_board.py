"""The board keeps what Kneadwave asks of every output: all tests are inherited."""

import threading

import pytest
from kneadwave_example import MOTORS, SCHEME, Board

from firmware_bridge import MonotonicClock
from kneadwave.testing.contract import OutputContract
from kneadwave.testing.scheme_contract import SchemeContract
from kneadwave.testing.stream_rig import StreamRig
from simulator.pty import Terminal, serve_twin


class VirtualBoard:
    """What the board would do with the bytes that it gets, right or wrong."""

    def __init__(self):
        self.levels = bytes(MOTORS)
        self._line = b""

    def take(self, data):
        *whole, self._line = (self._line + data).split(b"\n")
        self._line = self._line[-64:]
        return b"".join(self._obey(line.split()) for line in whole)

    def _obey(self, words):
        if words == [b"?"]:
            return b"BOARD %d\n" % MOTORS
        levels = [int(word) for word in words[1:] if word.isdigit()]
        if words[:1] == [b"L"] and len(levels) == len(words) - 1 == MOTORS and max(levels) <= 255:
            self.levels = bytes(levels)
        return b""


class TestBoard(OutputContract):
    @pytest.fixture
    def rig(self):
        return StreamRig(Board(), VirtualBoard())


class TestScheme(SchemeContract):
    @pytest.fixture
    def scheme(self):
        return SCHEME

    @pytest.fixture
    def served(self):
        return VirtualBoard()

    @pytest.fixture
    def place(self, served):
        terminal, over = Terminal(), threading.Event()
        serving = (served, terminal, MonotonicClock(), lambda *_: None, over.is_set)
        thread = threading.Thread(target=serve_twin, args=serving)
        thread.start()
        yield terminal.port
        over.set()
        thread.join()

    @pytest.fixture
    def nowhere(self, tmp_path):
        return str(tmp_path / "none")
