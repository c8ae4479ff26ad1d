"""Our own outputs keep the contract, against their virtual devices and under a virtual clock."""

from functools import partial

import pytest
from output_rigs import ServedRig
from served_twins import ServedTwin

from firmware_bridge.guard.outputs.buttplug import VERSIONS
from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.intiface import Intiface
from firmware_bridge.guard.outputs.tcode import TCode
from kneadwave.guards.dialects import SCHEMES
from kneadwave.testing.contract import OutputContract
from kneadwave.testing.scheme_contract import SchemeContract
from kneadwave.testing.stream_rig import StreamRig
from simulator.twins import TWINS, over_web
from simulator.twins.hf8 import VirtualHf8
from simulator.twins.intiface import VirtualIntiface
from simulator.twins.tcode import VirtualTCode


class TestHf8(OutputContract):
    @pytest.fixture
    def rig(self):
        return StreamRig(Hf8(), VirtualHf8())


class TestTCode(OutputContract):
    @pytest.fixture(params=[1, 4, 10])
    def rig(self, request):
        return StreamRig(TCode(request.param), VirtualTCode(request.param))


class TestIntiface(OutputContract):
    @pytest.fixture(params=VERSIONS)
    def rig(self, request):
        dialect, server = Intiface(request.param, channels=4), VirtualIntiface(4)
        dialect.take(server.take(dialect.greeting()))
        return StreamRig(dialect, server)


class TestOverRealLines(OutputContract):
    """Real pseudo-terminals with real pyserial, real datagrams, real WebSockets."""

    @pytest.fixture(params=["hf8", "tcode", "tcode-udp", "tcode-ws", "intiface-ws"])
    def rig(self, request):
        scheme, _, network = request.param.partition("-")
        make = partial(over_web, scheme) if network == "ws" else TWINS[scheme]
        rig = ServedRig(scheme, make(4), network)
        yield rig
        rig.close()


class TestSchemes(SchemeContract):
    """Each scheme of ours that a twin speaks, on a port where it has one."""

    @pytest.fixture(params=sorted(TWINS))
    def name(self, request):
        return request.param

    @pytest.fixture
    def scheme(self, name):
        return SCHEMES[name]

    @pytest.fixture
    def served(self, name, scheme):
        with ServedTwin(TWINS[name](4), "" if scheme.ports else "ws") as served:
            yield served

    @pytest.fixture
    def place(self, served):
        return served.port

    @pytest.fixture
    def nowhere(self, tmp_path, scheme):
        return str(tmp_path / "none") if scheme.ports else "ws://127.0.0.1:1"
