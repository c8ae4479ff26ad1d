"""How a profile stands real motors, as text."""

from dataclasses import replace

import pytest

from kneadwave.cli.terminal.canvas import text_of
from kneadwave.cli.views.robustness import (
    PLOT_ROWS,
    advice,
    cores,
    share_rows,
    summary,
    useful,
    verdict,
    zones_of,
)
from kneadwave.tuning.robustness.robustness import Alone, Cell, Robustness, StepRow


def found(steps=12):
    rows = tuple(
        StepRow(n, f"step {n}", ("lumbar", "flank"), ("lumbar",), 0.3, 0.2, 0.4, n / steps, 1.0)
        for n in range(1, steps + 1)
    )
    cells = (Cell(1, "lumbar-left", 0.3, 0.2, 0.4, 0.9), Cell(2, "shoulder-right", 0.3, 0.1, 0.5, 0.25))
    alone = (Alone("tau", 1.0, 1.0), Alone("strength", 0.1, 0.8), Alone("start", 0.5, 0.95))
    return Robustness(200, 0, 0.125, 0.75, rows, cells, alone)


@pytest.mark.parametrize("columns", [40, 80, 100])
@pytest.mark.parametrize("steps", [1, 12, 150])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_plot_fits_the_width_and_needs_no_colour(columns, steps, ascii_only):
    rows = [text_of(row) for row in share_rows(found(steps), columns, ascii_only=ascii_only)]
    assert len(rows) == PLOT_ROWS + 3
    assert all(len(row) <= columns for row in rows[:-1])
    assert rows[0].startswith(" 100%")
    assert "zones as meant" in rows[-1]
    assert "devices as meant" in rows[-1]
    if ascii_only:
        assert all(row.isascii() for row in rows)


def test_every_step_stands_over_its_number():
    rows = [text_of(row).ljust(80) for row in share_rows(found(3), 80)]
    columns = [rows[-2].index(number) for number in "123"]
    bars = rows[0]
    assert all(bars[column] != " " for column in columns)
    assert rows[PLOT_ROWS // 2][columns[0]] == " ", "a third is less than a half"


def test_the_summary_names_the_worst_and_what_matters_most():
    said = summary(found())
    assert said.startswith("poor: what is felt depends on the motors. On 200 devices")
    assert "75% of what the zones get is felt as meant: within 20%" in said
    assert "On 12% of the devices all of it is" in said
    worst = "Furthest off is shoulder-right in step 2, which is felt as meant on 25% of the devices"
    assert f"{worst}; what works in that step reaches it as well." in said
    assert said.endswith(
        "in strength 80%, in the drive at which they start 95%, in how quickly they follow 100%."
    )


@pytest.mark.parametrize(
    ("levels", "word"),
    [(1.0, "good"), (0.95, "good"), (0.949, "fair"), (0.8, "fair"), (0.799, "poor"), (0.0, "poor")],
)
def test_a_verdict_is_a_word(levels, word):
    assert verdict(levels) == word
    assert summary(replace(found(), levels=levels)).startswith(f"{word}: ")


def test_zones_are_those_that_the_step_names_and_the_device_has():
    row = found().rows[0]
    assert zones_of(row) == "lumbar"
    assert zones_of(replace(row, named=("lumbar", "foot"))) == "lumbar", "the device has nothing at the feet"
    assert zones_of(replace(row, named=())) == "lumbar flank", "a step that names none"
    assert zones_of(replace(row, named=("foot",))) == "lumbar flank"


@pytest.mark.parametrize(("variants", "processes"), [(1, 1), (79, 1), (80, 2), (200, 5)])
def test_few_variants_are_not_worth_a_process(variants, processes):
    assert useful(variants) == processes
    assert cores() >= 1


def test_it_ends_with_what_to_change():
    told = advice(replace(found(), rows=tuple(replace(row, levels=0.7) for row in found().rows)))
    assert told[0].startswith("Step 1 step 1: felt at 20.0 to 40.0 % where 30.0 % is meant. Weak levels")
    assert "matters most" in told[-1]
    assert advice(replace(found(), levels=0.95)) == ["Nothing has to change."]


@pytest.mark.parametrize(
    ("low", "high", "advised"),
    [
        (0.25, 0.36, "Step 1: too weak on some devices and too strong on as many, so no other level helps."),
        (0.2, 0.33, "raise its level (knead tune number PROFILE 1 level)"),
        (0.28, 0.5, "lower it where it is too strong"),
    ],
)
def test_what_is_advised_fits_what_is_wrong(low, high, advised):
    """A level that loses or gains the same share on both sides is helped by no other level."""
    (row,) = found(1).rows
    told = advice(replace(found(1), rows=(replace(row, low=low, high=high, levels=0.7),)))
    assert advised in told[0]
