"""A course of any length is kept in a bounded number of columns, each with its mean and its peak."""

import numpy as np
import pytest

from firmware_bridge.recording.decimate import CHUNK, Decimated


def gathered(n: int, columns: int) -> tuple[Decimated, np.ndarray]:
    values = ((np.arange(n * 3) * 37) % 256).reshape(n, 3).astype(np.float64)
    t = np.arange(n) * 0.02
    kept = Decimated(3, 1, columns)
    for at in range(0, n, CHUNK):
        part = slice(at, at + CHUNK)
        kept.add(t[part], values[part], values[part, :1])
    kept.close()
    return kept, values


@pytest.mark.parametrize("columns", [64, 110, 1000])
@pytest.mark.parametrize("n", [1, CHUNK - 1, CHUNK, CHUNK + 1, 1000, 6401, 30_000])
def test_columns_hold_means_and_peaks_of_equal_spans(n: int, columns: int) -> None:
    kept, values = gathered(n, columns)
    assert kept.used == -(-n // kept.width) <= columns
    for k in range(kept.used):
        span = values[k * kept.width : (k + 1) * kept.width]
        assert kept.t[k] == pytest.approx(k * kept.width * 0.02)
        np.testing.assert_allclose(kept.mean[k], span.mean(axis=0))
        np.testing.assert_allclose(kept.peak[k], span[:, :1].max(axis=0))


def test_no_column_is_wider_than_it_must_be() -> None:
    kept, _ = gathered(30_000, 1000)
    assert kept.width == 32
    assert gathered(1000, 1000)[0].width == 1
