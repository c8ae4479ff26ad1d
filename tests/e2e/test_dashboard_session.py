"""A session of the page, in real time: told in order, drawn, steered, stopped, and never left alone."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from page_client import Client, Listener, Served

from kneadwave.sessions.frame_stream import HEADER

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pipes that never wait")

IN_TIME_S = 30


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served"), "--pause-after", "1", "--stop-after", "2") as server:
        yield server


@pytest.fixture
def line(served: Served) -> Iterator[tuple[Client, Listener]]:
    client = served.client()
    with client.listen() as listener:
        yield client, listener
        client.stop()


def start(client: Client, listener: Listener, **params: Any) -> str:
    listener.session = client.call("session.start", **{"device": ["sim:"], "record": False, **params})[
        "session"
    ]
    return listener.session


def begin(client: Client, listener: Listener) -> str:
    session = start(client, listener, profile="felt-check")
    listener.until("step")
    return session


def test_a_session_is_told_in_order_and_drawn_as_it_is_commanded(line: tuple[Client, Listener]) -> None:
    client, listener = line
    session = begin(client, listener)
    listener.until("progress")
    listener.until("progress")
    assert listener.numbers == list(range(1, len(listener.numbers) + 1))
    snapshot = client.call("session.snapshot", session=session)
    assert snapshot["state"] == "playing"
    count = snapshot["start"]["actuators"]
    assert len(snapshot["start"]["places"]) == count
    frames = b"".join(listener.frames)
    size = 4 + HEADER.size + 2 * count
    assert len(frames) % size == 0
    times = [HEADER.unpack_from(frames, at + 4)[0] for at in range(0, len(frames), size)]
    assert times == list(range(times[0], times[0] + 20 * len(times), 20))


def test_what_was_missed_is_told_again_or_a_snapshot_is_to_be_taken(line: tuple[Client, Listener]) -> None:
    client, listener = line
    session = begin(client, listener)
    told = client.call("session.since", session=session, number=1)
    assert [each["number"] for each in told] == list(range(2, len(told) + 2))
    assert client.call("session.since", session=session, number=10**6) is None


def test_each_control_is_done(line: tuple[Client, Listener]) -> None:
    client, listener = line
    session = begin(client, listener)
    client.call("session.control", session=session, control="pause")
    listener.until("state", state="paused")
    client.call("session.control", session=session, control="resume")
    listener.until("state", state="playing")
    client.call("session.control", session=session, control="softer")
    assert listener.until("control", control="softer")["refused"] == ""
    client.call("session.control", session=session, control="pain")
    assert listener.until("pain")["action"] == "eased"


@pytest.mark.parametrize("how", ["post", "all", "one"])
def test_a_stop_is_asked_then_confirmed_by_the_device(line: tuple[Client, Listener], how: str) -> None:
    client, listener = line
    session = begin(client, listener)
    if how == "post":
        assert client.stop() == {"asked": [session]}
    elif how == "all":
        listener.socket.send('{"jsonrpc":"2.0","method":"session.stop_all"}')
    else:
        client.call("session.stop", session=session)
    listener.until("stop", stop="asked")
    listener.until("stop", stop="confirmed")
    assert listener.until("end")["ok"] is True
    assert client.call("session.snapshot", session=session)["summary"]["confirmed"] is True


def test_a_stop_is_not_lost_while_a_session_begins(line: tuple[Client, Listener]) -> None:
    client, listener = line
    asked = {"profile": "felt-check", "device": ["sim:"], "record": False}
    start = {"jsonrpc": "2.0", "method": "session.start", "params": asked}
    listener.session = str(max((int(each["id"]) for each in client.call("session.list")), default=0) + 1)
    listener.socket.send(json.dumps(start))
    listener.socket.send('{"jsonrpc":"2.0","method":"session.stop_all"}')
    listener.until("end")
    listener.until("stop", stop="confirmed")
    snapshot = client.call("session.snapshot", session=listener.session)
    assert snapshot["progress"] == {}
    assert snapshot["start"] == {}


def test_hands_that_were_stopped_need_no_device_to_confirm_it(line: tuple[Client, Listener]) -> None:
    client, listener = line
    client.call("recipient.new", name="me", adult=True)
    client.call("recipient.use", name="me")
    told = client.call("screen.questions")
    answers = {each["id"]: {"yes": False} for each in told if each["event"] == "question"}
    client.call("screen.answer", recipient="me", answers=answers)
    client.call("screen.answer", ready=[each["id"] for each in told if each["event"] == "ready"])
    start(client, listener, profile="arms", device=[], recipient="me")
    listener.until("progress")
    client.stop()
    listener.until("end")
    listener.until("stop", stop="confirmed")


def test_a_session_that_hangs_is_confirmed_by_nobody_whatever_it_was_started_on(
    served: Served, line: tuple[Client, Listener]
) -> None:
    """Its device stands in the config file, and nobody watches: the server stops it, and is not heard."""
    client, listener = line
    config = served.folder / "config" / "kneadwave" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('device = "sim:"\n')
    start(client, listener, profile="felt-check", device=[])
    listener.until("progress")
    (child,) = psutil.Process(served.process.pid).children()
    child.suspend()
    try:
        listener.until("stop", here=False, stop="not confirmed")
    finally:
        child.resume()
        config.unlink()
    listener.until("stop", stop="confirmed")


def test_where_nobody_is_there_it_pauses_then_stops(line: tuple[Client, Listener]) -> None:
    client, listener = line
    begin(client, listener)
    listener.until("unattended", here=False)
    listener.until("state", here=False, state="paused")
    listener.until("stop", here=False, stop="asked")
    listener.until("stop", here=False, stop="confirmed")


def test_whoever_plays_a_profile_that_is_none_is_told_why(line: tuple[Client, Listener]) -> None:
    client, listener = line
    start(client, listener, profile="no-such-profile")
    end = listener.until("end")
    assert end["ok"] is False
    assert end["exit"] == 3
    assert "no-such-profile" in end["error"]


def test_a_person_who_is_not_screened_is_not_massaged(line: tuple[Client, Listener], served: Served) -> None:
    client, listener = line
    client.call("recipient.new", name="somebody", adult=True)
    device = served.folder / "nothing-here"
    start(client, listener, profile="relaxing-back", device=[str(device)], recipient="somebody")
    end = listener.until("end")
    assert end["ok"] is False
    assert end["exit"] in (4, 7)
    assert not listener.frames


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_ends_takes_its_sessions_with_it(tmp_path: Path, number: signal.Signals) -> None:
    record = tmp_path / "run.jsonl"
    with Served(tmp_path) as served:
        client = served.client()
        with client.listen() as listener:
            start(client, listener, profile="felt-check", record=True)
            listener.until("progress")
            (child,) = psutil.Process(served.process.pid).children()
            recordings = tmp_path / "data" / "kneadwave" / "recordings"
            (record,) = recordings.glob("*.jsonl")
            served.process.send_signal(number)
            child.wait(IN_TIME_S) if number == signal.SIGTERM else psutil.wait_procs([child], IN_TIME_S)
    last = json.loads(record.read_text().splitlines()[-1])
    assert last["kind"] == "end"
    assert last["ok"] is False


def test_a_server_that_hangs_is_left_by_its_sessions(tmp_path: Path) -> None:
    with Served(tmp_path) as served:
        client = served.client()
        with client.listen() as listener:
            start(client, listener, profile="first-session")
            listener.until("progress")
            (child,) = psutil.Process(served.process.pid).children()
            server = psutil.Process(served.process.pid)
            server.suspend()
            try:
                _gone, alive = psutil.wait_procs([child], IN_TIME_S)
                stopped = not alive or child.status() == psutil.STATUS_ZOMBIE
            finally:
                server.resume()
            assert stopped
            assert listener.until("end")["ok"] is False


def test_a_server_that_ends_waits_for_no_answer_before_its_sessions_stop(tmp_path: Path) -> None:
    with Served(tmp_path) as served:
        client = served.client()
        with client.listen() as listener, socket.create_connection(served.host.split(":")) as slow:  # type: ignore[arg-type]
            head = "".join(f"{name}: {value}\r\n" for name, value in client.headers.items())
            about = f"POST /api/rpc HTTP/1.1\r\nhost: {served.host}\r\n{head}content-length: 9\r\n\r\n"
            slow.sendall(about.encode())
            start(client, listener, profile="felt-check")
            listener.until("progress")
            (child,) = psutil.Process(served.process.pid).children()
            served.process.terminate()
            psutil.wait_procs([child], IN_TIME_S)
            assert served.process.poll() is None, "it waits for the rest of what is asked"


def test_who_ends_it_twice_does_not_wait_and_sees_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Served(tmp_path) as served:
        client = served.client()
        address = served.host.split(":")
        with socket.create_connection(address) as slow:  # type: ignore[arg-type]
            head = "".join(f"{name}: {value}\r\n" for name, value in client.headers.items())
            slow.sendall(
                f"POST /api/rpc HTTP/1.1\r\nhost: {served.host}\r\n{head}content-length: 9\r\n\r\n".encode()
            )
            assert client.call("session.list") == []
            served.process.send_signal(signal.SIGINT)
            with suppress(ConnectionError):
                while True:  # until it has heard that
                    socket.create_connection(address).close()  # type: ignore[arg-type]
            served.process.send_signal(signal.SIGINT)
            assert served.process.wait(IN_TIME_S) == 130
    assert "Traceback" not in capfd.readouterr().err


def test_a_child_that_is_killed_is_told_as_not_confirmed(
    line: tuple[Client, Listener], served: Served
) -> None:
    client, listener = line
    begin(client, listener)
    for child in psutil.Process(served.process.pid).children():
        child.kill()
    end = listener.until("end")
    assert end["ok"] is False
    assert end["exit"] == -signal.SIGKILL


def test_a_step_is_felt_as_it_is_edited_and_stopped(line: tuple[Client, Listener]) -> None:
    client, listener = line
    told = client.call("session.feel", profile="relaxing-back", step="8", device="sim:")
    listener.session = told["session"]
    assert listener.until("start")["profile"] == "preview"
    assert listener.until("progress")["level"] >= 0.0
    client.call("session.stop", session=listener.session)
    listener.until("stop", stop="confirmed")
    assert listener.until("end")["ok"] is True


def test_two_versions_are_felt_blind_and_answered(line: tuple[Client, Listener]) -> None:
    client, listener = line
    client.call("tune.set", profile="relaxing-back", step="8", points={"40%": 0.9})
    told = client.call("session.feel", profile="relaxing-back", step="8", test="ab", device="sim:")
    listener.session = told["session"]
    assert listener.until("question")["choices"] == ["1", "2", "0", "r"]
    client.call("session.key", session=listener.session, key="2")
    assert listener.until("end")["answer"] in ("edited", "saved")


def test_a_number_is_walked_and_what_feels_right_becomes_an_edit(line: tuple[Client, Listener]) -> None:
    client, listener = line
    asked = {"profile": "relaxing-back", "step": "8", "number": "rate", "first": 30, "last": 40}
    told = client.call("session.feel", test="sweep", device="sim:", **asked)
    listener.session = told["session"]
    listener.until("value")
    listener.until("value")
    client.call("session.key", session=listener.session, key=" ")
    assert listener.until("end")["value"] is not None
