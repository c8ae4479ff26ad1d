"""`knead run` on a device behind Intiface, and `knead virtual --as` for other people's programs to try."""

import json
import signal
import socket
from typing import Any

import pytest
from board_time import waits_for_nobody
from served_twins import ServedTwin
from websockets.sync.client import connect

from simulator.twins.intiface import VirtualIntiface

Bench = Any
"""That of conftest, which no test module can import."""


def served_at(process: Any) -> str:
    """What `knead virtual` says that it is found at."""
    line: str = process.stdout.readline()
    waits_for_nobody(process.pid)
    return line.rpartition(" on ")[2].strip()


def test_a_run_on_a_virtual_server_ends_well_and_everything_is_off(bench: Bench) -> None:
    record = bench.folder / "felt.jsonl"
    virtual = bench.start(
        "virtual",
        "--as",
        "intiface",
        "--on",
        "cushion-4",
        "--at",
        "ws://127.0.0.1:0",
        "--record",
        str(record),
    )
    place = served_at(virtual)
    assert "--on cushion-4" in virtual.stdout.readline()
    bench.clear()
    ended = bench.call("run", "short.toml", "--device", f"intiface:{place}/0", "--on", "cushion-4")
    assert ended.code == 0, ended.err
    assert "does not stop by itself" in ended.out + ended.err
    virtual.send_signal(signal.SIGINT)
    assert bench.ended(virtual).code == 0
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    drives = [line["drive"] for line in lines if "drive" in line]
    assert max(max(drive) for drive in drives) > 0
    assert not any(drives[-1])


def test_a_server_tells_which_devices_it_has_where_more_than_one_may_be_meant(bench: Bench) -> None:
    bench.clear()
    with ServedTwin(VirtualIntiface(4, devices=("Hush", "Edge")), "ws") as served:
        url = f"intiface:{served.port}"
        ended = bench.call("run", "felt-check", "--device", url, "--on", "cushion-4")
        assert ended.code != 0
        assert "which one is meant" in ended.err
        assert "0 (Hush), 1 (Edge)" in ended.err
        assert bench.here("run", "felt-check", "--device", url).code == 2, "nobody knows where its motors lie"
        assert bench.here("device", "show", "--device", url).code == 2
        told = bench.here("stop", "--device", url, "--json")
        assert (told.code, told.last["confirmed"]) == (0, False), "a stop needs no description"
        assert not any(served.twin.levels)


@pytest.mark.parametrize("scheme", ["udp", "ws"])
def test_other_programs_find_a_board_on_a_network(bench: Bench, scheme: str) -> None:
    virtual = bench.start("virtual", "--as", "tcode", "--at", f"{scheme}://127.0.0.1:0")
    place = served_at(virtual)
    if scheme == "udp":
        with socket.socket(type=socket.SOCK_DGRAM) as program:
            program.sendto(b"D1\n", ("127.0.0.1", int(place.rpartition(":")[2])))
            assert program.recv(100) == b"TCode v0.3\n"
    else:
        with connect(f"{place}/ws") as program:
            program.send("D1")
            program.send("D1\n")
            assert "TCode v0.3" in str(program.recv())
    virtual.send_signal(signal.SIGINT)
    assert bench.ended(virtual).code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--at", "ws://127.0.0.1:0"), "is not found at"),
        (("--as", "hf8", "--at", "ws://127.0.0.1:0"), "is not found at"),
        (("--as", "intiface", "--at", "udp://127.0.0.1:0"), "is not found at"),
        (("--as", "intiface", "--path", "link"), "no port to link to"),
        (("--as", "tcode", "--at", "ws://203.0.113.9:1"), "cannot be served"),
    ],
)
def test_a_place_where_no_such_device_is_found_is_refused(bench: Bench, words: Any, why: str) -> None:
    ended = bench.here("virtual", *words)
    assert ended.code == 2
    assert why in ended.err
