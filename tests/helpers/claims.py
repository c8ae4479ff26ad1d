"""Finds medical claims in the texts that a person gets to see (rules 10, 133, 147, 319 to 321)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from profiles.rules.book import CONTENTS, read_rules

PACKAGES = ("profiles", "firmware_bridge", "simulator", "kneadwave")

CLAIM_RULES = frozenset({10, 132, 133, 147, 319, 320, 321})
"""Rows that are about claims: they have to name what is not claimed."""

GENERATED = frozenset({"rules.md"})
"""Written from the rulebook, whose own texts are read instead."""

# What happens in a body, and words for its getting better.
_BODY = (
    r"blood|circulation|metabol\w+|lymph\w*|immun\w+|hormon\w+|nerv\w+|skin|muscles?|tissues?|joints?"
    r"|health|sleep|mood|posture|digestion|pain|aches?|stress|tension|illness\w*|diseases?|ailments?|colds?"
)
_BETTER = (
    r"improv\w+|boost\w*|stimulat\w+|strengthen\w*|restor\w+|normali[sz]\w+|eas(?:es|ing)|relie(?:f|v\w+)"
    r"|cleans\w+|activat\w+|regenerat\w+|renew\w*|prevent\w*|combat\w*|fights?|get(?:s|ting)? rid of"
)
_PATTERNS = (
    r"anti-?depress\w*|depressi\w+|anxiety|insomnia",
    r"cur(?:e|es|ed|ing|ative)|(?<!what is )heal(?:s|ed|ing|er|ers)?|remedies",
    r"\w*therap\w+|treat(?:s|ed|ing|ments?)?(?!\s+(?:as|like|it|them)\b)",
    r"medical\w*|medicin\w+|clinical\w*|diagnos(?:e[sd]?|is|es|tic)(?: of)? (?:illness|disease)\w*",
    r"rejuvenat\w*|anti-?age?ing|youth\w*|younger|wrinkl\w*|(?:slow\w*|delay\w*) (?:down )?age?ing",
    r"slim(?:s|ming|mer)?|cellulite|(?:lose|losing|loss of|less) (?:weight|fat)|(?:fat|weight) loss"
    r"|(?:burn\w*|melt\w*|releas\w+|reduc\w+) (?:of )?(?:body )?fat",
    r"detox\w*|toxins?|endorphins?|serotonin|hormones?",
    rf"(?:{_BETTER})\W+(?:\w+\W+){{0,4}}?(?:{_BODY})",
    r"(?:pain|stress|tension|headache)[ -]relief",
    r"(?:good|healthy) for (?:your |the |one's )?(?:health|heart|back|skin|nerves|circulation)",
)
_CLAIM = re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in _PATTERNS), re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:no|not|never|neither|nor|none|nothing|without)\b|n't\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?;])[\"')\]]*\s+|\n\s*\n|\n(?=\s*[-*|#\[])|\s\|\s")


class Text(NamedTuple):
    """Something to read, and where it stands. `asks`: the questions among its sentences claim nothing."""

    place: str
    words: str
    asks: bool = False


def claims(text: Text) -> list[str]:
    """The sentences of a text that claim something medical; one that denies it before claims nothing."""
    found = []
    for sentence in _SENTENCE_END.split(text.words):
        claim = _CLAIM.search(sentence)
        if claim is None or _NEGATION.search(sentence, 0, claim.start()):
            continue
        if not (text.asks and sentence.endswith("?")):
            found.append(f"{text.place}: {' '.join(sentence.split())}")
    return found


def texts(root: Path) -> Iterator[Text]:
    """Every text below `root` that a person gets to see, in a tree laid out like this one."""
    for path in [*root.glob("*.md"), *sorted((root / "docs").rglob("*.md"))]:
        if path.name not in GENERATED:
            yield Text(_place(path, root), path.read_text(encoding="utf-8"))
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.toml")):
            if path.parent.name != "rulebook" or path.name == CONTENTS:
                asks = path.name == "questions.toml"
                yield Text(_place(path, root), path.read_text(encoding="utf-8"), asks)
        for path in sorted((root / package).rglob("*.py")):
            for line, words in _literals(ast.parse(path.read_text(encoding="utf-8"))):
                yield Text(f"{_place(path, root)}:{line}", words)
    for rule in read_rules(root / "profiles" / "rulebook").values():
        # What the article says is told as what it says; what we say about it is ours.
        if rule.number not in CLAIM_RULES:
            yield Text(f"rule {rule.number}", f"{rule.why}\n\n{rule.does}")


def _literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each string of a source, docstrings too; what an f-string fills in is left blank."""
    if isinstance(tree, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else " _ " for part in tree.values)
        yield tree.lineno, "".join(map(str, parts))
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.lineno, tree.value
    else:
        for child in ast.iter_child_nodes(tree):
            yield from _literals(child)


def _place(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
