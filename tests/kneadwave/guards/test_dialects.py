"""What a URL of each scheme means, where nothing else tells it."""

import pytest

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import PortMissing
from kneadwave.cli.app import call
from kneadwave.config import Config
from kneadwave.devices import target_of
from kneadwave.errors import UsageError
from kneadwave.guards.dialects import (
    SCHEMES,
    known_forms,
    open_output,
    place_of,
    refuse_unknown,
    stream_scheme,
)


def test_nobody_knows_where_the_motors_of_a_game_controller_lie(capsys):
    url = "evdev:/dev/input/event5"
    with pytest.raises(UsageError, match=f"nobody knows where the motors of {url} lie"):
        target_of(url, None, Config())
    assert target_of(url, "cushion-4", Config()).given.name == "cushion-4"
    assert call(["run", "felt-check", "--device", url]) == 2
    assert "hint: copy a description that ships" in capsys.readouterr().err


def test_a_game_controller_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PortMissing):
        open_output(f"evdev:{tmp_path}/event5", MonotonicClock(), 2)


@pytest.mark.parametrize("url", ["evdev:", "evdev:udp://x:1"])
def test_what_is_no_place_of_a_game_controller_is_refused(url):
    with pytest.raises(UsageError, match=r"evdev:NODE|names no device|no place"):
        place_of(url)


UNKNOWN = "foo:/dev/ttyUSB0"


@pytest.mark.parametrize(
    "words",
    [
        ("run", "felt-check", "--device", UNKNOWN),
        ("set", "thigh", "40%", "--for", "1s", "--device", UNKNOWN, "--on", "cushion-4"),
        ("stop", "--device", UNKNOWN),
        ("device", "show", "--device", UNKNOWN),
        ("device", "scan", "--probe", UNKNOWN),
        ("device", "new", "pad", "--device", UNKNOWN),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_scheme_that_nobody_knows_is_told_with_those_that_are_known(capsys, words):
    assert call(list(words)) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "error: there is no scheme foo: for a device" in told
    assert "hint: known are sim:, a port, id:SERIAL, socket://HOST:PORT, hf8:PORT, tcode:PORT, " in told
    assert all(f"{name}:" in told for name in SCHEMES)


NO_URLS = """hwgrep://USB spy:///dev/ttyUSB0 loop:// rfc2217://a:1 alt:///dev/ttyUSB0 http://a:1 tcode://a:1 ://
socket: socket:// socket://host socket://host: socket://:80 socket://host:0 socket://host:65536 socket://a:1/x
socket://a:1?logging=debug socket://a:b socket:a:1 sim:1 sim:// id: id://x"""


@pytest.mark.parametrize("url", NO_URLS.split())
@pytest.mark.parametrize("words", [("run", "felt-check"), ("stop",), ("device", "show")])
def test_what_is_no_url_of_a_device_is_a_usage_error(capsys, monkeypatch, url, words):
    def opened(*_, **__):
        raise AssertionError("opened")

    monkeypatch.setattr("serial.serial_for_url", opened)
    monkeypatch.setattr("serial.Serial", opened)
    assert call([*words, "--device", url]) == 2
    assert "known are" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "url",
    ["sim:", "id:1", "C:x", "COM3", "socket://x:1", "socket://[::1]:65535", "/dev/pci-0:1", "hf8:", "id:a:b"],
)
def test_what_is_no_unknown_scheme_is_not_refused_as_one(url):
    refuse_unknown(url)


def test_a_file_may_be_called_like_a_scheme(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        refuse_unknown("foo:bar")
    (tmp_path / "foo:bar").touch()
    refuse_unknown("foo:bar")


@pytest.mark.parametrize(
    "words", [("run",), ("set",), ("stop",), ("device", "show"), ("device", "new"), ("tune", "preview")]
)
def test_each_command_lists_every_kind_of_device(capsys, words):
    assert call([*words, "--help"]) == 0
    told = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert known_forms() in told
    assert all(f" {name}:" in told for name in SCHEMES)


def test_a_scheme_of_bytes_has_a_second_hand():
    assert stream_scheme(lambda _: None, "cushion-4").second is not None
