"""What is recorded of a person, and what of it counts."""

import os
import stat

import pytest
from people import folder_of, make_recipient

from kneadwave.cli.exits import worded
from kneadwave.errors import NotCleared, PersonFileError, UsageError
from kneadwave.people import recipient as recipients
from kneadwave.people.recipient import Recipient
from profiles.body import body_map

FILE = "recipient.toml"


def write(text, name="me"):
    make_recipient(name)
    path = folder_of(name) / FILE
    path.write_text(text, encoding="utf-8")
    return path


def plain(**more):
    lines = {
        "schema": "1",
        "name": '"me"',
        "adult": "true",
        "stature_m": "1.7",
        "sensitivity": '"normal"',
        "posture": '"any"',
        "pregnancy_month": "0",
        "doctor_max_min": "0",
        "pain": "{}",
        "first_session": "false",
    }
    return "".join(f"{key} = {value}\n" for key, value in {**lines, **more}.items())


def test_what_is_saved_is_loaded():
    made = make_recipient(
        stature_m=1.82,
        first_session=True,
        sensitivity="sensitive",
        posture="seated",
        pregnancy_month=6,
        pain={"shoulder-left": 5, "lumbar": 2},
        doctor_max_min=12.0,
    )
    assert recipients.load("me") == made


def test_the_records_are_for_their_owner_alone():
    make_recipient()
    folder = folder_of("me")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE((folder.parent / "current").stat().st_mode) == 0o600


def test_records_found_open_to_others_are_closed():
    made = make_recipient()
    folder = folder_of("me")
    (folder / FILE).chmod(0o644)
    folder.chmod(0o755)
    recipients.load("me")
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    recipients.save(made)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_umask_of_nothing_changes_nothing():
    before = os.umask(0)
    try:
        make_recipient()
    finally:
        os.umask(before)
    folder = folder_of("me")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("pain", "factor"), [(0, None), (3, None), (4, 6 / 7), (5, 5 / 7), (9, 1 / 7), (10, 0.0)]
)
def test_pain_above_three_lowers_the_zone(pain, factor):
    factors = Recipient(name="me", adult=True, pain={"lumbar": pain}).zone_factors
    if factor is None:
        assert factors == {}
    else:
        assert factors == {"lumbar-left": pytest.approx(factor), "lumbar-right": pytest.approx(factor)}


def test_the_stronger_pain_counts_where_zone_and_side_are_named():
    factors = Recipient(name="me", adult=True, pain={"shoulder": 4, "shoulder-left": 10}).zone_factors
    assert factors == {"shoulder-left": 0.0, "shoulder-right": pytest.approx(6 / 7)}


@pytest.mark.parametrize(("word", "limit"), [("normal", 1.0), ("sensitive", 0.75), ("very-sensitive", 0.5)])
def test_sensitivity_sets_the_limit(word, limit):
    assert Recipient(name="me", adult=True, sensitivity=word).limit == limit


@pytest.mark.parametrize(("minutes", "told"), [(19.0, 0), (20.0, 0), (20.5, 1), (60.0, 1)])
def test_a_generous_maximum_does_not_count_and_is_told(minutes, told):
    notices = Recipient(name="me", adult=True, doctor_max_min=minutes).notices
    assert len(notices) == told
    assert all("rule 84" in notice for notice in notices)


def test_a_whole_number_is_good_enough_for_metres_and_minutes():
    write(plain(stature_m="2", doctor_max_min="12"))
    loaded = recipients.load("me")
    assert (loaded.stature_m, loaded.doctor_max_min) == (2.0, 12.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (plain(limit="2.0"), "limit"),
        ('schema = 1\nname = "me"\n', "adult: is missing"),
        (plain(adlut="true"), "adlut: unknown key"),
        (plain(zzz="true"), "zzz: unknown key"),
        (plain(adult='"yes"'), "adult"),
        (plain(adult="1"), "adult"),
        (plain(stature_m="0.9"), "stature_m"),
        (plain(stature_m="nan"), "stature_m"),
        (plain(stature_m="true"), "stature_m"),
        (plain(sensitivity='"none"'), "sensitivity"),
        (plain(posture='"upside-down"'), "posture"),
        (plain(pregnancy_month="11"), "pregnancy_month"),
        (plain(pregnancy_month="-1"), "pregnancy_month"),
        (plain(pregnancy_month="false"), "pregnancy_month"),
        (plain(doctor_max_min="false"), "doctor_max_min"),
        (plain(doctor_max_min="-5"), "doctor_max_min"),
        (plain(doctor_max_min="inf"), "doctor_max_min"),
        (plain(pain="{ lumbar = 11 }"), "pain.lumbar"),
        (plain(pain="{ lumbar = -1 }"), "pain.lumbar"),
        (plain(pain="{ lumbar = 2.5 }"), "pain.lumbar"),
        (plain(pain="{ lunbar = 5 }"), "there is no zone 'lunbar'"),
        (plain(pain="{ spine = 5 }"), "excluded zone"),
        (plain(first_session='"no"'), "first_session"),
        (plain(name='"guest"'), "name"),
        (plain(name='"../me"'), "name"),
        (plain(schema="2"), "schema"),
        (plain(schema='"1"'), "schema"),
        ('name = "me"\nadult = true\n', "schema"),
        (plain()[:-3], "not valid TOML"),
        ("pain = " + "[" * 9000, "not valid TOML"),
        ("schema = 1\nname = ", "not valid TOML"),
        ("", "schema"),
        ("\x00\x01", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_valid_names_itself_and_the_key(text, said):
    path = write(text)
    with pytest.raises(PersonFileError) as caught:
        recipients.load("me")
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_the_nearest_key_is_named():
    write(plain(sensitivty='"normal"'))
    with pytest.raises(PersonFileError) as caught:
        recipients.load("me")
    assert caught.value.hint == "did you mean 'sensitivity'?"


GENEROUS_WHEN_CUT = {
    "stature_m": 1.82,
    "sensitivity": "very-sensitive",
    "posture": "side",
    "pregnancy_month": 10,
    "pain": {"shoulder-left": 10, "lumbar": 6, "neck": 4},
    "doctor_max_min": 12.5,
    "first_session": True,
}


def test_a_file_that_was_cut_anywhere_is_told():
    made = make_recipient(**GENEROUS_WHEN_CUT)
    path = folder_of("me") / FILE
    whole = path.read_bytes()
    for length in range(len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(PersonFileError, match=r"recipient\.toml: "):
            recipients.load("me")
    path.write_bytes(whole[:-1])
    assert recipients.load("me") == made


@pytest.mark.parametrize("key", ["stature_m", "doctor_max_min"])
def test_a_number_beyond_all_numbers_is_not_valid(key):
    path = write(plain(**{key: "1" + "0" * 400}))
    with pytest.raises(PersonFileError, match=str(path)):
        recipients.load("me")


def test_a_name_in_use_that_was_cut_is_told():
    make_recipient("guest")
    make_recipient("guest-2")
    path = folder_of("me").parent / "current"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(PersonFileError, match="holds no name"):
            recipients.current()


def test_bytes_that_are_no_text_are_not_valid():
    path = write("")
    path.write_bytes(b'schema = 1\nname = "\xff\xfe"\n')
    with pytest.raises(PersonFileError, match="not valid TOML"):
        recipients.load("me")


@pytest.mark.parametrize(
    "name", ["", "Me", "me you", "../me", "me/you", "-me", "a" * 41, "current", "con", "com1"]
)
def test_a_name_is_lower_case_and_no_path(name):
    with pytest.raises(UsageError, match=r"no name|a name that is reserved"):
        recipients.load(name)


def test_a_name_that_is_none_is_never_saved():
    with pytest.raises(ValueError, match="lower case"):
        Recipient(name="current", adult=True)


def test_an_unknown_recipient_names_the_nearest():
    make_recipient("guest")
    with pytest.raises(UsageError) as caught:
        recipients.load("gest")
    assert caught.value.hint == "did you mean 'guest'?"
    with pytest.raises(UsageError) as caught:
        recipients.use("somebody")
    assert caught.value.hint == "there are guest"


def test_without_any_recipient_the_hint_says_how_to_make_one():
    with pytest.raises(UsageError) as caught:
        recipients.load("me")
    assert "knead recipient new me --adult" in worded(caught.value.hint)
    with pytest.raises(NotCleared) as nobody:
        recipients.chosen(None)
    assert "knead recipient new" in worded(nobody.value.hint)


def test_the_one_in_use_is_chosen_and_can_be_overruled():
    make_recipient("guest")
    make_recipient("me")
    assert recipients.names() == ["guest", "me"]
    assert recipients.current() == "me"
    assert recipients.chosen(None) == "me"
    assert recipients.chosen("guest") == "guest"
    recipients.use("guest")
    assert recipients.chosen(None) == "guest"


def test_nobody_in_use_is_told():
    make_recipient()
    (folder_of("me").parent / "current").unlink()
    with pytest.raises(NotCleared, match="no recipient was chosen"):
        recipients.chosen(None)


def test_a_damaged_current_is_told():
    make_recipient()
    (folder_of("me").parent / "current").write_text("../somewhere\n", encoding="utf-8")
    with pytest.raises(PersonFileError, match="holds no name"):
        recipients.current()


def test_what_the_command_line_gives_is_checked_alike():
    with pytest.raises(UsageError, match="sensitivity"):
        recipients.validated(name="me", adult=True, sensitivity="none")


def test_an_empty_name_is_not_the_one_in_use():
    make_recipient("me")
    with pytest.raises(UsageError, match=r"no name|a name that is reserved"):
        recipients.chosen("")


def test_the_body_of_a_person_has_the_ceilings_that_pain_and_sensitivity_leave():
    person = recipients.validated(
        name="me", adult=True, sensitivity="sensitive", pain={"lumbar": 4, "neck": 1}
    )
    own, whole = ({zone.id: zone.ceiling for zone in body.zones} for body in (person.body, body_map()))
    assert own["lumbar-left"] == pytest.approx(whole["lumbar-left"] * 0.75 * 6 / 7)
    assert own["shoulder-left"] == pytest.approx(whole["shoulder-left"] * 0.75)
    assert person.ceilings == {"lumbar": own["lumbar-left"], "neck": own["neck-left"]}


def test_who_is_in_use_is_nobody_where_it_cannot_be_read():
    assert recipients.in_use() is None
    recipients.save(recipients.validated(name="me", adult=True))
    recipients.use("me")
    assert recipients.in_use() == recipients.load("me")
    (folder_of("me").parent / "current").write_text("?", encoding="utf-8")
    assert recipients.in_use() is None
