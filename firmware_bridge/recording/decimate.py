"""A course over time in a bounded number of columns, however long it becomes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 64  # frames; a power of two, so that chunks and columns always divide evenly

Floats = NDArray[np.float64]


class Decimated:
    """Columns of equal width; when they run out, neighbours are merged and the width doubles.

    Frames come in chunks of CHUNK, a shorter one last. `columns` must be even, and CHUNK at least.
    """

    def __init__(self, means: int, peaks: int, columns: int) -> None:
        """Keep the mean of some values and the peak of others, in at most so many columns."""
        self.width = 1  # frames a column
        self.used = 0
        self.t = np.zeros(columns)
        self.mean = np.zeros((columns, means))
        self.peak = np.zeros((columns, peaks))
        # Of a column that is not full: start, sums, peaks, frames.
        self.open: tuple[float, Floats, Floats, int] | None = None

    def add(self, t: Floats, means: Floats, peaks: Floats) -> None:
        """Add one chunk: times (n,), values to be averaged and values whose peak is kept, a row a frame."""
        n = len(t)
        while self.used + -(-n // self.width) > len(self.t):
            self._merge()
        if self.width >= CHUNK or n < CHUNK:
            self._add_part(t, means, peaks)
            return
        k = n // self.width
        rows = slice(self.used, self.used + k)
        self.t[rows] = t[:: self.width]
        self.mean[rows] = means.reshape(k, self.width, -1).mean(axis=1)
        self.peak[rows] = peaks.reshape(k, self.width, -1).max(axis=1)
        self.used += k

    def _add_part(self, t: Floats, means: Floats, peaks: Floats) -> None:
        for at in range(0, len(t), self.width):
            part = slice(at, at + self.width)
            sums, peak, n = means[part].sum(axis=0), peaks[part].max(axis=0), len(t[part])
            start = float(t[at])
            if self.open is not None:
                start, n = self.open[0], n + self.open[3]
                sums, peak = sums + self.open[1], np.maximum(peak, self.open[2])
            self.open = (start, sums, peak, n)
            if n >= self.width:
                self.close()

    def close(self) -> None:
        """Write the open column, if any, as it stands."""
        if self.open is not None:
            self.t[self.used], sums, self.peak[self.used], n = self.open
            self.mean[self.used] = sums / n
            self.used += 1
            self.open = None

    def _merge(self) -> None:
        half = self.used // 2
        pairs = slice(0, 2 * half)
        self.t[:half] = self.t[pairs][::2]
        self.mean[:half] = self.mean[pairs].reshape(half, 2, -1).mean(axis=1)
        self.peak[:half] = self.peak[pairs].reshape(half, 2, -1).max(axis=1)
        self.used, self.width = half, self.width * 2
