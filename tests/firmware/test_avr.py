"""The images for Arduino boards as machine code in simavr: against the guard, and within their budgets."""

import json
import re
import subprocess

import numpy as np
import pytest
from avr_board import (
    BUSY,
    CONSUMED,
    CYCLES_A_TICK,
    LINE_BAUD,
    PERMIT,
    REASON,
    STATE,
    AvrBoard,
    board_named,
)
from avr_playing import BUSY_MOST, DRIVE, PoweredBoard
from avr_session import BoardLife, differs, drawn_on, fields_of
from depth import DEPTH
from differential import shortest
from reference_wire import table_hash

from firmware_bridge.wire.messages import DeviceState

RAM_MOST, RAM = {"uno": 1600, "mega": 4096}, {"uno": 2048, "mega": 8192}
"""Bytes, stack included; the Uno's is held by issue and page, the Mega's half of what it has."""
FLASH_MOST = {"uno": 16 * 1024, "mega": 48 * 1024}
TICKS = 5000
SESSIONS = 50 if DEPTH == 1 else 5
"""Of each board, on its own table; those of the test image are as many."""
POWERED = (2, 3, 4)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["uno", "mega"])
@pytest.mark.parametrize("seed", range(SESSIONS))
def test_a_session_comes_out_as_on_the_guard_and_within_the_budgets(simulator, images, name, seed):
    """Bytes at the speed of the line, drives out of the registers of the timers, every cycle counted."""
    board = board_named(name)
    session = drawn_on(seed, TICKS, fields_of(board))
    device = AvrBoard(simulator, images[name], session.epoch, button=board.button.pin)
    life = BoardLife(device, session)
    if differs(session, life) is not None:
        tell(session, lambda: AvrBoard(simulator, images[name], session.epoch, button=board.button.pin))
    facts = life.facts()
    assert len(facts) >= TICKS
    assert np.array_equal(facts[:, PERMIT] != 0, np.isin(facts[:, STATE], POWERED))
    assert facts[:, BUSY].max() <= BUSY_MOST
    assert static_ram(images[name]) + device.stack < RAM_MOST[name]


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(SESSIONS, 3 * SESSIONS))
def test_a_session_on_a_table_drawn_by_lot_comes_out_as_on_the_guard(simulator, test_image, seed):
    session = drawn_on(seed, TICKS)
    told = session.identity, session.table

    def power():
        return AvrBoard(simulator, test_image, session.epoch, button="PA1", told=told)

    if differs(session, BoardLife(power(), session, paced=False, press_ticks=1)) is not None:
        tell(session, power, paced=False, press_ticks=1)


def tell(session, power, **settings):
    """Fail with the shortest session that shows a difference."""

    def difference(one):
        return differs(one, BoardLife(power(), one, **settings))

    short = shortest(session, difference)
    pytest.fail(f"guard and board differ in {difference(short)} at the end of this session:\n{short}")


def test_a_difference_is_told_by_the_shortest_session_that_shows_it(simulator, test_image):
    """Here the board is told another ceiling than the guard."""
    session = drawn_on(0, 2000)
    table = [row | {"ceiling": 0} for row in session.table]
    identity = session.identity | {"limits_hash": table_hash(session.identity, table)}

    def power():
        return AvrBoard(simulator, test_image, session.epoch, button="PA1", told=(identity, table))

    with pytest.raises(pytest.fail.Exception, match="differ") as told:
        tell(session, power, paced=False, press_ticks=1)
    events = json.loads(str(told.value).split("\n", 1)[1])["events"]
    assert len(events) <= 2, "LIMITS are answered, or a table is told"


def static_ram(image):
    """Bytes of variables."""
    told = subprocess.run(["avr-size", "-A", image.elf], capture_output=True, text=True, check=True).stdout
    return sum(int(size) for size in re.findall(r"^\.(?:data|bss|noinit)\s+(\d+)", told, re.MULTILINE))


@pytest.mark.parametrize("name", ["uno", "mega"])
def test_flash_is_left_for_more(images, name):
    command = ["avr-size", "-A", images[name].elf]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    flash = sum(int(size) for size in re.findall(r"^\.(?:text|data)\s+(\d+)", told, re.MULTILINE))
    assert flash < FLASH_MOST[name]


@pytest.fixture(params=["uno", "mega"])
def board(request, simulator, images):
    """A board that nobody talks to."""
    return PoweredBoard(simulator, images, request.param)


def test_each_life_has_another_epoch(board):
    epochs = [board.hello().epoch]
    for _ in range(4):
        board.reset()
        epochs.append(board.hello().epoch)
    assert epochs == [7, 8, 9, 10, 11]


def test_a_cut_wire_of_the_button_is_a_press_for_as_long_as_it_is_cut(board):
    board.button(open=True)
    assert board.play(2).facts[-1, STATE] == 0, "a spark is no press"
    assert board.play(1).facts[-1, STATE] == 5
    assert (board.play(3000).facts[:, STATE] == 5).all()


def test_a_board_that_hangs_is_reset_and_has_no_power(board):
    """Its tick is taken from it, as by an endless loop: the watchdog bites, and it comes up disarmed."""
    before = board.hello().epoch
    timsk1 = 0x6F
    board.poke(timsk1, 0)
    began = board.cycle
    board.wait_for_reset(within=CYCLES_A_TICK * 100)
    assert board.cycle - began < CYCLES_A_TICK * 60
    played = board.play(50)
    assert not played.drives.any()
    assert not played.facts[:, [STATE, PERMIT]].any()
    assert board.hello().epoch == before + 1


def test_four_zeros_begin_the_ramp_at_once_and_it_ends_in_time(board):
    board.start_to_play()
    board.feed(bytes(4))
    played = board.play(300)
    begins = np.flatnonzero(played.facts[:, STATE] == DeviceState.STOPPING)[0]
    assert begins <= 3, "the time of four bytes on the line, and no more"
    falls = np.flatnonzero((played.drives < DRIVE).all(axis=1))[0]
    assert falls <= 20
    still = np.flatnonzero(~played.drives.any(axis=1))[0]
    assert still - begins <= 250
    off = np.flatnonzero(played.facts[:, PERMIT] == 0)[0]
    assert off - begins <= 251


def test_a_break_is_a_stop(board):
    board.start_to_play()
    board.line_break()
    played = board.play(300)
    assert played.facts[3, STATE] == DeviceState.STOPPING
    assert (played.facts[-1, [STATE, REASON]] == (DeviceState.DISARMED, 3)).all()


def test_the_button_takes_the_power_within_5_ms(board):
    board.start_to_play()
    board.button(open=True)
    played = board.play(5)
    assert not played.drives[-1].any()
    assert not played.facts[-1, PERMIT]


def test_a_host_that_falls_silent_leaves_no_power(board):
    """From the last byte on: zero by 550 ms, latched and off by 1000 ms."""
    board.start_to_play()
    played = board.play(1100)
    still = np.flatnonzero(~played.drives.any(axis=1))[0]
    assert still <= 550
    assert not played.drives[still:].any()
    off = np.flatnonzero(played.facts[:, PERMIT] == 0)[0]
    assert off <= 1000
    assert (played.facts[off:, PERMIT] == 0).all()


def test_the_line_is_as_fast_as_its_divider_makes_it(board):
    before = int(board.now().facts[0, CONSUMED])
    board.feed(b"\1" * 1000)
    board.play(60)
    assert int(board.now().facts[0, CONSUMED]) - before > 500


@pytest.mark.parametrize("share", [0.55, 0.7, 0.8, 0.9, 1.0])
def test_a_stop_is_heard_where_setpoints_come_faster_than_it_takes_them(board, share):
    """As no host may send them; the Mega has no room for some of the zeros, then."""
    send = board.start_to_play()
    fed, ended = 0.0, board.ticks + 150
    while board.ticks < ended:
        while fed < 0:
            fed += send()
        fed -= share * LINE_BAUD / 10_000
        board.play(1)
    board.feed(bytes(4))
    assert (board.play(80).facts[:, STATE] == DeviceState.STOPPING).any()


def test_as_many_bytes_as_a_host_may_have_on_the_line_find_room(board):
    send = board.start_to_play()
    send()
    board.play(20)
    before = int(board.now().facts[0, CONSUMED])
    board.feed(b"\1" * 127 + b"\0")
    board.play(40)
    assert int(board.now().facts[0, CONSUMED]) - before == 128


ROUND = 255
"""Milliseconds after which a pin that is switched has given its share."""


def test_the_pins_of_the_board_are_high_for_their_share(board):
    """By simavr's own table of which channel is on which pin.

    On an ATmega328P it ends each pulse of timer 1 in the cycle in which it begins: these two are left out.
    """
    board.watch([pin.pin for pin in board.board.actuators])
    small = board.board.name == "uno"
    seen = [not (small and pin.pwm in ("1A", "1B")) for pin in board.board.actuators]
    send = board.start_to_play()
    before = board.high()
    for _ in range(ROUND // 5):
        send()
        board.play(5)
    share = (board.high() - before) / (ROUND * CYCLES_A_TICK)
    assert share[seen] == pytest.approx(DRIVE / 255, abs=0.01)
    board.feed(bytes(4))
    board.play(300)
    off = board.high()
    board.play(ROUND)
    assert not (board.high() - off).any()
