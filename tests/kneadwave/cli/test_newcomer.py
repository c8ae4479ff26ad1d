"""What somebody new types, and whether the answer says how it goes."""

import re
from pathlib import Path

import pytest
from people import make_recipient

from firmware_bridge import DeviceRemedy, PortBusy
from kneadwave.cli.exits import hint_of
from kneadwave.cli.recipient import ZONES
from kneadwave.descriptions import devices_folder
from kneadwave.people.recipient import zone_words
from kneadwave.sessions.registry import Registration
from kneadwave.tuning.journal import tuning_folder
from profiles.profile import load_profile, profile_source


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.mark.parametrize(
    "words",
    [
        "run first-session --device sim:",
        "run --resume",
        "screen",
        "history",
        "history verify",
        "tune preview first-session 1 --device sim:",
    ],
)
def test_a_recipient_who_does_not_exist_is_refused_wherever_one_is_named(knead, words):
    make_recipient("rob")
    ended = knead(*words.split(), "--recipient", "bob")
    assert ended.code == 2
    assert "there is no recipient 'bob'" in ended.err
    assert "did you mean 'rob'?" in ended.err


@pytest.mark.parametrize(
    ("there", "asked", "meant"),
    [
        ("evening.toml", "evening", "evening.toml"),
        ("evening.toml", "evning.toml", "evening.toml"),
        ("evening.toml", "evning", "evening.toml"),
        ("mine/evening.toml", "mine/evning.toml", "mine/evening.toml"),
        ("evening.toml", "relaxing-bak.toml", "'relaxing-back'"),
        ("evening.toml", "relaxing-bak", "'relaxing-back'"),
        ("relaxing-bacon.toml", "relaxing-bakc", "'relaxing-back' or relaxing-bacon.toml"),
        ("relaxing-bacon.toml", "relaxing-baccon", "relaxing-bacon.toml or 'relaxing-back'"),
        ("relaxing-bacon.toml", "./relaxing-bakc.toml", "'relaxing-back' or relaxing-bacon.toml"),
    ],
)
@pytest.mark.parametrize("command", ["run", "tune diff", "profile show"])
def test_a_profile_in_the_folder_is_what_was_meant(knead, there, asked, meant, command):
    Path(there).parent.mkdir(exist_ok=True)
    Path(there).write_text("", encoding="utf-8")
    ended = knead(*command.split(), asked)
    assert ended.code == 3
    assert f"hint: did you mean {meant}?" in ended.err


def test_a_description_of_ones_own_is_what_was_meant(knead):
    devices_folder().mkdir(parents=True)
    (devices_folder() / "my-pad.toml").write_text("", encoding="utf-8")
    for command in ("simulate felt-check --on", "profile check felt-check --on", "device show"):
        ended = knead(*command.split(), "my-pda")
        assert "did you mean 'my-pad'?" in ended.err, command
    assert "my-pad" in knead("device", "show", "nothing-like-it").err


def test_a_zone_that_is_none_gets_all_that_there_are(knead):
    ended = knead("recipient", "new", "me", "--adult", "--pain", "back=3")
    assert ended.code == 2
    assert all(zone in ended.err for zone in zone_words())
    assert ", ".join(zone_words()) in re.sub(r" \([a-z ]+\)", "", ZONES)


def test_a_degree_of_pain_is_0_to_10(knead):
    ended = knead("recipient", "new", "me", "--adult", "--pain", "lumbar=40")
    assert ended.code == 2
    assert "must be 10 at most, not 40" in ended.err
    assert "0 to 10" in ended.err.splitlines()[-1]


@pytest.mark.parametrize(
    "command", ["recipient new me --adult", "simulate first-session", "run first-session"]
)
def test_a_stature_in_centimetres_is_told_in_metres(knead, command):
    ended = knead(*command.split(), "--stature", "174")
    assert ended.code == 2
    assert "in metres: 1.74" in ended.err


@pytest.mark.parametrize("stature", ["1.19", "2.21", "nan", "tall", "-1.7", "0"])
def test_a_stature_that_is_none_is_refused(knead, stature):
    ended = knead("simulate", "first-session", f"--stature={stature}")
    assert ended.code == 2
    assert "in metres, 1.2 to 2.2" in ended.err


def test_a_stature_in_a_file_is_told_in_metres_too(knead):
    make_recipient("me")
    path = next(Path("data").rglob("recipient.toml"))
    path.write_text(path.read_text("utf-8").replace("stature_m = 1.7", "stature_m = 174"), "utf-8")
    ended = knead("recipient", "show", "me")
    assert "must be 2.2 at most, not 174" in ended.err
    assert "in metres: 1.74" in ended.err


def test_a_locked_profile_is_named_in_the_command_that_reads_it(knead):
    assert "knead profile show child" in knead("run", "child", "--device", "sim:").err


def test_a_comparison_without_edits_names_a_whole_command(knead, monkeypatch):
    monkeypatch.setattr("kneadwave.cli.trials.ab.require_answers", lambda *_: None)
    knead("profile", "new", "mine")
    assert "knead tune set mine.toml 2 40%=0.8" in knead("tune", "ab", "mine.toml", "2").err


def test_a_session_of_ours_is_stopped_and_not_killed(tmp_path):
    port, pad = tmp_path / "port", tmp_path / "pad"
    port.touch()
    pad.symlink_to(port)
    busy = PortBusy("busy", hint=DeviceRemedy.END_HOLDER.of(url=str(pad), pid="6854"))
    assert "kill 6854" in (hint_of(busy) or "")
    with Registration([str(port)], "felt-check"):
        assert hint_of(busy) == f"stop it with: knead stop --device {pad}"


def test_a_link_in_a_folder_that_is_missing_wants_the_folder(knead, tmp_path):
    ended = knead("virtual", "--as", "hf8", "--path", str(tmp_path / "nowhere" / "pad"))
    assert ended.code == 2
    assert "--force" not in ended.err
    assert f"make the folder {tmp_path / 'nowhere'} first" in ended.err


def test_an_occasion_is_found_by_a_word_of_its_title(knead):
    listed = knead("profile", "list", "--for", "sedentary").out
    assert knead("profile", "list", "--for", "Office").out == listed
    assert knead("profile", "list", "--for", "back").code == 0
    ended = knead("profile", "list", "--for", "with")
    assert ended.code == 2
    assert "say which: pregnancy, self-massage" in ended.err


def test_rules_are_found_by_their_words(knead):
    said = knead("rules", "kidney").out.splitlines()
    assert any(line.startswith(" 236 ") for line in said)
    assert 3 <= len(knead("rules", "lower", "back", "kidneys").out.splitlines()) < len(said)
    ended = knead("rules", "qwertz")
    assert ended.code == 2
    assert "there is no rule 'qwertz', and none speaks of it" in ended.err


def test_a_hint_names_whose_file_it_is_about(knead):
    Path("evening.toml").write_text(profile_source("first-session"), encoding="utf-8")
    knead("tune", "set", "evening.toml", "1", "40%=0.5")
    with Path("evening.toml").open("a", encoding="utf-8") as file:
        file.write("# changed elsewhere\n")
    ended = knead("tune", "save", "evening.toml")
    assert "knead tune save evening.toml --as NAME" in ended.err
    assert "knead tune discard evening.toml" in ended.err


PNG = b"\x89PNG\r\n\x1a\n\xff\xfe"
RECORD = "--record FILE of knead simulate, run or virtual makes one"


@pytest.mark.parametrize(
    ("command", "picture", "project", "folder", "none"),
    [
        ("run", "this is no profile", "this is no profile", "name the profile in it", None),
        ("device show", "this is no device description", None, "name the device description in it", None),
        ("report", f"no recording; {RECORD}", f"no recording; {RECORD}", "name the recording in it", RECORD),
    ],
)
def test_what_is_no_such_file_is_not_to_be_corrected(knead, command, picture, project, folder, none):
    Path("a.png").write_bytes(PNG)
    Path("pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    Path("folder").mkdir()
    asked = {"a.png": picture, "pyproject.toml": project, "folder": folder, "none.jsonl": none}
    for name, hint in asked.items():
        ended = knead(*command.split(), name)
        assert ended.code == 3
        assert "correct the file" not in ended.err
        assert (hint or "") in ended.err.splitlines()[-1]


def test_where_edits_are_kept_is_said_alike_everywhere(knead):
    knead("profile", "new", "mine")
    knead("tune", "set", "mine.toml", "1", "40%=0.5")
    told = knead("tune", "history", "mine.toml").out.splitlines()
    path = Path(next(line for line in told if line.startswith("kept in ")).removeprefix("kept in "))
    assert path.is_file()
    assert path.parent == tuning_folder()
    guide = (Path(__file__).parents[3] / "docs" / "tuning.md").read_text(encoding="utf-8")
    for text in (knead("tune", "--help").out, guide):
        assert "a journal in your state folder" in " ".join(text.split())


def test_each_help_says_which_comes_first(knead):
    for words in (("recipient",), ("recipient", "new"), ("screen",)):
        said = " ".join(knead(*words, "--help").out.split())
        assert "once a day" in said.lower()
        assert "knead run" in said
        assert "knead recipient new" in said


def test_what_to_do_next_is_a_command_a_line(knead):
    lines = knead("profile", "new", "mine").out.splitlines()
    assert lines[-3:] == ["next:", "  knead profile check mine.toml", "  knead simulate mine.toml"]


def test_a_variant_is_explained_where_it_is_met(knead):
    assert "V  which of the 27 sequences in the source article it follows" in knead("profile", "list").out


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("tune show relaxing-back kneding", "kneading upwards"),
        ("tune show relaxing-back sesion", "session"),
        ("tune preset relaxing-back 4 wav", "wave"),
        ("profile export relaxing-back --as funscrip", "funscript"),
        ("run felt-check --device audoi:x", "audio"),
        ("run felt-check --device hf9:/dev/ttyACM0", "hf8"),
        ("simulate felt-check --fault drp=1%", "drop"),
        ("simulate felt-check --fault stal@2s", "stall"),
        ("simulate felt-chek", "felt-check"),
        ("simulate felt-check --on seatpad-8", "seat-pad-8"),
        ("simulte felt-check", "simulate"),
        ("profile list --for pregnency", "pregnancy"),
        ("tune number relaxing-back 4 raet 30", "rate"),
        ("set lumber 30% --for 2s --device sim:", "lumbar"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_one_that_was_meant(knead, words, meant):
    ended = knead(*words.split())
    assert ended.code != 0
    assert re.search(f"[dD]id you mean '?{re.escape(meant)}'?", ended.err), ended.err


def test_a_misspelt_curve_in_a_file_is_answered_so_too(knead, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(re.sub("curve = .*", 'curve = "wav"', profile_source("shoulder-relief")))
    ended = knead("profile", "check", str(path))
    assert ended.code == 3
    assert "did you mean 'wave'?" in ended.err


def test_a_copy_has_a_title_of_its_own(knead):
    """Two with one title look alike in a list."""
    knead("tune", "scale", "relaxing-back", "4", "90%")
    knead("tune", "save", "relaxing-back", "--as", "evening")
    assert load_profile("evening.toml").title == "Relaxing back massage (evening)"
    knead("tune", "scale", "evening.toml", "4", "90%")
    knead("tune", "save", "evening.toml", "--as", "night")
    assert load_profile("night.toml").title == "Relaxing back massage (night)"
    knead("profile", "new", "noon", "--from", "night.toml")
    assert load_profile("noon.toml").title == "Relaxing back massage (noon)"
    assert "# " in Path("noon.toml").read_text(), "comments are kept"
    text = Path("noon.toml").read_text().replace("Relaxing back massage (noon)", "x" * 80)
    Path("noon.toml").write_text(text)
    knead("profile", "new", "dusk", "--from", "noon.toml")
    assert load_profile("dusk.toml").title == f"{'x' * 73} (dusk)"


def test_the_first_demo_begins_without_a_warning(knead):
    makefile = Path(__file__).parents[3] / "Makefile"
    (line,) = re.findall(r"knead (simulate .*) --record", makefile.read_text(encoding="utf-8"))
    assert knead(*line.split()).err == ""


@pytest.mark.parametrize(
    "command",
    ["recipient new", "recipient rename", "profile new", "tune save", "device new", "profile import"],
)
def test_what_a_name_may_be_is_told_before_the_error(knead, command):
    assert "lower case letters, digits and dashes" in " ".join(
        knead(*command.split(), "--help").out.lower().split()
    )


def test_the_examples_of_run_come_in_the_order_in_which_they_work(knead):
    told = knead("run", "--help").out
    order = ("--device sim:", "recipient new me --adult", "knead screen  ", "run first-session")
    examples = told.partition("Examples:")[2]
    assert sorted(order, key=examples.index) == list(order)
