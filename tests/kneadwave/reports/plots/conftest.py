"""Pictures without their pixels: what is drawn is looked at, and one of each kind is written to a file."""

import pytest


@pytest.fixture
def figure_of(monkeypatch):
    """`figure_of(plot, *arguments)`: the figure that a plot would save, laid out as for a file."""

    def drawn(plot, *arguments):
        kept = []
        with monkeypatch.context() as patch:
            patch.setattr(f"{plot.__module__}.save", lambda figure, path: kept.append((figure, path)))
            plot(*arguments)
        ((figure, _),) = kept
        figure.draw_without_rendering()
        return figure

    return drawn
