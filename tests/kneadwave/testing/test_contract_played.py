"""Sound, and our own wire, keep the contract of outputs where it applies."""

import pytest
from played_rigs import SoundRig, WireRig

from kneadwave.testing.contract import OutputContract
from kneadwave.testing.rig import until_settled


class TestSound(OutputContract):
    @pytest.fixture(params=[2, 4])
    def rig(self, request):
        return SoundRig(request.param)


class TestOwnWire(OutputContract):
    """A device of docs/wire.md behind our half of it: what a guard puts in front of every other device."""

    @pytest.fixture
    def rig(self):
        return WireRig()

    def test_more_is_never_less_and_never_more_than_was_asked(self, driven):
        """Fewer levels, as no point may be worked for more than ten seconds."""
        before = bytes(4)
        for drive in range(0, 256, 15):
            until_settled(driven, bytes([drive]) * 4)
            assert all(level <= drive for level in driven.levels)
            assert all(new >= old for new, old in zip(driven.levels, before, strict=True))
            before = driven.levels
        assert before == driven.highest
