"""A fit as one edit at the desk; what it says on the screen is in test_cli_tune_find."""

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.fit import fit_targets
from kneadwave.tuning.workspace import look
from profiles.profile import load_profile
from profiles.score import compose


def test_targets_of_several_steps_are_one_version(capsys):
    fit_targets(Output(), "relaxing-back", ["lumbar=40%@8:40 shoulder=55%@11:40"], None, None)
    desk = look("relaxing-back")
    assert desk.number == 1
    assert desk.version(1).what == "fit lumbar=40%@8:40 shoulder=55%@11:40"
    pairs = zip(desk.saved.step, desk.profile.step, strict=True)
    assert [n for n, (a, b) in enumerate(pairs) if a != b] == [7, 8]
    assert "version 1" in capsys.readouterr().out


def test_a_curve_that_is_played_more_than_once_is_told_of_once(capsys):
    first = compose(load_profile("back-by-repeats")).cues[0]
    middle = first.start + 2.5 * first.period  # of the third time
    targets = [f"lumbar=15%@{middle:.1f}", f"upper-back=20%@{middle + 3:.1f}"]
    fit_targets(Output(), "back-by-repeats", targets, None, None)
    said = capsys.readouterr().out
    assert said.count("step 1 is played more than once, each time with this curve") == 1
    points = dict(look("back-by-repeats").profile.step[0].curve.points)
    assert any(abs(t - 0.5) < 0.01 for t in points)


def test_a_target_that_is_met_already_changes_nothing(capsys):
    fit_targets(Output(), "relaxing-back", ["lumbar=40%@8:40"], None, None)
    capsys.readouterr()
    fit_targets(Output(), "relaxing-back", ["lumbar=40%@8:40"], None, None)
    assert look("relaxing-back").number == 1
    assert "nothing changes" in capsys.readouterr().out
