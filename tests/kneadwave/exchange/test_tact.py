"""A .tact: moving contacts and dots; those on the back have places, everything has an intensity."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from foreign_files import dots, path, tact

from kneadwave.exchange.fields import ExchangeError, Field
from kneadwave.exchange.signal import ForeignSignal
from kneadwave.exchange.tact import BOTTOM_MM, TOP_MM, WIDTH_MM, read, recognises


def signal(data: Any) -> ForeignSignal:
    field = Field(data, "x.tact")
    assert recognises(field)
    return read(field, "x.tact")


def levels(data: Any, *at: float) -> list[float]:
    found: list[float] = np.round(signal(data).envelope.at(np.array(at)), 3).tolist()
    return found


UP = path((0, 0.2, 1.0, 1.0), (1000, 0.6, 1.0, 0.0))


def test_a_path_gives_its_intensity_from_where_its_effect_starts() -> None:
    data = tact((500, 2000, {"VestBack": UP}))
    assert levels(data, 0.4, 1.0, 2.0) == [0.0, 0.4, 0.6]
    assert signal(data).lasts_s == 2.5


def test_dots_are_on_between_their_times_and_the_strongest_counts() -> None:
    data = tact((0, 0, {"VestBack": dots(0, 2000, 0.3, 0, 1), "VestFront": dots(1000, 2000, 0.7, 5)}))
    assert levels(data, 0.5, 1.5) == [0.3, 0.7]
    assert signal(data).notes == ("the places of VestFront are left out, their intensity is kept",)


@pytest.mark.parametrize(
    ("fade", "expected"), [("NONE", 0.8), ("FADE_IN", 0.4), ("FADE_OUT", 0.4), ("?", 0.8)]
)
def test_fades_are_followed(fade: str, expected: float) -> None:
    assert levels(tact((0, 1000, {"VestBack": dots(0, 1000, 0.8, 0, fade=fade)})), 0.5) == [expected]
    steady = path((0, 0.8, 0, 0), (1000, 0.8, 0, 1), fade=fade)
    assert levels(tact((0, 1000, {"VestBack": steady})), 0.5) == [expected]


def test_places_run_along_the_path_in_the_order_of_time() -> None:
    later, earlier = (1000, 1000, {"VestBack": dots(0, 9, 1, 3)}), (0, 1000, {"VestBack": UP})
    touched = signal(tact(later, earlier)).touched
    assert touched[0] == (WIDTH_MM, BOTTOM_MM)
    assert touched[-1] == (WIDTH_MM, TOP_MM)
    assert [y for _, y in touched] == sorted(y for _, y in touched)
    assert max(b[1] - a[1] for a, b in pairwise(touched)) <= 20.0


def test_only_the_back_has_places() -> None:
    assert signal(tact((0, 1000, {"VestFront": UP}))).touched == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (tact((0, 1000, {"VestBack": path()})), "project.tracks: has no point that plays"),
        (tact((0, 1000, {"VestBack": UP}), enable=False), "has no point that plays"),
        (tact((0, 1000, {"VestBack": path((0, 1.5, 0, 0))})), "pointList[1].intensity: must be from 0 to 1"),
        (tact((0, 1000, {"VestBack": path((0, 1, 2, 0))})), "pointList[1].x: must be from 0 to 1"),
        (
            tact((0, 1000, {"VestBack": dots(0, 9, 1, 20)})),
            "pointList[1].index: must be from 0 to 19, not 20",
        ),
        (tact((0, 1000, {"VestBack": dots(9, 0, 1, 2)})), "endTime: lies before startTime"),
        (tact((-5, 1000, {"VestBack": UP})), "effects[1].startTime: must be from 0"),
        (tact((0, 1000, {"VestBack": {"mode": "PATH_MODE"}})), "modes.VestBack.pathMode: is missing"),
        (tact((0, 1000, {"VestBack": 7})), "modes.VestBack: must be a table"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: Any, words: str) -> None:
    with pytest.raises(ExchangeError) as raised:
        signal(data)
    assert words in str(raised.value)


def test_there_is_a_most_of_effects() -> None:
    mode = {"mode": "DOT_MODE", "dotMode": {"feedback": dots(0, 9, 1, 2)["dotMode"]["feedback"] * 20_001}}
    with pytest.raises(ExchangeError, match="has more than 20000 effects"):
        signal(tact((0, 9, {"VestFront": mode})))
