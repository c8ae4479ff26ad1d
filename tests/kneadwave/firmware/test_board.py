"""A board's file becomes C: the firmware's table is its description's, and nothing contradicts itself."""

import re
import tomllib
from pathlib import Path

import pytest
import tomlkit

from firmware_bridge.devices.load import load_device
from firmware_bridge.wire.codec import report_payload
from firmware_bridge.wire.describe import description_of
from firmware_bridge.wire.identity import expected_hash
from kneadwave.errors import BoardError
from kneadwave.firmware.board import load_board
from kneadwave.firmware.c_source import board_header, device_self, self_header

FOLDER = Path(__file__).parents[3] / "firmware" / "boards"
BOARDS = {path.stem: load_board(path) for path in sorted(FOLDER.glob("*.toml"))}


@pytest.fixture(params=BOARDS)
def board(request):
    return BOARDS[request.param]


def bytes_of(source, name):
    """The bytes of an array in C."""
    found = re.search(rf"{name}\[(\d+)\] KNEAD_FLASH = \{{(.*?)\}};", source, re.DOTALL)
    data = bytes(int(byte, 16) for byte in re.findall(r"0x\w\w", found[2]))
    assert len(data) == int(found[1])
    return data


def test_each_port_has_a_board():
    assert {name: board.port for name, board in BOARDS.items()} == {
        "mega": "avr",
        "pico": "rp2040",
        "uno": "avr",
    }
    assert all(name == board.name for name, board in BOARDS.items())


def test_the_table_in_the_firmware_is_that_of_the_description(board):
    source, told = self_header(board), device_self(board)
    assert bytes_of(source, "board_identity") == report_payload(told.identity)
    assert bytes_of(source, "board_table") == b"".join(map(report_payload, told.table))
    described = load_device(board.device)
    assert told.identity.limits_hash == expected_hash(described)
    assert told.agrees_with_itself
    assert description_of(told) == described


def test_the_kernel_starts_with_it(board, library):
    """With the very bytes of the image, and with no ceiling or span that differs."""
    source = self_header(board)
    identity, table = bytes_of(source, "board_identity"), bytes_of(source, "board_table")
    handle = library.host_new(identity, table, len(table), 1, 0, False)
    assert handle
    library.host_free(handle)


def test_sizes_have_room_for_it(board):
    header = board_header(board)
    sizes = {name: int(value) for name, value in re.findall(r"#define KNEAD_(\w+) (\d+)\n", header)}
    places = board.description.actuators
    assert sizes["ACTUATORS"] == len(places)
    assert sizes["SLOTS"] == device_self(board).identity.slots
    assert len(re.findall(r"PIN\(\d+,", header)) == len(places)


def damaged(folder, **changes):
    """A file like that of the Uno, but for some keys; None leaves one out."""
    content = tomllib.loads((FOLDER / "uno.toml").read_text(encoding="utf-8"))
    path = folder / "board.toml"
    kept = {key: value for key, value in (content | changes).items() if value is not None}
    path.write_text(tomlkit.dumps(kept), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"device": "motor-cushion-16"}, "8 pins are given for the 16 actuators"),
        ({"device": "reference-cushion"}, "8 pins are given for the 16"),
        ({"device": "no-such"}, "no device and no file"),
        ({"permit": {"pin": "PD3", "label": "3"}}, "pin PD3 is given twice"),
        ({"button": {"pin": "GP4", "label": "4"}}, "no pin GP4 on a board of the port avr"),
        ({"port": "stm32"}, "port: "),
        ({"sizes": {"slots": 7, "statuses": 16, "reports": 4}}, "sizes.slots: must be 8 at least"),
        ({"permit": None}, "permit: is missing"),
        ({"speed": 3}, "unknown key 'speed'"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_board_that_contradicts_itself_is_refused(tmp_path, changes, message):
    with pytest.raises(BoardError, match=re.escape(message)):
        load_board(damaged(tmp_path, **changes))


def test_a_channel_of_a_timer_drives_one_pin(tmp_path):
    content = tomllib.loads((FOLDER / "uno.toml").read_text(encoding="utf-8"))
    content["actuators"][3]["pwm"] = "2B"
    with pytest.raises(BoardError, match="timer channel 2B is given twice"):
        load_board(damaged(tmp_path, actuators=content["actuators"]))


def mega_with(folder, permit, switched):
    """A Mega with its permit and a motor that the tick switches at these pins."""
    content = tomllib.loads((FOLDER / "mega.toml").read_text(encoding="utf-8"))
    content["permit"]["pin"], content["actuators"][0]["pin"] = permit, switched
    path = folder / "board.toml"
    path.write_text(tomlkit.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("port", "HJKL")
def test_where_the_interrupt_could_undo_the_permit_a_board_is_refused(tmp_path, port):
    with pytest.raises(
        BoardError, match=f"the permit P{port}0 shares its port with P{port}7.* take one of A to G"
    ):
        load_board(mega_with(tmp_path, f"P{port}0", f"P{port}7"))


@pytest.mark.parametrize(("permit", "switched"), [("PL0", "PK7"), ("PG1", "PG0"), ("PH0", "PA2")])
def test_a_permit_on_a_port_of_its_own_or_that_one_instruction_sets_is_taken(tmp_path, permit, switched):
    assert load_board(mega_with(tmp_path, permit, switched)).permit.pin == permit


def test_no_port_claims_to_put_out_a_rate(tmp_path):
    content = tomllib.loads((FOLDER / "mega.toml").read_text(encoding="utf-8"))
    path = tmp_path / "board.toml"
    path.write_text(tomlkit.dumps(content | {"device": "reference-cushion"}), encoding="utf-8")
    with pytest.raises(BoardError, match="upper-r of reference-cushion has a rate, which no port puts out"):
        load_board(path)


def test_the_page_of_a_board_names_its_pins_in_order(board):
    page = {"avr": "firmware-arduino.md", "rp2040": "firmware-pico.md"}[board.port]
    text = (FOLDER.parents[1] / "docs" / page).read_text(encoding="utf-8")
    labels = ", ".join(pin.label for pin in board.actuators)
    assert f"| {labels} |" in text


def test_the_page_tells_the_order_of_the_wire_beside_places_and_pins():
    page = (FOLDER.parents[1] / "docs" / "firmware-making.md").read_text(encoding="utf-8")
    for device, names in (("seat-pad-8", ["uno"]), ("motor-cushion-16", ["mega", "pico"])):
        boards = [BOARDS[name] for name in names]
        assert {board.device for board in boards} == {device}
        for i, spec in enumerate(load_device(device).actuators):
            pins = " | ".join(board.actuators[i].label for board in boards)
            assert f"| {i} | `{spec.id}` | {spec.x_mm:g}, {spec.y_mm:g} | {pins} |\n" in page


def test_the_page_reckons_with_the_power_budgets():
    page = (FOLDER.parents[1] / "docs" / "firmware-making.md").read_text(encoding="utf-8")
    budgets = [BOARDS[name].description.power_budget for name in ("uno", "mega")]
    assert BOARDS["pico"].description.power_budget == budgets[1]
    motors = [f"{budget / 255:.2g}" for budget in budgets]
    assert "| power budget of the description, in drive units | {} | {} |".format(*budgets) in page
    assert "| that is, motors at full drive: budget / 255 | {} | {} |".format(*motors) in page


def test_boards_of_one_description_are_told_apart_by_their_unit(tmp_path):
    one, other = load_board(FOLDER / "uno.toml"), load_board(damaged(tmp_path, unit_id=7))
    assert (device_self(one).identity.unit_id, device_self(other).identity.unit_id) == (0, 7)
    assert device_self(one).identity.limits_hash == device_self(other).identity.limits_hash
    with pytest.raises(BoardError, match="unit_id: must be"):
        load_board(damaged(tmp_path, unit_id=1 << 32))


def test_an_avr_is_flashed_by_avrdude_and_a_pico_is_not(tmp_path):
    with pytest.raises(BoardError, match="an AVR is flashed by avrdude"):
        load_board(damaged(tmp_path, avrdude=None))
