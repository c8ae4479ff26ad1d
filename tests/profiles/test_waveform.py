import numpy as np
import pytest
from depth import at_depth
from drawn_techniques import techniques
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.body import body_map
from profiles.files.load import from_data
from profiles.score import compose
from profiles.technique import Modality
from profiles.waveform import FELT_FLOOR, FRAME_RATE_HZ, Place, Renderer

BODY = body_map()
ZONES = sorted({zone.name for zone in BODY.zones} | {zone.id for zone in BODY.zones})


@st.composite
def steps(draw):
    technique = draw(techniques)
    step = {
        "name": "drawn",
        "technique": technique,
        "duration_s": draw(st.floats(0.5, 12.0)),
        "level": draw(st.floats(0.0, 1.0)),
        "curve": draw(st.sampled_from(["hold", "rise", "wave", "light-strong-light"])),
        "crossfade_s": draw(st.floats(0.0, 5.0)),
        "hands": draw(st.sampled_from(["auto", "both", "alternate"])),
    }
    if draw(st.booleans()):
        step["on"] = draw(st.lists(st.sampled_from(list(Modality)), min_size=1, max_size=3, unique=True))
    if technique["kind"] == "guide":
        if step["level"] > 0.0:
            step["zones"] = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=4))
    elif draw(st.integers(0, 4)) == 0:
        points = st.tuples(st.floats(-300.0, 300.0), st.floats(-1000.0, 750.0))
        step["path"] = draw(st.lists(points, min_size=1, max_size=4))
    else:
        step["zones"] = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=4))
    return step


profiles = st.lists(steps(), min_size=1, max_size=3).map(
    lambda drawn: from_data({"schema": 1, "name": "drawn", "step": drawn})
)
some_places = st.lists(
    st.builds(
        Place,
        id=st.just("p"),
        kind=st.sampled_from(list(Modality)),
        x=st.floats(-250.0, 250.0),
        y=st.floats(-900.0, 740.0),
        radius=st.floats(1.0, 60.0),
        active=st.booleans(),
        rate_min=st.just(20.0),
        rate_max=st.sampled_from([20.0, 80.0, 300.0]),
    ),
    min_size=1,
    max_size=12,
)


def cushion():
    """Return places alone and in pairs, inactive, on the midline, adjustable or not."""
    places = [Place("sacrum", Modality.VIBRATION, 0.0, 60.0, 22.0, True)]
    for sign in (-1.0, 1.0):
        places += [
            Place("lumbar", Modality.VIBRATION, sign * 80.0, 140.0, 20.0, True),
            Place("kidney", Modality.VIBRATION, sign * 68.0, 240.0, 20.0, False),
            Place("upper", Modality.VIBRATION, sign * 72.0, 380.0, 20.0, True, 20.0, 80.0),
            Place("knead", Modality.KNEADING, sign * 95.0, 590.0, 35.0, True, 10.0, 60.0),
            Place("press", Modality.PRESSURE, sign * 105.0, 35.0, 45.0, True),
        ]
    return places


@given(profiles, st.lists(st.integers(1, 700), min_size=1, max_size=6), st.integers(-30, 600))
@settings(max_examples=at_depth(30))
def test_any_split_into_blocks_gives_the_same_frames(profile, sizes, start):
    score = compose(profile)
    whole = Renderer(score, cushion()).render(start, sum(sizes))
    renderer = Renderer(score, cushion())
    parts, at = [], start
    for size in sizes:
        parts.append(renderer.render(at, size))
        at += size
    assert np.array_equal(np.concatenate([part.level for part in parts]), whole.level)
    assert np.array_equal(np.concatenate([part.rate for part in parts]), whole.rate)
    assert np.array_equal(np.concatenate([part.step for part in parts]), whole.step)
    again = renderer.render(start, sizes[0])
    assert np.array_equal(again.level, whole.level[: sizes[0]])


@given(profiles, some_places)
@settings(max_examples=at_depth(50))
def test_levels_and_rates_keep_their_limits(profile, drawn):
    score = compose(profile)
    waveform = Renderer(score, drawn).render(0, round(score.duration * FRAME_RATE_HZ) + 10)
    level, rate = waveform.level, waveform.rate
    assert np.isfinite(level).all()
    assert np.isfinite(rate).all()
    assert ((level == 0.0) | (level >= FELT_FLOOR)).all()
    assert (rate[level == 0.0] == 0.0).all()
    for column, place in enumerate(drawn):
        zone = BODY.zone_at(place.x, place.y)
        if not place.active or zone is None or BODY.exclusion_at(place.x, place.y, place.radius) is not None:
            assert (level[:, column] == 0.0).all()
            continue
        assert level[:, column].max() <= BODY.ceiling_at(place.x, place.y, place.radius) <= zone.ceiling
        on = rate[:, column] > 0.0
        if place.kind is Modality.KNEADING:
            assert rate[:, column].max() <= 60.0
        if place.kind is Modality.PRESSURE:
            assert not on.any()
        assert (rate[on, column] >= place.rate_min).all()
        assert (rate[on, column] <= place.rate_max).all()


def test_frames_before_and_after_the_session_are_silent(make_profile, make_step, places):
    renderer = Renderer(compose(make_profile(make_step(duration_s=10))), places)
    assert not renderer.render(-100, 100).level.any()
    assert not renderer.render(500, 300).level.any()
    assert renderer.render(0, 500).level.any()
    assert renderer.render(0, 0).level.shape == (0, len(places))


def test_the_session_fades_in_and_out(make_profile, make_step, places):
    score = compose(make_profile(make_step(duration_s=60), fade_in_s=3, fade_out_s=5))
    peak = Renderer(score, places).render(0, 3000).level.max(axis=1)
    assert peak[:10].max() < 0.05
    assert peak[-10:].max() < 0.05
    assert np.abs(np.diff(peak)).max() < 0.05


def test_a_contact_between_two_places_keeps_its_energy(make_profile, make_step):
    pair = [Place(f"p{y}", Modality.VIBRATION, 75.0, y, 20.0, True) for y in (340.0, 400.0, 460.0, 520.0)]
    path = [[75, 345], [75, 515]]
    step = make_step(zones=None, path=path, duration_s=30, parameters={"return_level": 1.0})
    score = compose(make_profile(step, fade_in_s=0, fade_out_s=0))
    level = Renderer(score, pair).render(0, 1500).level
    # Six seconds: three ways to and fro, before any of them has to rest.
    assert np.sqrt((level**2).sum(axis=1))[:300] == pytest.approx(np.full(300, 0.3), abs=0.02)


def test_two_hands_together_feel_the_same_on_both_sides(make_profile, make_step, places):
    level = Renderer(compose(make_profile(make_step())), places).render(0, 1500).level
    columns = {place.id: column for column, place in enumerate(places)}
    for name in ("lumbar", "upper", "scapula", "press"):
        assert level[:, columns[f"{name}-l"]] == pytest.approx(level[:, columns[f"{name}-r"]], abs=0.01)
    assert level[:, columns["sacrum"]].max() == pytest.approx(0.3, abs=0.01)


def test_a_stroke_reaches_lower_places_first(make_profile, make_step, places):
    level = Renderer(compose(make_profile(make_step())), places).render(0, 1500).level
    first = {place.id: np.argmax(level[:, column] > 0.1) for column, place in enumerate(places)}
    assert max(first["sacrum"], first["lumbar-r"]) < first["flank-r"] < first["upper-r"]


def test_kneading_prefers_kneading_heads(make_profile, make_step, places):
    score = compose(make_profile(make_step("kneading", zones=["shoulder"], parameters={"rate_cpm": 36})))
    waveform = Renderer(score, places).render(0, 1500)
    heads = [column for column, place in enumerate(places) if place.kind is Modality.KNEADING]
    others = [column for column in range(len(places)) if column not in heads]
    assert waveform.level[:, heads].max() == pytest.approx(0.3, abs=0.01)
    assert waveform.level[:, others].max() < 0.1
    rates = waveform.rate[:, heads]
    assert set(np.unique(rates[rates > 0])) == {36.0}


def test_kneading_without_heads_is_a_circling_swell_and_says_so(make_profile, make_step):
    motors = [Place("a", Modality.VIBRATION, 100.0, 590.0, 20.0, True)]
    score = compose(
        make_profile(make_step("kneading", zones=["shoulder-right"], parameters={"rate_cpm": 30}))
    )
    renderer = Renderer(score, motors)
    (sentence,) = renderer.substitutions
    assert "step 1 'kneading'" in sentence
    assert "slow swell that goes round on vibration motors" in sentence
    level = renderer.render(200, 1000).level[:, 0]
    spectrum = np.abs(np.fft.rfft(level - level.mean()))
    assert np.argmax(spectrum) / 20.0 == pytest.approx(0.5, abs=0.05), (
        "one swell for each of 30 cycles a minute"
    )


def test_a_frequency_that_follows_the_drive_is_told(make_profile, make_step, places):
    score = compose(make_profile(make_step("vibration", parameters={"frequency_hz": 55})))
    renderer = Renderer(score, places)
    assert "on 5 of 9 motors, not 55 Hz" in renderer.substitutions[0]
    rate = renderer.render(0, 1500).rate
    motors = [column for column, place in enumerate(places) if place.kind is Modality.VIBRATION]
    assert set(np.unique(rate[:, motors])) == {0.0, 55.0}


def test_a_device_that_can_do_it_all_substitutes_nothing(make_profile, make_step, places):
    assert Renderer(compose(make_profile(make_step())), places).substitutions == ()


def test_on_drives_every_kind_that_the_hand_passes(make_profile, make_step, places):
    zones = ["gluteal", "sacrum", "lumbar", "upper-back", "scapular", "shoulder"]
    kinds = ["vibration", "kneading", "pressure"]
    score = compose(make_profile(make_step(zones=zones, on=kinds, parameters={"speed_mm_s": 150})))
    peak = Renderer(score, places).render(0, 1500).level.max(axis=0)
    for place, level in zip(places, peak, strict=True):
        assert bool(level > 0.25) is place.active, place.id


def test_steps_are_numbered_from_zero(make_profile, make_step, places):
    score = compose(make_profile(make_step(duration_s=2), make_step(duration_s=3)))
    step = Renderer(score, places).render(0, 260).step
    assert (step[:100] == 0).all()
    assert (step[100:] == 1).all()


def test_blocks_cannot_be_written_to(make_profile, make_step, places):
    waveform = Renderer(compose(make_profile(make_step())), places).render(0, 50)
    with pytest.raises(ValueError, match="read-only"):
        waveform.level[0, 0] = 1.0


def test_taps_come_softly(make_profile, make_step):
    seat = [Place("seat", Modality.VIBRATION, 100.0, 20.0, 30.0, True)]
    score = compose(
        make_profile(make_step("tapping", zones=["gluteal-right"], parameters={"onset_s": 0.1, "rate_hz": 2}))
    )
    level = Renderer(score, seat).render(200, 800).level[:, 0]
    assert level.min() == 0.0
    assert np.diff(level).max() < 0.12


def test_heads_and_cells_are_not_switched_once_a_circle(make_profile, make_step, places):
    circles = {"rate_cpm": 90, "circle_mm": 40, "path": "spiral"}
    zones = ["gluteal", "lumbar", "upper-back", "scapular", "shoulder"]
    score = compose(make_profile(make_step("rubbing", zones=zones, parameters=circles, duration_s=120)))
    level = Renderer(score, places).render(0, 6000).level
    for column, place in enumerate(places):
        if place.kind is not Modality.VIBRATION:
            starts = np.flatnonzero(np.diff((level[:, column] > 0.0).astype(int)) == 1)
            assert np.diff(starts).min(initial=1000) > 50, "a circle takes 33 frames"


@pytest.mark.parametrize("form", ["box", "patting", "fists"])
def test_taps_drive_nothing_where_tapping_is_forbidden(form):
    tap = {"kind": "tapping", "form": form}
    steps = [{"name": "t", "technique": tap, "zones": ["gluteal"], "duration_s": 20.0, "level": 0.5}]
    score = compose(from_data({"schema": 1, "name": "taps", "step": steps}))
    # A cell lies in the buttock, which may be tapped on, but fills too slowly for a tap (108).
    motor = Place("seat", Modality.VIBRATION, 105.0, 35.0, 20.0, True)
    renderer = Renderer(score, (*cushion(), motor))
    level = renderer.render(0, 1000).level
    driven = {place.id for place, on in zip((*cushion(), motor), level.any(axis=0), strict=True) if on}
    assert driven == {"seat"}, "the hand passes near the lower back and the sacrum"
    assert renderer.substitutions == (
        "tapping in step 1 't' leaves every pressure cell out: it fills too slowly for that",
    )
