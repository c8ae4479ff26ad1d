"""What people rely on, whichever store keeps them."""

import multiprocessing
import os
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from people import cleared, make_recipient
from postgres_server import PostgresServer
from stores import Folders, PostgresVault, SqliteVault, Vault, choose

from kneadwave.errors import NotCleared, PersonFileError, UsageError
from kneadwave.people import ledger
from kneadwave.people.belongings import delete, export, kept_of, rename
from kneadwave.people.gate import admit
from kneadwave.people.recipient import current, load, names, save, use
from kneadwave.people.records import store, store_for
from kneadwave.people.repair import amiss, repair
from kneadwave.store.postgres_database import prepare
from profiles.profile import load_profile

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))
LATER = NOW + timedelta(minutes=1)
FELT = load_profile("felt-check")


@pytest.fixture(params=["files", "sqlite", "postgres"])
def vault(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """Each store, empty and in use."""
    for home in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(home, str(tmp_path / home))
    if request.param == "files":
        return Folders()
    if request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        database = server.database()
        prepare(server.url(database, "owner"))
        with server.connected() as db:
            db.execute("GRANT kneadwave TO anna")
        choose(tmp_path / "XDG_CONFIG_HOME", server.url(database))
        return PostgresVault(server, database)
    choose(tmp_path / "XDG_CONFIG_HOME", f"sqlite://{tmp_path}/people.db")
    return SqliteVault(tmp_path / "people.db")


def write(count: int = 3, start: int = 0, name: str = "me") -> None:
    with ledger.opened(name, NOW) as book:
        for number in range(start, start + count):
            book.append("ready", NOW + timedelta(seconds=number), number=number)


def noticed(name: str = "me") -> list[str]:
    """Why something was noticed, each time, by opening the ledger as a run does."""
    with ledger.opened(name, LATER) as book:
        return [entry.fields["why"] for entry in book.entries if entry.event == "noticed"]


def admitted(name: str = "me") -> float:
    with admit(name, FELT, NOW, confirmed=None) as sitting:
        return sitting.clearance.allowed_s


def exported(name: str, folder: Path) -> dict[str, bytes]:
    target = folder / f"{name}.zip"
    export(name, target, force=True)
    with zipfile.ZipFile(target) as archive:
        return {inside: archive.read(inside) for inside in archive.namelist()}


@pytest.mark.usefixtures("vault")
def test_records_are_read_as_they_were_written() -> None:
    assert (names(), current()) == ([], None)
    me = make_recipient("me", pain={"lumbar": 5})
    make_recipient("guest")
    assert (names(), current()) == (["guest", "me"], "guest")
    assert load("me") == me
    save(me.model_copy(update={"stature_m": 1.8}))
    use("me")
    assert (load("me").stature_m, current()) == (1.8, "me")
    with pytest.raises(UsageError, match="there is no recipient"):
        load("nobody")


@pytest.mark.usefixtures("vault")
def test_other_records_come_and_go() -> None:
    make_recipient("me")
    assert store().read("me", "unfinished.json") is None
    store().drop("me", "unfinished.json")
    for text in ("{}", '{"a": 1}'):
        store().write("me", "unfinished.json", text)
        assert store().read("me", "unfinished.json") == text.encode()
    store().drop("me", "unfinished.json")
    assert store().read("me", "unfinished.json") is None


@pytest.mark.usefixtures("vault")
def test_lines_are_read_as_they_were_written_and_follow_one_another() -> None:
    make_recipient("me")
    assert ledger.read("me") == []
    write(2)
    write(2, start=2)
    found = ledger.read("me")
    assert [entry.fields["number"] for entry in found] == [0, 1, 2, 3]
    assert [entry.at for entry in found] == [NOW + timedelta(seconds=number) for number in range(4)]
    assert "witnessed" in found[0].fields
    assert amiss("me", LATER) == ()
    assert noticed() == []


@pytest.mark.usefixtures("vault")
def test_what_is_read_while_it_is_open_is_whole() -> None:
    make_recipient("me")
    with ledger.opened("me", NOW) as book:
        for number in range(3):
            book.append("ready", NOW, number=number)
            assert len(ledger.read("me")) == number + 1
            assert ledger.break_in("me") == ""


@pytest.mark.usefixtures("vault")
def test_one_log_is_open_once_and_others_beside_it() -> None:
    for name in ("me", "guest"):
        make_recipient(name)
    with ledger.opened("me", NOW):
        with pytest.raises(NotCleared, match="is going on") as told, ledger.opened("me", NOW):
            raise AssertionError
        assert told.value.hint
        write(1, name="guest")
        for change in (delete, lambda name: rename(name, "other")):
            with pytest.raises(NotCleared, match="is going on"):
                change("me")
    write(1)


def hold(name: str, opened: Callable[[], None]) -> None:
    with ledger.opened(name, NOW) as book:
        book.append("ready", NOW, number=0)
        opened()
        os._exit(9)  # as a process that is killed: nothing is closed


@pytest.mark.usefixtures("vault")
def test_a_lock_is_gone_with_the_process_that_held_it() -> None:
    make_recipient("me")
    process = multiprocessing.get_context("fork").Process(target=hold, args=("me", lambda: None))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    write(1, start=1)
    assert [entry.fields["number"] for entry in ledger.read("me")] == [0, 1]
    assert noticed() == []


def test_a_line_that_was_changed_is_noticed_once_and_is_the_day_used_up(vault: Vault) -> None:
    cleared(now=NOW)
    assert admitted() == 60.0
    lines = vault.lines("me")
    vault.put("me", [lines[0].replace(b":false", b":true", 1), *lines[1:]])
    assert "line 1 was changed" in amiss("me", NOW)[0]
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admitted()
    assert len(noticed()) == 1
    assert amiss("me", LATER) == ()


@pytest.mark.parametrize("left", [0, 1, 2])
def test_lines_that_are_gone_are_noticed(vault: Vault, left: int) -> None:
    make_recipient("me")
    write(3)
    vault.put("me", vault.lines("me")[:left])
    assert ledger.break_in("me")
    assert len(noticed()) == 1
    write(1)
    assert len(noticed()) == 1


def test_lines_in_another_order_are_noticed(vault: Vault) -> None:
    make_recipient("me")
    write(3)
    first, second, third = vault.lines("me")
    vault.put("me", [first, third, second])
    assert "line 2 does not follow" in ledger.break_in("me")
    assert len(noticed()) == 1


def test_lines_of_somebody_else_are_noticed(vault: Vault) -> None:
    for name in ("me", "guest"):
        make_recipient(name)
        write(3 if name == "me" else 4, start=10 * len(name), name=name)
    vault.put("me", vault.lines("guest"))
    assert len(noticed()) == 1


def test_a_witness_that_is_gone_is_noticed(vault: Vault) -> None:
    make_recipient("me")
    write(2)
    vault.witness("me").unlink()
    if vault.shared:  # another computer may have written it all
        assert noticed() == []
        return
    assert "its witness is missing" in noticed()[0]


def test_a_repair_is_a_line_that_says_so(vault: Vault) -> None:
    cleared(now=NOW)
    before = vault.lines("me")
    vault.put("me", before[:-1])
    assert len(repair("me", NOW)) == 1
    assert amiss("me", NOW) == ()
    assert vault.lines("me")[: len(before) - 1] == before[:-1]


def test_an_export_is_the_very_lines(vault: Vault, tmp_path: Path) -> None:
    cleared(now=NOW)
    store().write("me", "unfinished.json", "{}")
    files = exported("me", tmp_path)
    assert files["recipient/ledger.jsonl"] == b"".join(vault.lines("me"))
    assert sorted(files) == sorted(["README.txt", *kept_of("me")])
    assert set(kept_of("me")) == {
        "recipient/recipient.toml",
        "recipient/ledger.jsonl",
        "recipient/ledger.anchor",
        "recipient/unfinished.json",
        "witness.json",
    }
    assert files["recipient/ledger.anchor"] == files["witness.json"]
    assert b'"count": 2' in files["witness.json"]


@pytest.mark.usefixtures("vault")
def test_deleted_is_gone_but_starts_no_day_anew() -> None:
    cleared(now=NOW)
    assert admitted() == 60.0
    assert delete("me")
    assert (names(), current()) == ([], None)
    with pytest.raises(UsageError, match="there is no recipient"):
        kept_of("me")
    cleared(now=NOW)
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admitted()
    assert len(noticed()) == 1


@pytest.mark.usefixtures("vault")
def test_renamed_goes_on_where_it_was_and_the_old_name_is_free(tmp_path: Path) -> None:
    cleared(now=NOW)
    before = exported("me", tmp_path)["recipient/ledger.jsonl"]
    rename("me", "anna")
    assert (names(), current(), load("anna").name) == (["anna"], "anna", "anna")
    assert amiss("anna", NOW) == ()
    assert admitted("anna") == 60.0
    assert exported("anna", tmp_path)["recipient/ledger.jsonl"] == before
    cleared(now=NOW)
    assert noticed() == []
    with pytest.raises(UsageError, match="is a recipient 'me' already"):
        rename("anna", "me")


@pytest.mark.usefixtures("vault")
def test_a_line_of_a_version_to_come_is_refused_and_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    make_recipient("me")
    with monkeypatch.context() as patch:
        patch.setattr("kneadwave.store.log_lines.SCHEMA", 2)
        write(1)
    for look in (ledger.read, noticed, ledger.break_in):
        with pytest.raises(PersonFileError, match="schema 2 is not 1"):
            look("me")


@pytest.mark.usefixtures("vault")
def test_a_place_is_named_for_a_message() -> None:
    make_recipient("me")
    place = store_for("me").place("me", "recipient.toml")
    store().write("me", "recipient.toml", "schema = 1\n")
    with pytest.raises(PersonFileError) as told:
        load("me")
    assert str(told.value).startswith(place)
