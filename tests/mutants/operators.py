"""Damages that mutmut does not do.

Figures of a module one less and one more, entries left out of its tables, statements left out, conditions
forced, one operand of `and`, `or`, min, max or clip left out, and all that stands in a property.
"""

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.RShift: ast.LShift,
}
ROLES_OF_A_TYPE = ("decorator_list", "bases", "returns", "args", "keywords", "annotation")
"""Fields of a definition in which nothing is done."""

Step = tuple[str, int | None]
Change = tuple[ast.AST, str]
"""What stands in a node's place, and what that is in words."""


class Place(NamedTuple):
    """Where a node stands: the definitions around it, outermost first, and the way to it from the top."""

    owners: tuple[ast.FunctionDef | ast.ClassDef, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """`Class.function`, or nothing for a statement of the module itself."""
        return ".".join(owner.name for owner in self.owners)

    @property
    def in_function(self) -> bool:
        """Whether it runs when a function is called, not when the module is imported."""
        return any(isinstance(owner, ast.FunctionDef) for owner in self.owners)

    @property
    def in_property(self) -> bool:
        """Whether it stands in a property."""
        return any(
            isinstance(mark, ast.Name) and mark.id == "property"
            for owner in self.owners
            if isinstance(owner, ast.FunctionDef)
            for mark in owner.decorator_list
        )


class Damage(NamedTuple):
    """One change: where, in which line, what in words, and the whole module with it."""

    place: Place
    line: int
    words: str
    tree: ast.Module


def damages(source: str) -> Iterator[Damage]:
    """Every damage of the module in `source`."""
    tree = ast.parse(source)
    for place, node in _nodes(tree, Place()):
        if place.in_property:
            changes = [_changes_in_function(node, place), _swaps(node)]
        elif place.in_function:
            changes = [_changes_in_function(node, place)]
        else:
            changes = [_changes_of_a_table(node)]
        if not place.in_function or place.in_property:
            changes.append(_other_figures(node))
        for some in changes:
            for new, words in some:
                yield Damage(place, getattr(node, "lineno", 0), words, _put(tree, place.steps, new))


def _nodes(node: ast.AST, place: Place) -> Iterator[tuple[Place, ast.AST]]:
    """Every node below `node` that does something, and its place."""
    is_definition = isinstance(node, (ast.FunctionDef, ast.ClassDef))
    owners = (*place.owners, node) if is_definition else place.owners
    for field, value in ast.iter_fields(node):
        if field == "annotation" or (is_definition and field in ROLES_OF_A_TYPE):
            continue
        for k, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                below = Place(owners, (*place.steps, (field, k)))
                yield below, child
                yield from _nodes(child, below)


def _put(tree: ast.Module, steps: tuple[Step, ...], new: ast.AST) -> ast.Module:
    """A copy of `tree` with `new` at the end of the way."""
    tree = copy.deepcopy(tree)
    node: ast.AST = tree
    for field, k in steps[:-1]:
        node = getattr(node, field) if k is None else getattr(node, field)[k]
    field, k = steps[-1]
    if k is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[k] = new
    return ast.fix_missing_locations(tree)


def _other_figures(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        for other in (node.value - 1, node.value + 1):
            yield ast.Constant(other), f"{node.value} -> {other}"


def _changes_of_a_table(node: ast.AST) -> Iterator[Change]:
    """Of statements of the module itself, which run when it is imported."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield ast.BinOp(node.left, SWAPS[type(node.op)](), node.right), f"swap {ast.unparse(node)}"
    if isinstance(node, (ast.Set, ast.Tuple)) and not isinstance(getattr(node, "ctx", None), ast.Store):
        for k, gone in enumerate(node.elts):
            rest = [*node.elts[:k], *node.elts[k + 1 :]]
            new = ast.Tuple(rest, ast.Load()) if isinstance(node, ast.Tuple) or not rest else ast.Set(rest)
            yield new, f"without {ast.unparse(gone)}"
    if isinstance(node, ast.Dict):
        for k, gone in enumerate(node.keys):
            left = [*node.keys[:k], *node.keys[k + 1 :]], [*node.values[:k], *node.values[k + 1 :]]
            yield ast.Dict(*left), f"without {ast.unparse(gone) if gone else '**'}"


def _swaps(node: ast.AST) -> Iterator[Change]:
    """What mutmut does elsewhere, but not in a property."""
    match node:
        case ast.Compare(left, [op, *_], right) if type(op) in SWAPS:
            yield ast.Compare(left, [SWAPS[type(op)]()], right), f"swap in {ast.unparse(node)}"
        case ast.BoolOp(op, values):
            yield ast.BoolOp(SWAPS[type(op)](), values), f"swap in {ast.unparse(node)}"
        case ast.BinOp(left, op, right) if type(op) in SWAPS:
            yield ast.BinOp(left, SWAPS[type(op)](), right), f"swap in {ast.unparse(node)}"
        case ast.UnaryOp(ast.Not(), operand):
            yield operand, f"without not: {ast.unparse(node)}"
        case ast.IfExp(_, body, orelse):
            yield body, f"always {ast.unparse(body)}"
            yield orelse, f"always {ast.unparse(orelse)}"


def _changes_in_function(node: ast.AST, place: Place) -> Iterator[Change]:
    if isinstance(node, (ast.If, ast.While)):
        for forced in (True, False):
            if isinstance(node, ast.While) and forced:
                continue  # it would never end
            new = copy.copy(node)
            new.test = ast.Constant(forced)
            yield new, f"{type(node).__name__.lower()} {ast.unparse(node.test)} -> {forced}"
    if isinstance(node, ast.BoolOp):
        for k, gone in enumerate(node.values):
            rest = [*node.values[:k], *node.values[k + 1 :]]
            new = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
            yield new, f"{ast.unparse(node)} without {ast.unparse(gone)}"
    if isinstance(node, ast.Call):
        yield from _without_a_bound(node)
    if (
        place.steps[-1][0] in ("body", "orelse")
        and place.steps[-1][1] is not None
        and _is_left_out(node, place)
    ):
        yield ast.Pass(), "without " + ast.unparse(node).partition("\n")[0]


def _without_a_bound(call: ast.Call) -> Iterator[Change]:
    words = ast.unparse(call)
    match ast.unparse(call.func), call.args:
        case (("min" | "max" | "np.minimum" | "np.maximum"), [_, _, *_]) if not any(
            isinstance(one, ast.Starred) for one in call.args
        ):
            for one in call.args:
                yield one, f"{words} -> {ast.unparse(one)}"
        case "np.clip", [value, lower, upper]:
            for name, bound, gone in (("minimum", upper, "lower"), ("maximum", lower, "upper")):
                function = ast.parse(f"np.{name}", mode="eval").body
                yield ast.Call(function, [value, bound], []), f"{words} without {gone}"


def _is_left_out(node: ast.AST, place: Place) -> bool:
    """Whether a statement can go without a name being missed further down."""
    match node:
        case ast.Expr(ast.Constant()):
            return False
        case ast.Expr() | ast.AugAssign():
            return True
        case ast.Assign([ast.Attribute() | ast.Subscript(), *_]):
            return place.owners[-1].name != "__init__"
        case _:
            return False
