"""All damages of a module as compiled code: mutmut's and those of `operators`."""

import difflib
import warnings
from collections.abc import Iterator
from types import CodeType
from typing import Any, NamedTuple

from mutmut.mutation.file_mutation import mutate_file_contents

from mutants import operators
from mutants.targets import ROOT, file_of

NAMES_OF_CLASSES = "ǁ"
"""mutmut's mark between the name of a class and of its function."""


class Mutant(NamedTuple):
    """One damage: `code` takes the place of a function's own, or of the module's if `function` is empty."""

    module: str
    function: str
    words: str
    code: CodeType

    @property
    def key(self) -> str:
        """One name for it, as long as the module stays as it is."""
        return f"{self.module}:{self.function}:{self.words}"


def mutants_of(module: str) -> list[Mutant]:
    """Damages of `module`, without those whose byte code is the original's or another's."""
    source = (ROOT / file_of(module)).read_text(encoding="utf-8")
    seen = {(name, _content(code)) for name, code in _functions(_compiled(source, module))}
    found = []
    for mutant in (*_by_mutmut(module, source), *_by_operators(module, source)):
        content = (mutant.function, _content(mutant.code))
        if content not in seen:
            seen.add(content)
            found.append(mutant)
    return found


def _by_mutmut(module: str, source: str) -> Iterator[Mutant]:
    mutated = mutate_file_contents(file_of(module), source)
    lines = mutated.code.splitlines()
    texts = {
        name: lines[span.start - 1 : span.end] for name, span in mutated.line_span_by_function_name.items()
    }
    by_name = {
        name.rpartition(".")[2]: (name, code) for name, code in _functions(_compiled(mutated.code, module))
    }
    for name in mutated.mutant_names:
        full, code = by_name[name]
        mangled, _, _ = name.rpartition("__mutmut_")
        owner = full.rpartition(".")[0]
        plain = (
            mangled.rpartition(NAMES_OF_CLASSES)[2]
            if NAMES_OF_CLASSES in mangled
            else mangled.removeprefix("x_")
        )
        old, new = texts[mangled + "__mutmut_orig"], texts[name]
        changed = (line for line in difflib.ndiff(old, new) if line[0] in "+-" and "__mutmut_" not in line)
        words = " ".join(line[0] + line[1:].strip() for line in changed)
        yield Mutant(module, f"{owner}.{plain}".lstrip("."), words, code)


def _by_operators(module: str, source: str) -> Iterator[Mutant]:
    for place, line, words, tree in operators.damages(source):
        code = _compiled(tree, module)
        if place.in_function:
            code = dict(_functions(code))[place.name]
        yield Mutant(module, place.name if place.in_function else "", f"line {line}: {words}", code)


def _compiled(source: Any, module: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damage may compare with a literal
        return compile(source, file_of(module), "exec")


def _functions(code: CodeType, owner: str = "") -> Iterator[tuple[str, CodeType]]:
    """Functions of a module and of its classes, not those inside of functions, by `Class.function`."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            name = f"{owner}.{inner.co_name}".lstrip(".")
            yield name, inner
            if not inner.co_flags & 0x2:  # CO_NEWLOCALS: a class has none
                yield from _functions(inner, name)


def _content(code: CodeType) -> tuple[object, ...]:
    """What code does, whatever line it stands in."""
    constants = tuple(
        _content(one) if isinstance(one, CodeType) else (type(one).__name__, repr(one))
        for one in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, constants
