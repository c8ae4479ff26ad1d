"""Commands within a text: somebody copies them, so that no line is ever broken in one."""

import re
from collections.abc import Iterator
from typing import Final

BEGINS: Final = re.compile(
    r"(?:(?:^ *|(?<=[:|] )|(?<=  ))(?:sudo|pipx|pip|uv|avrdude|apt-get|apt|kill|systemctl)|(?<=: )make"
    r"|(?<![\w./-])(?:[\w.-]*/)*knead) (?=[a-z-])"
)
"""The program: ours wherever it stands, another one at the beginning, and behind a colon or a pipe."""
GROUPS: Final = frozenset(
    {"config", "device", "firmware", "fleet", "history", "profile", "recipient", "tune"}
)
"""Those of our commands behind which another word says what to do."""
ENDS: Final = frozenset({"and", "or", "then", "->"})
PLAIN_MOST: Final = 2
"""So many words without any sign of an argument may be names where an argument follows; one at the end."""
_WORD: Final = re.compile(r"'[^']*'\S*|\S+")


def commands_in(text: str) -> Iterator[tuple[int, int]]:
    """Where each command in `text` begins and ends."""
    at = 0
    while (begins := BEGINS.search(text, at)) is not None:
        at = _end_of(text, begins)
        yield begins.start() + len(begins[0]) - len(begins[0].lstrip()), at


def _end_of(text: str, begins: "re.Match[str]") -> int:
    """Where the command ends of which the program was found."""
    ours = begins[0].rstrip().endswith("knead")
    end = begins.end() - 1
    plain, before = 0, ""
    for number, word in enumerate(_WORD.finditer(text, begins.end())):
        said = word[0].rstrip(",;)")
        if said in ENDS or word[0].startswith("("):
            return end
        names = number == 0 or (ours and number == 1 and before in GROUPS)
        if names or not said.isalpha() or not said.islower() or before.startswith("--"):
            end, plain = word.start() + len(said), 0
        else:
            plain += 1
        if plain > PLAIN_MOST:
            return end
        if said != word[0]:
            return word.start() + len(said) if plain <= 1 else end
        before = said
    return len(text.rstrip()) if plain == 1 else end
