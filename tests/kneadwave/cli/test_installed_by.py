"""What is missing is added by whatever installed Kneadwave."""

import pytest

from kneadwave.cli.exits import worded
from kneadwave.cli.installed_by import how_to_add
from kneadwave.errors import SessionRemedy


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/me/venv", "pip install 'kneadwave[plots]'"),
        ("/home/me/.local/pipx/venvs/kneadwave", "pipx inject kneadwave 'kneadwave[plots]'"),
        (
            "/home/me/.local/share/uv/tools/kneadwave",
            "uv tool install --with 'kneadwave[plots]' kneadwave",
        ),
        ("/home/uv/project/tools", "pip install 'kneadwave[plots]'"),
    ],
)
def test_by_whom(prefix: str, command: str) -> None:
    assert how_to_add("plots", prefix) == command


def test_a_hint_names_it() -> None:
    assert worded(SessionRemedy.INSTALL_EXTRA.of(extra="plots")) == how_to_add("plots")
