"""What a copy that was put back shows, and what else happens to a ledger, its anchor and its witness."""

import os
import shutil
from itertools import product

import pytest
from ledgers import LATER, NOW, entries, files, noticed, witness, write
from people import cleared, folder_of, ledger_of, make_recipient, people_files, witness_of

from kneadwave.errors import NotCleared, PersonFileError
from kneadwave.people import ledger
from kneadwave.people.gate import admit
from kneadwave.people.recipient import load, save
from kneadwave.store.ledger_end import LedgerEnd, write_end
from kneadwave.store.log_lines import LogEntry, encode


@pytest.fixture(autouse=True)
def no_waiting_for_disks(monkeypatch):
    monkeypatch.setattr(os, "fsync", id)


def places():
    """The ledger, its anchor and its witness."""
    return (*files(), witness())


def copy():
    """What lies there now: the bytes of all three, None for what is missing."""
    return [path.read_bytes() if path.exists() else None for path in places()]


def put_back(*contents):
    for path, content in zip(places(), contents, strict=True):
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content)


def copies(count=4):
    """Copies taken before the first line and after each."""
    assert noticed() == []  # the first look makes the witness
    found = [copy()]
    for number in range(count):
        write(1, start=number)
        found.append(copy())
    return found


def write_as_before_witnesses(count=3):
    """A ledger of a version that had no witness."""
    data, last = b"", ""
    for number in range(count):
        line, last = encode(LogEntry(NOW, "ready", {"number": number}), ledger.FORMAT, last)
        data += line
    files()[0].write_bytes(data)
    write_end(files()[1], LedgerEnd(count, last))
    witness().unlink(missing_ok=True)


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("lines", range(4))
def test_a_ledger_put_back_with_its_anchor_is_noticed_once(lines):
    taken = copies()
    put_back(*taken[lines][:2], taken[-1][2])
    (why,) = noticed()
    assert "an earlier copy of it was put back" in why
    write(2, start=9)
    assert len(noticed()) == 1


def test_a_ledger_put_back_with_its_anchor_is_the_day_used_up(profile):
    cleared("me", now=NOW)
    before = copy()
    with admit("me", profile(), NOW, confirmed=None) as sitting:
        sitting.begin("played", "/dev/nowhere", 900, NOW)
        sitting.end("completed", 900, {}, LATER)
    put_back(*before[:2], witness().read_bytes())
    with pytest.raises(NotCleared, match="counts as the daily limit reached"):
        admit("me", profile(), LATER, confirmed=None).__enter__()


@pytest.mark.usefixtures("me")
def test_of_all_that_can_be_put_back_only_what_a_killed_process_leaves_passes():
    taken = copies()
    for number, (lines, anchor, seen) in enumerate(product(range(5), repeat=3)):
        put_back(taken[lines][0], taken[anchor][1], taken[seen][2])
        left_by_a_kill = lines >= anchor >= seen >= lines - 1
        assert (noticed() == []) is left_by_a_kill, (number, lines, anchor, seen)
        assert (len(entries()) == lines) is left_by_a_kill


@pytest.mark.usefixtures("me")
def test_a_line_less_is_noticed_where_the_witness_knows_it():
    taken = copies(2)
    put_back(*taken[1][:2], taken[2][2])
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("behind", [1, 2])
def test_an_anchor_or_a_witness_put_back_alone_takes_no_line_away(place, behind):
    taken = copies()
    mixed = list(taken[-1])
    mixed[place] = taken[-1 - behind][place]
    put_back(*mixed)
    killed = (place, behind) == (2, 1)  # a witness one line behind is what a killed process leaves
    said = f"an earlier copy of its {('anchor', 'witness')[place - 1]} was put back"
    assert [said in why for why in noticed()] == ([] if killed else [True])
    assert [entry.fields["number"] for entry in entries()[:4]] == [0, 1, 2, 3]


@pytest.mark.usefixtures("me")
def test_a_witness_that_was_taken_away_is_noticed_each_time():
    write(2)
    for times in (1, 2):
        witness().unlink()
        assert len(noticed()) == times
        assert "its witness is missing" in noticed()[-1]
        write(1, start=2 * times)


@pytest.mark.usefixtures("me")
def test_all_three_put_back_together_are_what_they_were():
    taken = copies()
    put_back(*taken[2])
    assert noticed() == []  # decision 14 says so


def test_a_folder_that_was_taken_away_and_a_recipient_recorded_anew_are_noticed(me):
    write(2)
    shutil.rmtree(ledger_of().parent)
    save(me)
    assert noticed() == ["the ledger is missing"]
    write(1)
    assert len(noticed()) == 1


def test_a_recipient_recorded_anew_brings_no_new_witness(me):
    write(2)
    for path in (folder_of("me") / "recipient.toml", witness()):
        path.unlink()
    save(me)
    assert not witness().exists()
    assert "its witness is missing" in noticed()[0]


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("used", [False, True])
def test_recipients_copied_from_another_computer_are_noticed(tmp_path, monkeypatch, used):
    write(2)
    theirs = [path.read_bytes() for path in files()]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    if used:  # somebody of that name was massaged there already
        for path in files():
            path.unlink()
        people_files().begin("me")
        write(5)
        for path, content in zip(files(), theirs, strict=True):
            path.write_bytes(content)
    (why,) = noticed()
    assert "an earlier copy" in why if used else "as after a move from another computer" in why
    write(1, start=5)
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("take", [shutil.copytree, shutil.move])
def test_a_folder_under_another_name_has_no_witness(take):
    write(2)
    take(folder_of("me"), folder_of("guest"))
    text = folder_of("guest") / "recipient.toml"
    text.write_text(text.read_text(encoding="utf-8").replace('"me"', '"guest"'), encoding="utf-8")
    load("guest")
    with ledger.opened("guest", NOW) as book:
        assert "its witness is missing" in book.entries[-1].fields["why"]
    if take is shutil.copytree:
        assert noticed() == []


@pytest.mark.usefixtures("me")
def test_a_data_folder_under_another_name_has_no_witness(tmp_path, monkeypatch):
    write(2)
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "copy"))
    assert "its witness is missing" in noticed()[0]
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_a_link_on_the_way_to_the_data_folder_leads_to_the_same_witness(tmp_path, monkeypatch):
    write(2)
    (tmp_path / "link").symlink_to(tmp_path / "data")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "link"))
    assert noticed() == []


def test_two_data_folders_do_not_share_a_witness(tmp_path, monkeypatch):
    for number, home in enumerate(("one", "two", "one", "two")):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / home))
        make_recipient()
        write(1, start=number)
        assert noticed() == []


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("lines", [0, 1, 3])
def test_a_ledger_from_before_witnesses_gets_one_and_from_then_on_it_is_missed(lines):
    write_as_before_witnesses(lines)
    assert ledger.break_in("me") == ""
    assert noticed() == []
    assert witness().read_bytes() == files()[1].read_bytes()
    write(1, start=lines)
    assert noticed() == []
    assert len(entries()) == lines + 1
    witness().unlink()
    assert "its witness is missing" in noticed()[0]


@pytest.mark.usefixtures("me")
def test_a_witness_is_missed_whatever_the_anchor_says_of_it():
    write_as_before_witnesses()
    old_anchor = files()[1].read_bytes()
    write(2, start=3)
    put_back(files()[0].read_bytes(), old_anchor, None)
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
def test_a_ledger_from_before_witnesses_keeps_its_anchor_s_word():
    write_as_before_witnesses()
    files()[0].write_bytes(b"".join(files()[0].read_bytes().splitlines(keepends=True)[:-1]))
    assert len(noticed()) == 1


@pytest.mark.usefixtures("me")
@pytest.mark.parametrize("old", [False, True])
def test_another_run_leaves_the_witness_alone(old):
    write(1)
    if old:
        for path in places():
            path.unlink()
        people_files().begin("me")
        write_as_before_witnesses()
    with ledger.opened("me", NOW) as book:
        before = copy()
        with pytest.raises(NotCleared, match="is going on"), ledger.opened("me", NOW):
            raise AssertionError
        assert copy() == before
        book.append("ready", NOW)
    assert noticed() == []


@pytest.mark.usefixtures("me")
def test_what_is_amiss_is_told_by_reading_alone():
    taken = copies()
    assert ledger.break_in("me") == ""
    for lines, anchor, seen in ((4, 3, 3), (4, 4, 3), (4, 2, 1)):  # a run that is going on
        put_back(taken[lines][0], taken[anchor][1], taken[seen][2])
        assert ledger.break_in("me") == ""
    for said, contents in (
        ("earlier copy of it", (*taken[3][:2], taken[4][2])),
        ("lines are missing", (taken[3][0], *taken[4][1:])),
        ("the ledger is missing", (None, *taken[4][1:])),
        ("the anchor is missing", (taken[4][0], None, taken[4][2])),
        ("its witness is missing", (*taken[4][:2], None)),
        ("line 1 was changed", (taken[4][0].replace(b'"number":0', b'"number":5'), *taken[4][1:])),
    ):
        put_back(*contents)
        assert said in ledger.break_in("me")
        assert copy() == list(contents)


@pytest.mark.usefixtures("me")
def test_where_no_witness_can_lie_nothing_is_played_and_the_place_is_named():
    write_as_before_witnesses()
    witness().parent.parent.mkdir(parents=True)
    witness().parent.touch()
    with pytest.raises(PersonFileError, match="not a directory") as caught:
        entries()
    assert str(witness()) in str(caught.value)


def test_a_witness_lies_apart_from_the_recipients(me):
    write(1)
    assert folder_of(me.name).parent not in witness_of(me.name).parents
    assert witness_of(me.name).name.startswith("me-")
