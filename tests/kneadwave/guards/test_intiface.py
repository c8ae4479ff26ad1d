"""Opening what is behind Intiface, with real WebSockets: versions, devices, and telling one to be off."""

import socket
import sys
import threading
from contextlib import closing

import pytest
from held_up import HeldUp
from served_twins import ServedTwin

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import LinkError, PortMissing
from kneadwave.errors import SessionRemedy, UsageError
from kneadwave.guards import intiface
from kneadwave.guards.dialects import SCHEMES, open_output
from kneadwave.guards.web import Redialed
from simulator.network import WebSocketPort
from simulator.twins.intiface import VirtualIntiface
from simulator.twins.tcode import VirtualTCode

CLOCK = MonotonicClock()
FULL = b"\xff\xff"


class Moved(VirtualIntiface):
    """A server whose last client left its device moving, as one does that was killed itself."""

    def __init__(self, **kwargs):
        super().__init__(2, **kwargs)
        hello = b'[{"RequestServerInfo":{"Id":1,"ClientName":"x","MessageVersion":3}}]\n'
        scalar = b'{"Index":0,"Scalar":1,"ActuatorType":"Vibrate"}'
        self.take(hello + b'[{"ScalarCmd":{"Id":2,"DeviceIndex":0,"Scalars":[%s]}}]\n' % scalar)
        self._version = 0


def url_of(served, device=""):
    return f"intiface:{served.port}/{device}"


def driven(url):
    opened = open_output(url, CLOCK, 2)
    assert opened.fd is None, "a connection cannot be shared"
    while not opened.output.ask(CLOCK.now()):
        CLOCK.sleep(0.001)
    return opened.output


@pytest.mark.parametrize("versions", [(4, 3), (3,)])
def test_a_device_is_driven_in_the_version_that_its_server_speaks(versions):
    server = VirtualIntiface(2, versions=versions, devices=("Ä b",))
    with ServedTwin(server, "ws") as served, closing(driven(url_of(served, "%C3%A4%20B"))) as output:
        output.put(FULL, b"", CLOCK.now())
        while server.levels != FULL:
            CLOCK.sleep(0.001)
        output.zero()
        assert served.comes_to(lambda: {value for _, _, value in server.written[-2:]} == {0})


@pytest.mark.parametrize("device", ["", "0", "virtual", "1"])
def test_a_device_that_was_left_moving_is_told_to_be_off(device):
    with ServedTwin(Moved(devices=("Virtual", "Other")), "ws") as served:
        with closing(open_output(url_of(served, device), CLOCK).output) as output:
            output.zero()
            if device == "1":
                while not any(index == 1 for index, _, _ in served.twin.written):
                    CLOCK.sleep(0.001)
                assert any(served.twin.levels), "the other one was meant"
            else:
                assert served.comes_off()
        assert served.comes_off(), "and its server stops all, once we have left"


def test_a_second_hand_dials_anew_and_tries_again_later():
    with ServedTwin(Moved(), "ws") as served:
        second = SCHEMES["intiface"].second(None, url_of(served), CLOCK)
        assert isinstance(second, Redialed)
        second.zero()
        assert served.comes_off()
    with pytest.raises(PortMissing):
        second.zero()
    second.close()


def test_a_board_on_a_websocket_is_told_to_be_off_over_another():
    board = VirtualTCode(2, web=True)
    board.take(b"V09999 V19999\n")
    with ServedTwin(board, "ws") as served:
        SCHEMES["tcode"].second(None, f"tcode:{served.port}/ws", CLOCK).zero()
        assert served.comes_off()
    assert SCHEMES["tcode"].second(None, "tcode:/dev/none", CLOCK) is None, "no descriptor, no second hand"


def test_without_such_a_device_nobody_can_be_told():
    with ServedTwin(Moved(), "ws") as served, pytest.raises(LinkError, match="no device Hush"):
        open_output(url_of(served, "Hush"), CLOCK)


@pytest.mark.parametrize("channels", [2, 0])
def test_an_answer_that_waits_is_read_before_it_is_missed(channels):
    server = VirtualIntiface(2)
    with ServedTwin(server, "ws") as served:
        open_output(url_of(served), HeldUp(), channels).output.close()


def test_what_speaks_neither_version_is_refused(monkeypatch):
    monkeypatch.setattr(intiface, "ANSWER_S", 0.2)
    with ServedTwin(VirtualTCode(2, web=True), "ws") as served:
        with pytest.raises(LinkError, match="neither v4 nor v3") as told:
            open_output(url_of(served), CLOCK, 2)
        assert told.value.hint


def test_a_server_that_lists_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(intiface, "ANSWER_S", 0.2)

    class Silent(VirtualIntiface):
        def take(self, data):
            return b"" if b"DeviceList" in data else super().take(data)

    with ServedTwin(Silent(2), "ws") as served, pytest.raises(LinkError, match="does not say which"):
        open_output(url_of(served), CLOCK)


def test_a_server_that_listens_again_only_after_a_while_is_dialed_again():
    place = WebSocketPort()
    twin, turns = VirtualIntiface(2, versions=(3,)), []

    def serve():
        nonlocal place
        while not over.is_set():
            place.wait(0.005)
            said = place.read()
            if b"ProtocolVersionMajor" in said:  # an old server does not survive this
                port = place.port
                place.close()
                turns.append(port)
                CLOCK.sleep(0.1)
                place = WebSocketPort(port)
            else:
                place.write(twin.take(said))

    over, url = threading.Event(), f"intiface:{place.port}"
    thread = threading.Thread(target=serve)
    thread.start()
    driven(url).close()
    over.set()
    thread.join()
    place.close()
    assert turns


@pytest.mark.parametrize("place", ["Edge", "ws://", "ws://127.0.0.1:x/", "ws://["])
def test_what_is_no_place_of_a_server_is_refused(place):
    with pytest.raises(LinkError, match="no address"):
        open_output(f"intiface:{place}", CLOCK)


def test_a_server_is_looked_for_at_its_usual_port(monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setattr(intiface, "PORT", nobody.getsockname()[1])
        with pytest.raises(PortMissing, match=str(intiface.PORT)):
            open_output("intiface:ws://127.0.0.1", CLOCK)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "firmware_bridge.wire.websocket", None)
    with pytest.raises(UsageError, match="needs websockets") as told:
        open_output("tcode:ws://127.0.0.1/ws", CLOCK)
    assert told.value.hint == SessionRemedy.INSTALL_EXTRA.of(extra="network")
