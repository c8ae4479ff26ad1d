"""`knead recipient`: who is massaged."""

import zipfile

import pytest
from people import ledger_of, make_recipient, screened

from kneadwave.cli.recipient import complete_recipient
from kneadwave.devices import responses_folder
from kneadwave.people import recipient as recipients


@pytest.fixture(autouse=True)
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_a_recipient_is_recorded_and_in_use(knead):
    ended = knead("recipient", "new", "me", "--adult")
    assert ended.code == 0
    assert "knead screen" in ended.out
    made = recipients.load("me")
    assert made.adult
    assert made.first_session
    assert recipients.current() == "me"
    assert knead("recipient", "list").out == "* me  (in use)\n"


def test_everything_can_be_said_at_once(knead):
    words = "recipient new guest --adult --stature 1.82 --not-first --sensitivity sensitive --posture seated"
    more = "--pregnancy-month 6 --pain shoulder-left=5 --pain lumbar=2 --pain neck=0 --doctor-max 12"
    assert knead(*words.split(), *more.split()).code == 0
    made = recipients.load("guest")
    assert made.model_dump(exclude={"schema_"}) == {
        "name": "guest",
        "adult": True,
        "stature_m": 1.82,
        "first_session": False,
        "sensitivity": "sensitive",
        "posture": "seated",
        "pregnancy_month": 6,
        "pain": {"shoulder-left": 5, "lumbar": 2},
        "doctor_max_min": 12.0,
    }


def test_the_second_recipient_is_not_in_use(knead):
    make_recipient("me")
    knead("recipient", "new", "guest", "--adult")
    assert knead("recipient", "list").out == "  guest\n* me  (in use)\n"
    assert knead("recipient", "use", "guest").code == 0
    assert recipients.current() == "guest"


def test_an_age_has_to_be_said(knead):
    ended = knead("recipient", "new", "me")
    assert ended.code == 2
    assert "--adult or --child" in ended.err
    assert recipients.names() == []


def test_a_child_is_recorded_and_gets_no_device(knead):
    ended = knead("recipient", "new", "guest", "--child")
    assert ended.code == 0
    assert "no device" in ended.out
    assert "rule 98" in ended.out
    assert not recipients.load("guest").adult


def test_a_name_is_taken_once(knead):
    make_recipient("me")
    ended = knead("recipient", "new", "me", "--adult")
    assert ended.code == 2
    assert "knead recipient change me" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        "new Me --adult",
        "new ../me --adult",
        "new current --adult",
        "new me --adult --stature 0.9",
        "new me --adult --stature 2.3",
        "new me --adult --sensitivity none",
        "new me --adult --posture upright",
        "new me --adult --pregnancy-month 11",
        "new me --adult --pain lumbar",
        "new me --adult --pain lumbar=x",
        "new me --adult --pain =5",
        "new me --adult --pain lumbar=11",
        "new me --adult --pain lumbar=-1",
        "new me --adult --pain spine=5",
        "new me --adult --doctor-max 2000",
        "new me --adult --doctor-max nan",
        "show me",
        "use me",
        "change me --adult",
    ],
)
def test_what_cannot_be_is_a_usage_error_and_leaves_nothing(knead, words):
    ended = knead("recipient", *words.split())
    assert ended.code == 2
    assert ended.err.startswith("error: ")
    assert "hint: " in ended.err
    assert recipients.names() == []


def test_a_change_leaves_the_rest(knead):
    make_recipient(pain={"lumbar": 5, "neck": 2}, stature_m=1.6, pregnancy_month=6, doctor_max_min=9.0)
    assert knead("recipient", "change", "me", "--pain", "lumbar=0", "--pain", "calf=7").code == 0
    changed = recipients.load("me")
    assert changed.pain == {"neck": 2, "calf": 7}
    assert (changed.stature_m, changed.pregnancy_month, changed.doctor_max_min) == (1.6, 6, 9.0)
    assert knead("recipient", "change", "me", "--pregnancy-month", "0", "--doctor-max", "0").code == 0
    changed = recipients.load("me")
    assert (changed.pregnancy_month, changed.doctor_max_min) == (None, None)


def test_a_change_of_nothing_is_a_usage_error(knead):
    make_recipient()
    assert knead("recipient", "change", "me").code == 2


def test_what_does_not_count_is_told(knead):
    ended = knead("recipient", "new", "me", "--adult", "--doctor-max", "60")
    assert "rule 84" in ended.out
    assert "rule 84" in knead("recipient", "show").out


def test_show_tells_what_is_recorded_and_what_it_changes(knead):
    make_recipient(pain={"shoulder": 5, "neck": 1}, sensitivity="sensitive", pregnancy_month=6)
    out = knead("recipient", "show").out
    assert "75 % of every ceiling" in out
    assert "shoulder 5: 38 % at most there, instead of 70 % (rule 20)" in out
    assert "neck 1\n" in out
    assert "month 6" in out
    assert "not asked today" in out
    assert str(ledger_of().parent) in out


@pytest.mark.parametrize(
    ("answers", "told"), [({}, "clear today"), ({"yes": ["fever"]}, "blocked today: fever")]
)
def test_show_tells_how_todays_screening_stands(knead, answers, told):
    make_recipient()
    screened(**answers)
    assert told in knead("recipient", "show", "me").out


def test_json_holds_the_same(knead):
    made = knead("recipient", "new", "me", "--adult", "--pain", "lumbar=10", "--json").events
    assert made[0]["event"] == "recipient"
    assert made[0]["pain"] == {"lumbar": 10}
    assert made[-1] == {"event": "end", "ok": True}
    shown = knead("recipient", "show", "--json").events[0]
    assert shown["zone_factors"] == {"lumbar-left": 0.0, "lumbar-right": 0.0}
    assert (shown["limit"], shown["screening"]) == (1.0, "not asked today")
    assert knead("recipient", "list", "--json").events[0] == {
        "event": "recipient",
        "name": "me",
        "current": True,
    }
    assert knead("recipient", "use", "me", "--json").code == 0


def test_without_recipients_the_list_says_how_to_make_one(knead):
    assert "knead recipient new" in knead("recipient", "list").out
    ended = knead("recipient", "show")
    assert ended.code == 7
    assert "knead recipient new" in ended.err


def test_a_file_that_is_not_valid_ends_with_three(knead):
    make_recipient()
    path = ledger_of().with_name("recipient.toml")
    path.write_text(path.read_text(encoding="utf-8") + "limit = 9\n", encoding="utf-8")
    ended = knead("recipient", "show", "--json")
    assert ended.code == 3
    assert str(path) in ended.events[-1]["error"]


def test_where_nothing_can_be_written_that_is_told(knead, tmp_path):
    (tmp_path / "data").touch()
    ended = knead("recipient", "new", "me", "--adult")
    assert ended.code == 3
    assert "error: " in ended.err
    assert "hint: " in ended.err


def test_names_are_completed(tmp_path, monkeypatch):
    make_recipient("me")
    make_recipient("guest")
    assert complete_recipient("") == ["guest", "me"]
    assert complete_recipient("g") == ["guest"]
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    (tmp_path / "other" / "kneadwave").mkdir(parents=True)
    (tmp_path / "other" / "kneadwave" / "recipients").touch()
    assert complete_recipient("") == []


def test_a_recipient_is_exported_renamed_and_deleted(knead):
    knead("recipient", "new", "me", "--adult")
    told = knead("recipient", "export", "me")
    assert told.code == 0
    assert "wrote me.zip" in told.out
    assert knead("recipient", "export", "me").code == 2
    assert "anna now" in knead("recipient", "rename", "me", "anna").out
    ended = knead("recipient", "delete", "anna")
    assert ended.code == 2
    assert "--yes" in ended.err
    assert knead("recipient", "delete", "anna", "--yes", "--json").events[0] == {
        "event": "deleted", "recipient": "anna",
    }  # fmt: skip
    assert "there is no recipient yet" in knead("recipient", "list").out


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--sensitivity", "'normal', 'sensitive' or 'very-sensitive'"),
        ("--posture", "'any', 'prone', 'supine', 'seated' or 'side'"),
    ],
)
@pytest.mark.parametrize("verb", ["new", "change"])
def test_a_word_that_is_none_is_answered_with_those_there_are(knead, verb, option, words):
    make_recipient("me")
    name = "me" if verb == "change" else "guest"
    ended = knead("recipient", verb, name, "--adult", option, "soft")
    assert ended.code == 2
    assert "there is no 'soft'" in ended.err
    assert f"hint: say {words}\n" in ended.err


def test_an_archive_holds_nothing_without_a_name(knead):
    make_recipient("me")
    curves = responses_folder()
    curves.mkdir(parents=True)
    (curves / "hf8.toml").write_text("of somebody else")
    ended = knead("recipient", "export", "me")
    assert "not in it: calibrations and comparisons" in ended.out
    with zipfile.ZipFile("me.zip") as archive:
        assert not [name for name in archive.namelist() if "hf8" in name]
