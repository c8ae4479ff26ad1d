"""No source file is longer than 350 lines: who opens one can read it whole."""

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SUFFIXES = {".py", ".js", ".c", ".h"}
MOST = 350  # lines; project's choice: beyond that a file holds more than one subject


def sources(root: Path) -> Iterator[Path]:
    """Source files as git would keep them: nothing hidden and nothing that .gitignore names.

    A walk and not a question to git, so that the test holds in an unpacked archive, too.
    """
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    for folder, inner, files in os.walk(root):
        inner[:] = [
            name for name in inner if name[0] != "." and not any(fnmatch(name, word) for word in ignored)
        ]
        yield from (Path(folder, name) for name in files if Path(name).suffix in SUFFIXES)


def too_long(root: Path) -> dict[str, int]:
    """Each file with more lines than it may have, and how many."""
    lengths = {str(path.relative_to(root)): len(path.read_bytes().splitlines()) for path in sources(root)}
    return {name: lines for name, lines in sorted(lengths.items()) if lines > MOST}


def test_no_source_file_is_too_long() -> None:
    assert too_long(ROOT) == {}


def test_the_sources_of_every_folder_are_looked_at() -> None:
    found = {path.relative_to(ROOT) for path in sources(ROOT)}
    assert {path.parts[0] for path in found} >= {
        "profiles",
        "firmware_bridge",
        "simulator",
        "kneadwave",
        "tests",
    }
    assert {path.suffix for path in found} >= {".py", ".js"}
    assert Path("tests", Path(__file__).name) in found


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
@pytest.mark.parametrize(("lines", "ending"), [(MOST, "\n"), (MOST, ""), (MOST + 1, "\n"), (MOST + 1, "")])
def test_one_line_more_than_the_most_is_found(tmp_path: Path, suffix: str, lines: int, ending: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / f"file{suffix}").write_text("\n".join(["x"] * lines) + ending, encoding="utf-8")
    assert too_long(tmp_path) == ({f"inner/file{suffix}": lines} if lines > MOST else {})


@pytest.mark.parametrize("name", ["file.toml", "build/file.py", ".venv/file.py", "x.egg-info/file.py"])
def test_what_is_no_source_may_be_of_any_length(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x\n" * (MOST + 1), encoding="utf-8")
    assert too_long(tmp_path) == {}
