"""All that is kept of a recipient is taken along, deleted or renamed whole; no day is gained by it."""

import zipfile
from datetime import datetime, timedelta, timezone

import pytest
from people import cleared, folder_of, make_recipient, witness_of

from kneadwave.errors import NotCleared, UsageError
from kneadwave.people import ledger
from kneadwave.people.belongings import delete, export, kept_of, rename
from kneadwave.people.gate import admit
from kneadwave.people.recipient import current, load, names
from kneadwave.store.people_store import LINES
from profiles.profile import load_profile

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))
FELT = load_profile("felt-check")


def admitted(name, now=NOW):
    with admit(name, FELT, now, confirmed=None) as sitting:
        return sitting.clearance.allowed_s


def test_everything_is_in_the_archive_and_only_its_owner_reads_it(tmp_path):
    cleared(now=NOW)
    target = tmp_path / "me.zip"
    written = export("me", target, force=False)
    with zipfile.ZipFile(target) as archive:
        assert set(archive.namelist()) == {"README.txt", *written}
        assert archive.read("recipient/ledger.jsonl") == (folder_of("me") / LINES).read_bytes()
    assert {"recipient/recipient.toml", "witness.json"} <= set(written)
    assert target.stat().st_mode & 0o77 == 0
    with pytest.raises(UsageError, match="is there already"):
        export("me", target, force=False)
    export("me", target, force=True)


def test_deleted_is_gone_but_starts_no_day_anew():
    cleared(now=NOW)
    assert admitted("me") == 60.0
    delete("me")
    assert (names(), current()) == ([], None)
    assert not folder_of("me").exists()
    assert list(folder_of("me").parent.iterdir()) == []
    cleared(now=NOW)
    with pytest.raises(NotCleared, match="counts as the daily limit"):
        admitted("me")


def test_renamed_goes_on_where_it_was():
    cleared(now=NOW)
    lines = len(ledger.read("me"))
    rename("me", "anna")
    assert (names(), current()) == (["anna"], "anna")
    assert load("anna").name == "anna"
    assert not witness_of("me").exists()
    assert ledger.break_in("anna") == ""
    assert admitted("anna") == 60.0
    assert len(ledger.read("anna")) == lines


@pytest.mark.parametrize("change", [delete, lambda name: rename(name, "other")])
def test_nobody_is_deleted_or_renamed_while_massaged(change):
    cleared(now=NOW)
    with admit("me", FELT, NOW, confirmed=None), pytest.raises(NotCleared, match="is going on"):
        change("me")
    assert names() == ["me"]


def test_a_name_that_is_taken_or_none_is_refused():
    make_recipient("me")
    make_recipient("guest")
    for new in ("guest", "con", "A"):
        with pytest.raises(UsageError):
            rename("me", new)
    for gone in (delete, kept_of):
        with pytest.raises(UsageError, match="there is no recipient"):
            gone("nobody")
    assert names() == ["guest", "me"]
