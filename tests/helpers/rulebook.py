"""What the rulebook may point to: modules, shipped data and tests, looked up in the files themselves."""

import ast
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("profiles", "firmware_bridge", "simulator", "kneadwave")


def there_is(where):
    """Tell whether an entry of `where` or `tests` names something that exists."""
    if where.startswith("tests/"):
        path, _, name = where.partition("::")
        return (ROOT / path).is_file() and (not name or name in functions(path))
    kind, colon, name = where.partition(":")
    if colon:
        return name in NAMES[kind]()
    return (ROOT / where.replace(".", "/")).with_suffix(".py").is_file()


@cache
def functions(path):
    """Return the names of the test functions of a file, those in classes included."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@cache
def profiles():
    return {path.stem for path in (ROOT / "profiles" / "library").glob("*.toml")}


@cache
def questions():
    """Return every entry of questions.toml: (kind, id) -> the rules it names."""
    data = _toml("kneadwave/people/questions.toml")
    return {
        (kind, entry["id"]): tuple(entry["rules"]) for kind in ("question", "ready") for entry in data[kind]
    }


@cache
def orders():
    return {entry["name"]: tuple(entry["rules"]) for entry in _toml("profiles/orders.toml")["order"]}


def _toml(path):
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


NAMES = {
    "profile": profiles,
    "order": orders,
    "question": lambda: {name for kind, name in questions() if kind == "question"},
    "ready": lambda: {name for kind, name in questions() if kind == "ready"},
}

# Calls that name a rule, and where in the call its number stands; `rule=` counts in any call, and so does the
# place of a parameter called `rule` in a function of the same file.
_NUMBERED = {"find": 1, "Finding": 1, "Objection": 1, "fault": 1}


def named_in_code():
    """Return every (module, rule number) that some finding, trip or refusal in the sources names."""
    found = set()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found |= {(module, number) for number in _numbers(path)}
    return found


def _numbers(path):
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    places = _NUMBERED | {
        node.name: names.index("rule")
        for node in nodes
        if isinstance(node, ast.FunctionDef) and "rule" in (names := [arg.arg for arg in node.args.args])
    }
    for node in nodes:
        match node:
            case ast.Call():
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if places.get(name, len(node.args)) < len(node.args):
                    yield from _constants(node.args[places[name]])
                for keyword in node.keywords:
                    if keyword.arg == "rule":
                        yield from _constants(keyword.value)
            case ast.Assign(targets=[ast.Name(id="rule")]):
                yield from _constants(node.value)


def _constants(node):
    """Return the numbers that an expression can be: of a choice, both branches."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_constants(node.body), *_constants(node.orelse)]
    return []
