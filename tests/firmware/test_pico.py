"""The image of the Pico, as people flash it, in an emulator: bus, pins, watchdog, and the kernel in it."""

import subprocess
from itertools import pairwise

import pytest
from depth import DEPTH
from differential import DrawnSession, difference, shortest
from kernel import FIRMWARE
from kernel_vectors import FRAMES
from pico import (
    BRANCH_TO_ITSELF,
    EmulatedPico,
    PicoTalk,
    address_of,
    build,
    drawn,
    guard_as_pico,
    pico,
    pico_record,
    told,
)
from reference_wire import (
    ACTUATOR,
    ACTUATOR_FIELDS,
    ANSWER,
    DESCRIBE,
    DISARMED,
    HELLO,
    IDENTITY,
    IDENTITY_FIELDS,
    PLAYING,
    REASON,
    RESET,
    SETPOINTS,
    STATUS,
    STOP,
    STOPPING,
    TRIPPED,
    Receiver,
    WireFrame,
    encode,
    pack_fields,
)

TICKS = 4000
SESSIONS = 50 if DEPTH == 1 else 5
DRIVES = [90, 0, 30, 200, 40, 60, 0, 80, 100, 20, 50, 70, 10, 110, 140, 1]
PERMIT = -1
US_PER_TICK = 1000
USB_PACKET = 64
GIVE_FALSE = [0x2000, 0x4770]
"""A function of the image that does nothing else."""


@pytest.fixture(scope="module")
def board(shared):
    with EmulatedPico(shared.get("pico", build)) as board:
        yield board


@pytest.fixture
def host(board):
    board.one("start", {"noise": 77, "keep": False})
    return PicoTalk(board)


def last_driven(rows):
    """The last tick in which anything is put out, or permitted."""
    ends = [(after[0] - 1) for row, after in pairwise(rows) if any(row[1:])]
    assert not any(rows[-1][1:])
    return max(ends)


# The bus


def test_it_rises_without_power_and_is_found_on_the_bus(board):
    begun = board.one("start", {"noise": 77, "keep": False})
    assert begun["outputs"] == [0] * 17
    assert begun["us"] < 2000
    board.one("tick", 40)
    state = board.one("state")
    assert state["ready"]
    assert not any(permit for _, permit in state["permits"])
    said = {name: bytes(told or b"") for name, told in state["descriptors"].items()}
    assert said["device"][8:14] == bytes.fromhex("09120100") + (1).to_bytes(2, "big"), (
        "1209:0001, version 1.00"
    )
    assert said["qualifier"] == b"", "a device that is never fast has none"
    assert said["configuration"][:4] == bytes([9, 2, 67, 0])
    assert len(said["configuration"]) == 67
    assert said["product"][2:].decode("utf-16-le") == "Kneadwave cushion"
    assert said["serial"][2:].decode("utf-16-le") == f"{told()[0]['unit_id']:08x}"
    assert (said["coding"], said["coding_kept"]) == (
        bytes.fromhex("00c20100000008"),
        bytes.fromhex("00960000000008"),
    )


def test_a_host_that_others_wrote_finds_it_as_well(board):
    """The emulator's own; it sends empty packets whenever it may."""
    board.one("start", {"stock": True, "keep": False})
    board.one("tick", 40)
    assert board.one("state")["ready"]
    board.do(("send", encode(WireFrame(HELLO, 1, 0, 0, 0, b"\2")).hex()), ("tick", 60))
    frames = Receiver().take(bytes.fromhex(board.one("take")))
    assert [frame.type for frame in frames] == [IDENTITY, STATUS]


def test_it_says_of_itself_what_the_description_of_its_board_says(host):
    identity, table = told()
    host.greet()
    for actuator in table:
        host.send(DESCRIBE, bytes([actuator["index"]]))
        host.at(host.now + 1)
    assert host.heard[0].payload == pack_fields(IDENTITY_FIELDS, identity)
    actuators = [frame.payload for frame in host.heard if frame.type == ACTUATOR]
    assert actuators == [pack_fields(ACTUATOR_FIELDS, actuator) for actuator in table]


# The kernel in it


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_a_session_comes_out_as_on_the_guard(board, seed):
    session = drawn(seed, TICKS)

    def differs(one):
        return difference(guard_as_pico(one), pico_record(board, one))

    if differs(session) is not None:
        short = shortest(session, differs)
        pytest.fail(f"guard and board differ in {differs(short)} at the end of this session:\n{short}")
    assert board.one("state")["slowest_us"] < 200, "of a tick, and all that came in it"


@pytest.mark.parametrize("part", ["frames", "streams"])
def test_the_bytes_of_the_vectors_come_out_as_on_the_guard(board, part):
    """Good frames, faults and stops; a HELLO after each tells what was dropped."""
    identity, table = told()
    hello = encode(WireFrame(HELLO, 1, 0, 0, 0, b"\2"))
    t, events = 50, []
    for wire in (bytes.fromhex(case["wire"]) for case in FRAMES[part]):
        pieces = [wire[at : at + USB_PACKET] for at in range(0, len(wire), USB_PACKET)]
        for piece in [*pieces, hello]:
            events.append([t, "frame", piece.hex()])
            t += 1
    session = DrawnSession(identity, table, 77, 0, cuts=False, events=events, until=t + 300)
    of_guard = guard_as_pico(session)
    assert len(of_guard.sent) > 50 * len(FRAMES[part])
    assert difference(of_guard, pico_record(board, session)) is None


# What ends a session


def test_a_host_that_falls_silent_leaves_no_power(host):
    host.play(DRIVES)
    assert host.status() == (PLAYING, REASON["none"])
    silent = host.now - 20
    host.at(silent + 1100)
    rows = host.outputs_after(host.now - 1100)
    assert any(rows[0][1:PERMIT])
    assert all(row[PERMIT] for row in rows if any(row[1:PERMIT])), "no drive without a permit"
    assert max(row[0] for row in rows if any(row[1:PERMIT])) <= silent + 500
    assert 900 < last_driven(rows) - silent <= 1001
    assert host.status() == (TRIPPED, REASON["link lost"])


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("line", False), "line dropped"),
        (("suspend", None), "line dropped"),
        (("break", None), "line break"),
        (("send", "00000000"), "stop zeros"),
        (("send", encode(WireFrame(STOP, 9, 0, 0, 0, b"")).hex()), "stop frame"),
    ],
)
def test_a_stop_leads_to_zero_and_off(host, command, reason):
    host.play(DRIVES, until=2400)
    begun = host.now
    host.board.do(command)
    host.at(begun + 10)
    assert host.status() == (STOPPING, REASON[reason])
    host.at(begun + 300)
    rows = host.outputs_after(begun)
    assert any(rows[0][1:PERMIT])
    assert last_driven(rows) - begun <= 250
    assert host.status() == (DISARMED, REASON[reason])


def test_the_button_takes_the_power_in_the_tick_in_which_it_is_seen(host):
    host.play(DRIVES, until=2400)
    begun = host.now
    host.board.do(("button", True), ("tick", begun + 1), ("button", False))
    host.at(begun + 50)
    (_, *_, on), (seen, *_, off), (then, *drives, still) = host.outputs_after(begun)
    assert (on, off, still) == (1, 0, 0)
    assert (seen, then) == (begun + 1, begun + 2)
    assert not any(drives)
    assert host.status() == (TRIPPED, REASON["button"])


def test_what_breaks_a_limit_takes_the_power_at_once(host):
    host.play(DRIVES, until=2400)
    before = host.board.one("state")["us"]
    host.send(SETPOINTS, bytes([1, 0, 255]), host.now + 150)
    (at, permit) = host.board.one("state")["permits"][-1]
    assert permit == 0
    assert at - before < 500, "us: not even the next tick is waited for"
    assert host.status() == (TRIPPED, REASON["ceiling"])


def test_a_press_that_bounces_is_one_and_does_not_look_after_itself(host):
    """A second press says that somebody has looked; the contact of the first one may not."""

    def press(*levels):
        for level in levels:
            host.board.do(("button", level), ("tick", host.now + 3))
            host.at(host.now + 3)

    def reset():
        (answer, *_) = [frame.payload for frame in host.send(RESET) if frame.type == ANSWER]
        return answer[2]

    host.greet()
    press(True, False, True, False, True)
    assert host.status() == (TRIPPED, REASON["button"])
    assert reset() == REASON["tripped"]
    press(*[False] * 7, True)
    assert reset() == REASON["none"]
    press(False)


def test_a_wire_that_is_cut_keeps_it_tripped(host):
    """It is as a press that lasts."""
    host.greet()
    host.board.one("button", True)
    host.at(host.now + 100)
    assert host.status() == (TRIPPED, REASON["button"])
    host.send(RESET)
    host.at(host.now + 25)
    assert host.status() == (TRIPPED, REASON["button"])
    host.board.one("button", False)


def test_a_tick_is_a_millisecond(board):
    board.do(("start", {"noise": 77, "keep": False}), ("tick", 40))
    begun = board.one("state")["us"]
    board.one("tick", 1040)
    assert board.one("state")["us"] - begun == pytest.approx(1000 * US_PER_TICK, abs=50)


# The hardware watchdog


@pytest.mark.parametrize(
    ("function", "code"),
    [
        ("knead_advance", [BRANCH_TO_ITSELF]),
        ("usb_look", [BRANCH_TO_ITSELF]),
        pytest.param("tick_is_due", GIVE_FALSE, id="the loop runs, and no tick"),
    ],
)
def test_a_program_that_hangs_is_reset_without_power_and_draws_another_epoch(host, function, code):
    host.play(DRIVES, until=2400)
    begun, before = host.now, host.board.one("state")
    assert host.epoch == 77
    assert before["permits"][-1][1] == 1
    words = [[address_of(function) + 2 * k, word] for k, word in enumerate(code)]
    host.board.do(("poke", words), ("tick", begun + 30))
    (reset_us,) = set(host.board.one("state")["resets"]) - set(before["resets"])
    assert reset_us - before["us"] <= 11 * US_PER_TICK
    assert host.board.one("rise", {})["outputs"] == [0] * 17
    again = PicoTalk(host.board)
    again.greet()
    assert again.epoch == 78, "the same noise, and not the epoch before"
    assert again.status() == (DISARMED, REASON["none"])


# The pins


def test_the_pins_are_high_for_their_share_of_20_khz(host):
    host.play(DRIVES, until=2600)
    *drives, _ = host.outputs_after(host.now)[-1][1:]
    assert drives == DRIVES
    periods = 10
    host.board.do(("waves", None), ("high", {"pins": [0], "us": 100}))
    pins = [int(pin.pin[2:]) for pin in pico().actuators]
    measured = host.board.one("high", {"pins": pins, "us": periods * 255 * 24.5 / 125})
    for drive, (share, edges) in zip(DRIVES, measured, strict=True):
        assert share == pytest.approx(drive / 255, abs=0.5 / 255)
        assert abs(edges - 2 * periods * (drive > 0)) <= (drive > 0)


# The build


def test_without_its_compiler_the_image_is_left_out_in_one_line():
    command = ["make", "-s", "-C", str(FIRMWARE), "pico", "COMPILER_rp2040=no-such-compiler"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "pico is left out: no no-such-compiler, which Debian has in gcc-arm-none-eabi\n"
