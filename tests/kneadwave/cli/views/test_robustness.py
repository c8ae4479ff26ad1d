"""How a profile stands real motors, as text."""

from dataclasses import replace

import pytest

from kneadwave.cli.terminal.canvas import text_of
from kneadwave.cli.views.robustness import PLOT_ROWS, advice, cores, share_rows, summary, useful
from kneadwave.tuning.robustness.robustness import Alone, Cell, Robustness, StepRow


def found(steps=12):
    rows = tuple(
        StepRow(n, f"step {n}", ("lumbar",), 0.3, 0.2, 0.4, n / steps, 1.0) for n in range(1, steps + 1)
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
    assert "single levels" in rows[-1]
    assert "all levels of the step" in rows[-1]
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
    assert said.startswith("In 12% of 200 devices every felt level stays within one just-noticeable")
    assert "of the single levels 75% do" in said
    assert "Worst: shoulder-right in step 2, in 25%." in said
    assert said.endswith("of the single levels: strength 80%, start level 95%, time constant 100%.")


@pytest.mark.parametrize(("variants", "processes"), [(1, 1), (79, 1), (80, 2), (200, 5)])
def test_few_variants_are_not_worth_a_process(variants, processes):
    assert useful(variants) == processes
    assert cores() >= 1


def test_it_ends_with_what_to_change():
    told = advice(found())
    assert told[0].startswith("Step ")
    assert "knead tune number PROFILE" in told[0]
    assert "What differs most is the" in told[-1]
    whole = replace(found(), share=1.0)
    assert advice(whole) == ["Nothing has to change: it is felt as meant in 100% of the devices."]
