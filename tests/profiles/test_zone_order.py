import tomllib
from pathlib import Path

import pytest
from fine_mat import overall, rendered

import profiles.zone_order
from profiles.body import body_map
from profiles.errors import ProfileError
from profiles.files.load import from_data, parse
from profiles.score import compose
from profiles.technique import MAX_INSTRUCTION, PARTS, POSTURES
from profiles.zone_order import order_named, orders

HEAD = 'schema = 1\nname = "mine"\n'
STEP = """[[step]]
name = "up"
technique = { kind = "stroking" }
duration_s = 30
level = 0.2
in_order = true
"""
REGIONS = [(order, region) for order in orders().values() for region in order.regions]


def profile_over(order, **changes):
    step = {"name": "knead", "technique": {"kind": "kneading"}, "duration_s": 120, "level": 0.9}
    step |= {"in_order": True} | changes
    return from_data({"schema": 1, "name": "mine", "order": order, "step": [step]})


def test_the_orders_are_those_of_the_rules():
    rules = {name: order.rules for name, order in orders().items()}
    assert rules == {
        "large-first": (2,),
        "shoulders-last": (66,),
        "order-a": (198, 199),
        "order-b": (200,),
        "feet-first": (118, 119, 120, 121, 122, 124),
        "general": (174, 175, 176),
    }


def test_regions_are_made_of_what_there_is():
    for order, region in REGIONS:
        where = f"{order.name}: {region.name}"
        assert region.share > 0.0, where
        assert all(body_map().zones_named(name) for name in region.zones), where
        assert region.part in (*PARTS, ""), where
        assert region.posture is None or region.posture in POSTURES, where
        assert region.rules, where
        assert all(1 <= rule <= 321 for rule in region.rules), where
        assert region.zones or region.posture or region.by_hand, f"{where}: hands are told how"
        assert region.zones or region.part, where
    for order in orders().values():
        assert len({region.name for region in order.regions}) == len(order.regions)


def test_what_hands_heed_is_said_once_and_used():
    text = (Path(profiles.zone_order.__file__).parent / "orders.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)["care"]) == {region.name for _, region in REGIONS}


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("shoulders-last", "lower back", "shoulders"),  # 66
        ("order-a", "back", "chest"),  # 198, 199
        ("order-b", "feet", "head"),  # 200
        ("feet-first", "feet", "head"),  # 118, 124
        ("general", "back", "head"),  # 174, 176
    ],
)
def test_an_order_begins_and_ends_where_its_rules_say(name, first, last):
    regions = [region.name for region in orders()[name].regions]
    assert (regions[0], regions[-1]) == (first, last)


def test_order_a_turns_over_between_the_legs_and_the_front():
    names = [region.name for region in orders()["order-a"].regions]
    (turn,) = (number for number, region in enumerate(orders()["order-a"].regions) if region.posture)
    assert orders()["order-a"].regions[turn].posture == "supine"
    assert names[turn - 1] == "thighs and lower part of the buttocks"
    assert all(not region.zones for region in orders()["order-a"].regions[turn:])


def test_an_unknown_order_names_the_nearest():
    with pytest.raises(ProfileError, match="shoulder-last") as caught:
        order_named("shoulder-last")
    assert caught.value.hint == "did you mean 'shoulders-last'?"
    with pytest.raises(ProfileError) as caught:
        order_named("zzz")
    assert "order-a" in caught.value.hint
    with pytest.raises(ProfileError, match="did you mean 'order-a'") as caught:
        parse(HEAD + 'order = "order-aa"\n' + STEP)
    assert caught.value.place == "order"


def test_a_step_in_order_without_an_order_is_refused():
    with pytest.raises(ProfileError, match="needs order"):
        parse(HEAD + STEP)
    with pytest.raises(ProfileError, match="either zones or a path"):
        parse(HEAD + 'order = "order-a"\n' + STEP + 'zones = ["lumbar"]\n')


def test_too_many_steps_over_the_regions_are_refused():
    over = len(orders()["order-a"].regions)
    most = 200 // over
    assert len(parse(HEAD + 'order = "order-a"\n' + STEP * most).played) == most * over
    with pytest.raises(ProfileError, match="200 at most"):
        parse(HEAD + 'order = "order-a"\n' + STEP * (most + 1))


@pytest.mark.parametrize("name", orders())
def test_a_step_in_order_becomes_one_for_each_region(name):
    profile = profile_over(name, repeats=2, crossfade_s=1.5, curve="light-strong-light")
    regions = orders()[name].regions
    assert [step.name for step in profile.played] == [f"knead: {region.name}" for region in regions]
    assert sum(step.duration_s for step in profile.played) == pytest.approx(120.0, abs=0.01)
    assert profile.origins == (0,) * len(regions)
    shares = [region.share for region in regions]
    for step, region in zip(profile.played, regions, strict=True):
        assert step.duration_s == pytest.approx(120.0 * region.share / sum(shares), abs=0.001)
        assert (step.repeats, step.crossfade_s, step.in_order) == (2, 1.5, False)
        assert step.is_guide is (region.zones == ())
        if region.zones:
            lowest = min(zone.ceiling for name in region.zones for zone in body_map().zones_named(name))
            assert step.zones == region.zones
            assert step.level == pytest.approx(min(0.9, lowest)), "no region gets more than it bears"
            turned = profile.step[0].technique.model_copy(update={"direction": region.direction})
            assert step.technique == turned
        else:
            assert (step.zones, step.level, step.moves) == (None, 0.0, False)
            assert (step.technique.part, step.technique.posture) == (region.part, region.posture)


def test_a_weak_step_keeps_its_level_in_every_region():
    assert {step.level for step in profile_over("order-a", level=0.2).played if step.moves} == {0.2}


def test_the_other_steps_keep_their_place():
    step = {
        "name": "s",
        "technique": {"kind": "stroking"},
        "zones": ["lumbar"],
        "duration_s": 9,
        "level": 0.2,
    }
    over = {"name": "k", "technique": {"kind": "kneading"}, "in_order": True, "duration_s": 90, "level": 0.3}
    profile = from_data({"schema": 1, "name": "m", "order": "shoulders-last", "step": [step, over, step]})
    assert profile.origins == (0, 1, 1, 1, 1, 2)
    assert profile.played[0] is profile.step[0]
    assert [entry.index for entry in compose(profile).steps] == [0, 1, 2, 3, 4, 5]


def test_hands_are_told_the_region_and_what_to_heed_there():
    told = profile_over("general", by_hand="Knead the {region}.").played
    by_name = {step.name.removeprefix("knead: "): step for step in told}
    assert by_name["abdomen"].technique.instruction == (
        "Knead the abdomen. Only lightly, with flat palms round the navel."
    )
    assert by_name["feet"].by_hand == "Knead the feet. From the toes to the ankles."
    plain = profile_over("general").played[-1]
    assert plain.technique.instruction == (
        "By hand: knead the head slowly. Lightly and slowly, with the pads of the fingers."
    )


def test_turning_over_waits_and_says_what_to_do():
    turn = next(step for step in profile_over("order-a", by_hand="Knead.").played if "turning" in step.name)
    assert turn.technique.posture == "supine"
    assert turn.technique.instruction == POSTURES["supine"]


def test_long_words_are_cut_to_what_a_screen_shows():
    profile = profile_over("order-a", by_hand="{region} " * 44, name="x" * 80)
    for step in profile.played:
        assert len(step.name) <= 80
        assert len(step.by_hand) <= MAX_INSTRUCTION
        assert not step.is_guide or len(step.technique.instruction) <= MAX_INSTRUCTION


def test_a_changed_copy_plays_what_it_says_now():
    profile = profile_over("shoulders-last")
    assert len(profile.played) == 4
    other = profile.model_copy(update={"order": "large-first"})
    assert len(other.played) == 5
    assert len(profile.model_copy(update={"step": profile.played, "order": None}).played) == 4


def test_regions_are_felt_one_after_the_other():
    profile = profile_over("shoulders-last", level=0.3, crossfade_s=0, duration_s=70)
    level = rendered(compose(profile))
    assert (overall(level)[250:-250] > 0.0).all()
    cues = compose(profile).cues
    heights = [max(contact.route.y[0] for contact in cue.contacts) for cue in cues]
    assert heights == sorted(heights), "from below to above"


def test_the_sides_are_worked_on_downwards():  # 121
    played = profile_over("feet-first").played
    ways = {step.zones: step.technique.direction for step in played if step.zones}
    assert ways[("flank",)] == "away"
    assert set(ways.values()) == {"away", None}
