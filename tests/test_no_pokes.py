"""Nobody reaches into another's private parts: what a test or a package needs is handed in, or public."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = ("profiles", "firmware_bridge", "simulator", "kneadwave", "benchmarks", "tests")
PUBLIC = frozenset({"_replace", "_asdict", "_fields", "_make", "_exit"})
"""Public in spite of their underscore: the methods of a named tuple, and os._exit."""
ALLOWED = {
    ("profiles/files/toml_edit.py", "_insert_after"): "tomlkit's public way comes behind the comments",
    (
        "tests/firmware_bridge/safety/test_encode.py",
        "_SEAL",
    ): "shows the encoder any setpoints",
    (
        "tests/helpers/editing.py",
        "_message_queue",
    ): "textual tells in no other way that it is at rest",
    ("tests/helpers/editing.py", "_compositor"): "textual draws in no other way what a screen shows",
    ("tests/kneadwave/cli/editor/test_panes.py", "_compositor"): "as above",
    ("tests/kneadwave/cli/editor/test_panes.py", "_filters"): "textual's own colours for a terminal",
}
"""Others' privates for which there is no public way, and why."""


def pokes(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each private attribute that is read, set or patched on something else than self.

    A class may look into another instance of itself: it is its own private part.
    """
    yield from _walk(ast.parse(source), frozenset())


def _walk(node: ast.AST, own: frozenset[str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.ClassDef):
        own = frozenset(_defined(node))
    if isinstance(node, ast.Attribute) and _private(node.attr):
        if node.attr not in own and not _is_self(node.value):
            yield node.lineno, node.attr
    elif isinstance(node, ast.Call) and _name(node.func) in ("setattr", "delattr", "getattr"):
        for argument in node.args[:2]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                patched = [part for part in argument.value.split(".") if _private(part)]
                yield from ((node.lineno, part) for part in patched)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, own)


def _defined(kind: ast.ClassDef) -> Iterator[str]:
    for node in ast.walk(kind):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and _is_self(node.value) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def _is_self(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return _name(node.func) == "super"
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _files() -> list[Path]:
    return [path for place in PLACES for path in sorted((ROOT / place).rglob("*.py"))]


def test_nobody_reaches_into_anothers_private_parts() -> None:
    found = {}
    for path in _files():
        where = path.relative_to(ROOT).as_posix()
        for line, name in pokes(path.read_text(encoding="utf-8")):
            if (where, name) not in ALLOWED:
                found[f"{where}:{line}"] = name
    assert not found


def test_what_is_allowed_is_still_done() -> None:
    done = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in _files()
        for _, name in pokes(path.read_text(encoding="utf-8"))
    }
    assert set(ALLOWED) <= done


@pytest.mark.parametrize(
    "source",
    [
        "link._clock.now()",
        "made.session._link = 3",
        "del thing._queue",
        "setattr(link, '_fd', 3)",
        "monkeypatch.setattr(link, '_fd', 3)",
        "monkeypatch.setattr('package.module._write', refuse)",
        "class A:\n    def f(self, other):\n        return other._b",
    ],
)
def test_a_poke_is_found(source: str) -> None:
    assert list(pokes(source))


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    def f(self):\n        self._b = 1\n        return self._b",
        "class A:\n    def __init__(self, b):\n        self._b = b == b._b",
        "class A(B):\n    def f(self):\n        return super()._g()",
        "point._replace(x=1)",
        "thing.__class__",
        "_helper(thing)",
    ],
)
def test_what_is_ones_own_is_no_poke(source: str) -> None:
    assert not list(pokes(source))
