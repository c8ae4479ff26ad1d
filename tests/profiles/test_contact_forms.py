"""Each form as it is felt: measured on a fine mat of motors, or on the line that the hand follows."""

import numpy as np
import pytest
from drawn_techniques import choices
from fine_mat import BACK, LEVEL, X, Y, centre, gap_s, overall, reached, rendered, score_of
from spans import longest_work

from profiles.contact import FORMS
from profiles.field import middle, position, strength, swell
from profiles.rests import runs
from profiles.score import compose
from profiles.technique import POINT_MAX_S, TECHNIQUES, Kneading, Modality, Vibration
from profiles.waveform import FELT_FLOOR, FRAME_RATE_HZ, Place, Renderer

RIGHT = ("lumbar-right", "upper-back-right")
ALL_FORMS = [("kneading", form) for form in choices(Kneading)["form"]]
ALL_FORMS += [("vibration", form) for form in choices(Vibration)["form"]]


def sway(values, hz):
    """The amplitude with which something goes to and fro at a frequency."""
    t = np.arange(len(values)) / FRAME_RATE_HZ
    trend = np.convolve(values, np.ones(250) / 250, mode="same")
    return 2.0 * abs(np.mean((values - trend)[250:-250] * np.exp(-2j * np.pi * hz * t[250:-250])))


def peaks(values):
    """The times in seconds at which a level is at its top."""
    top = (values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:]) & (values[1:-1] > 0.5 * values.max())
    return (np.flatnonzero(top) + 1) / FRAME_RATE_HZ


def test_every_form_has_its_row():
    for kind in ("kneading", "vibration", "tapping"):
        assert [form for of, form in FORMS if of == kind] == choices(TECHNIQUES[kind])["form"]


@pytest.mark.parametrize(("kind", "form"), ALL_FORMS)
@pytest.mark.parametrize("zones", [BACK, ("shoulder",), ("flank",), ("thigh", "calf")])
def test_no_form_falls_silent_or_stays_on_a_point(kind, form, zones):
    level = rendered(score_of(kind, zones, form=form))
    assert gap_s(level) <= 0.3, "rule 6"
    assert max(work.seconds for work in longest_work(level > 0.0, FRAME_RATE_HZ)) <= POINT_MAX_S, "rule 55"


@pytest.mark.parametrize("form", choices(Kneading)["form"])
@pytest.mark.parametrize("rate", [60.0, 61.0, 600.0])
def test_no_form_of_kneading_goes_round_or_pulses_more_than_sixty_times(form, rate):
    score = score_of("kneading", ("upper-back-right",), form=form, rate_cpm=rate)
    cue = score.cues[0]
    assert cue.rate_cpm == (24.0 if form == "stretching" else 60.0), "stretching has no cycles"
    t = np.arange(0.0, 60.0, 0.01)
    for contact in cue.contacts:
        assert contact.circle_hz == 1.0
        level = swell(cue, contact, t)
        assert ((level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:])).sum() <= 60


@pytest.mark.parametrize("path", choices(TECHNIQUES["rubbing"])["path"])
def test_no_path_of_rubbing_circles_more_than_a_hundred_times(path):
    score = score_of("rubbing", path=path, rate_cpm=600)
    assert score.cues[0].rate_cpm == 60.0, "heads that keep company knead"
    assert all(contact.circle_hz == pytest.approx(100 / 60) for contact in score.cues[0].contacts)


def test_finger_pads_work_on_less_in_smaller_circles():
    palm, finger = (score_of("kneading", form=form) for form in ("palm", "finger"))
    assert finger.cues[0].contacts[0].circle < palm.cues[0].contacts[0].circle
    assert reached(rendered(finger)) < 0.7 * reached(rendered(palm))


@pytest.mark.parametrize("rate", [24, 36, 60])
def test_pinches_are_short_and_soft_and_hop_on(rate):
    score = score_of("kneading", RIGHT, form="pinching", rate_cpm=rate)
    cue, contact = score.cues[0], score.cues[0].contacts[0]
    assert np.diff(peaks(overall(rendered(score)))) == pytest.approx(60 / rate, abs=0.05)
    t = np.arange(0.0, 30.0, 0.01)
    pulse = swell(cue, contact, t)
    starts, ends = runs(pulse > pulse.min() + 1e-9)
    assert (ends - starts).max() <= 50, "half a second at most"
    assert np.abs(np.diff(pulse)).max() < 0.06, "as soft as it is short"
    assert pulse.min() * LEVEL > FELT_FLOOR, "the fingers stay in touch"
    x, y, _ = position(cue, contact, t)
    moving = np.hypot(np.diff(x), np.diff(y)) > 1e-9
    pinching = (pulse[:-1] > pulse.min() + 1e-9) & (pulse[1:] > pulse.min() + 1e-9)
    assert not (moving & pinching).any(), "it stands still while it pinches"
    assert moving[~pinching].mean() > 0.9


def test_shifting_goes_to_and_fro_across_the_fibres():
    level = rendered(score_of("kneading", ("upper-back-right",), form="shifting"))
    across, along = sway(centre(level, X), 0.6), sway(centre(level, Y), 0.6)
    assert across > 12.0
    assert along < across / 4.0
    palm = rendered(score_of("kneading", ("upper-back-right",), form="palm"))
    assert sway(centre(palm, Y), 0.6) > 6.0, "a palm goes round"


def test_felting_hands_work_at_once_and_in_opposite_phase():
    score = score_of("kneading", form="felting")
    level = rendered(score)
    left, right = overall(level[:, X < 0.0]), overall(level[:, X > 0.0])
    assert np.corrcoef(left, right)[0, 1] < -0.9
    assert np.mean((left > 0.0) & (right > 0.0)) > 0.9
    t = np.arange(0.0, 10.0, 0.02)
    (lx, ly, _), (rx, ry, _) = (position(score.cues[0], contact, t) for contact in score.cues[0].contacts)
    (mx, my, _), _ = (middle(score.cues[0], contact, t) for contact in score.cues[0].contacts)
    assert ly - my == pytest.approx(-(ry - my), abs=1e-9), "one goes up while the other goes down"
    assert np.abs(ly - my).max() > 15.0
    assert (lx, rx) == (pytest.approx(mx), pytest.approx(-mx))


def test_felting_hands_stay_nowhere_on_a_cushion_of_few_motors_either(places):
    level = Renderer(score_of("kneading", form="felting"), places).render(0, 3000).level
    assert max(work.seconds for work in longest_work(level > 0.0, FRAME_RATE_HZ)) <= POINT_MAX_S
    assert gap_s(level) <= 0.3


def test_felting_of_a_short_zone_goes_by_turns():
    level = rendered(score_of("kneading", ("shoulder",), form="felting"))
    left, right = overall(level[:, X < 0.0]), overall(level[:, X > 0.0])
    assert np.corrcoef(left, right)[0, 1] < -0.5


@pytest.mark.parametrize("zones", [("flank",), ("flank-right",), BACK])
def test_stretching_pulls_slowly_apart_along_the_body(zones):
    score = score_of("kneading", zones, form="stretching", advance_mm_s=20)
    cue = score.cues[0]
    one, other = (contact for contact in cue.contacts if contact.side == 1)
    t = np.arange(0.0, 60.0, 0.02)
    (ax, ay, weight), (bx, by, _) = (position(cue, contact, t) for contact in (one, other))
    apart = np.hypot(ax - bx, ay - by)
    starts, ends = runs(weight > 0.0)
    whole = [(a, b) for a, b in zip(starts, ends, strict=True) if b - a > 200]
    assert len(whole) >= 6
    grown = [apart[b - 1] - apart[a] for a, b in whole]
    assert np.median(grown) > 60.0
    inside = np.concatenate([np.arange(a, b - 1) for a, b in whole])
    speed = np.hypot(np.diff(ax), np.diff(ay))[inside] * FRAME_RATE_HZ
    assert speed.max() <= 20.0 + 1e-6
    along = np.abs(np.diff(ay))[inside].sum() / np.hypot(np.diff(ax), np.diff(ay))[inside].sum()
    assert along > 0.6


def test_stretching_hands_begin_as_strong_as_one():
    level = overall(rendered(score_of("kneading", form="stretching")))
    assert level.max() == pytest.approx(LEVEL, abs=0.01)


def test_shaking_swells_a_few_times_a_second_and_never_stops():
    level = rendered(score_of("vibration", ("thigh-right", "calf-right"), form="shaking"))
    total = overall(level)[:1500]
    spectrum = np.abs(np.fft.rfft(total - total.mean()))
    assert 2.0 <= np.argmax(spectrum) / 30.0 <= 6.0
    assert total.min() > FELT_FLOOR
    assert reached(level) > reached(rendered(score_of("vibration", ("thigh-right", "calf-right"))))


def test_twitches_are_short_pulls_along_the_zones():
    score = score_of("vibration", RIGHT, form="twitching")
    cue, contact = score.cues[0], score.cues[0].contacts[0]
    t = np.arange(0.0, 20.0, 0.01)
    pulse = swell(cue, contact, t)
    starts, ends = runs(pulse > pulse.min() + 1e-9)
    assert len(starts) == 30
    assert (ends - starts).max() <= 25
    x, y, _ = position(cue, contact, t)
    way = np.hypot(np.diff(x), np.diff(y))
    pulling = (pulse[:-1] > pulse.min() + 1e-9) | (pulse[1:] > pulse.min() + 1e-9)
    assert way[pulling].sum() > 0.99 * way.sum(), "it moves while it pulls"
    assert way.sum() == pytest.approx(20.0 * 35.0, rel=0.05), "and gets on as fast as any vibration"


def test_a_cupped_hand_pats_more_softly_than_a_box_taps():
    t = np.arange(0.0, 10.0, 0.001)
    box, patting = (
        np.diff(strength(score_of("tapping", ("gluteal",), form=form).cues[0], t)).max()
        for form in ("box", "patting")
    )
    assert patting < 0.75 * box


def test_fists_are_wider_than_a_box():
    box, fists = (rendered(score_of("tapping", ("gluteal-right",), form=form)) for form in ("box", "fists"))
    assert reached(fists) > 1.1 * reached(box)


def test_two_fingers_come_back_narrower_on_the_same_way():
    zones = ("sacrum-right", "lumbar-right", "upper-back-right")
    fingers, palms = (score_of("squeezing", zones, return_hand=hand) for hand in ("two-fingers", "palms"))
    there, back = fingers.cues[0].contacts
    (whole,) = palms.cues[0].contacts
    assert back.radius < there.radius == whole.radius
    assert (there.route.x, there.route.y) == (back.route.x, back.route.y) == (whole.route.x, whole.route.y)
    both = np.hypot(there.route.weight, back.route.weight)
    assert both == pytest.approx(np.array(whole.route.weight)), "none of it is lost between the two"
    level, plain = rendered(fingers), rendered(palms)
    falling = np.gradient(centre(plain, Y)) < -0.3
    rising = np.gradient(centre(plain, Y)) > 0.3
    assert reached(level[falling]) < 0.8 * reached(plain[falling])
    assert reached(level[rising]) == pytest.approx(reached(plain[rising]), rel=0.1)
    assert gap_s(level) == 0.0


def test_a_single_squeezing_side_drives_the_midline_in_full(make_profile, make_step):
    sacrum = [Place("s", Modality.VIBRATION, 0.0, 60.0, 22.0, True)]
    for zone in ("sacrum", "sacrum-right"):
        score = compose(make_profile(make_step("squeezing", [zone])))
        assert Renderer(score, sacrum).render(0, 1500).level.max() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("form", ["pinching", "shifting", "felting", "stretching"])
def test_what_heads_cannot_do_is_left_to_motors(make_profile, make_step, places, form):
    score = compose(make_profile(make_step("kneading", parameters={"form": form})))
    renderer = Renderer(score, places)
    assert renderer.substitutions == ()
    heads = [Place("h", Modality.KNEADING, 95.0, 590.0, 35.0, True, 10.0, 60.0)]
    shoulder = make_step("kneading", ["shoulder-right"], parameters={"form": form})
    only = Renderer(compose(make_profile(make_step(duration_s=60.0), shoulder)), heads)
    assert "the same movement on kneading heads" in only.substitutions[0]
    level = only.render(3000, 1500).level[:, 0]
    assert runs(level[50:-50] == 0.0)[0].size <= 7, "a head is not switched with every pulse"
