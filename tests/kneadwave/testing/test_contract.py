"""Our own outputs keep the contract, against their virtual devices and under a virtual clock."""

import pytest
from output_rigs import ServedRig
from served_twins import ServedTwin

from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.tcode import TCode
from kneadwave.guards.dialects import SCHEMES
from kneadwave.testing.contract import OutputContract
from kneadwave.testing.scheme_contract import SchemeContract
from kneadwave.testing.stream_rig import StreamRig
from simulator.twins import TWINS
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.tcode import VirtualTCode


class TestHf8(OutputContract):
    @pytest.fixture
    def rig(self):
        return StreamRig(Hf8(), VirtualHf8())


class TestTCode(OutputContract):
    @pytest.fixture(params=[1, 4, 10])
    def rig(self, request):
        return StreamRig(TCode(request.param), VirtualTCode(request.param))


class TestOverRealLines(OutputContract):
    """Real pseudo-terminals with real pyserial, and real datagrams."""

    @pytest.fixture(params=["hf8", "tcode", "tcode-udp"])
    def rig(self, request):
        scheme, _, network = request.param.partition("-")
        rig = ServedRig(scheme, TWINS[scheme](4), network=bool(network))
        yield rig
        rig.close()


class TestSchemes(SchemeContract):
    """Each scheme of ours that a twin speaks, on a port."""

    @pytest.fixture(params=sorted(TWINS))
    def name(self, request):
        return request.param

    @pytest.fixture
    def scheme(self, name):
        return SCHEMES[name]

    @pytest.fixture
    def served(self, name):
        with ServedTwin(TWINS[name](4)) as served:
            yield served

    @pytest.fixture
    def place(self, served):
        return served.port

    @pytest.fixture
    def nowhere(self, tmp_path):
        return str(tmp_path / "none")
