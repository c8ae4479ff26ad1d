"""Man pages of all commands, from their help; examples keep their lines."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any, Final

import typer

from kneadwave.cli.commands import COMMANDS, load

MARK: Final = '.\\" Kneadwave'
"""What each of these pages begins with."""
FILES: Final = """.SH FILES
.TP
config.toml
where it lies, and what it sets: \\fBknead config show\\fP
"""


def man_pages() -> dict[str, str]:
    """File name -> page, of `knead` and of every command and verb."""
    from kneadwave.cli.app import make_app

    top = typer.main.get_command(make_app())
    pages = {"knead.1": _page(["knead"], top, list(COMMANDS.items()))}
    for name in COMMANDS:
        for words, command, below in _with_verbs(["knead", name], load(name)):
            pages[f"{'-'.join(words)}.1"] = _page(words, command, below)
    return pages


def _with_verbs(words: list[str], command: Any) -> Iterator[tuple[list[str], Any, list[tuple[str, str]]]]:
    verbs = getattr(command, "commands", {})
    yield words, command, [(name, each.get_short_help_str(80)) for name, each in verbs.items()]
    for name, verb in verbs.items():
        yield from _with_verbs([*words, name], verb)


def _page(words: list[str], command: Any, below: list[tuple[str, str]]) -> str:
    name = " ".join(words)
    context = typer.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    about = command.get_short_help_str(80) if len(words) > 1 else "massage technique profiles, played"
    parts = [
        f'{MARK}\n.TH "{"-".join(words).upper()}" 1 "" "kneadwave {version("kneadwave")}"\n',
        f".SH NAME\n{_text('-'.join(words))} \\- {_text(about.rstrip('.'))}\n",
        f".SH SYNOPSIS\n\\fB{_text(name)}\\fP {_text(usage)}\n",
        f".SH DESCRIPTION\n{_paragraphs(command.help or '')}",
        _listed("OPTIONS", [each.get_help_record(context) for each in command.params]),
        _listed("COMMANDS", below),
        FILES if len(words) == 1 else "",
        _see_also(words, [each for each, _ in below]),
    ]
    return "".join(parts)


def _listed(heading: str, rows: Sequence[tuple[str, str] | None]) -> str:
    lines = [f".TP\n\\fB{_text(row[0])}\\fP\n{_text(row[1])}\n" for row in rows if row is not None]
    return f".SH {heading}\n{''.join(lines)}" if lines else ""


def _see_also(words: list[str], below: list[str]) -> str:
    above = [words[:count] for count in range(1, len(words))]
    pages = ["-".join(each) for each in (*above, *([*words, each] for each in below))]
    named = [f"\\fB{_text(each)}\\fP(1)" for each in pages]
    return f".SH SEE ALSO\n{', '.join(named)}\n" if named else ""


def _paragraphs(help_text: str) -> str:
    """Paragraphs that are filled, but for those that Click is told to leave as they are."""
    told = []
    for paragraph in help_text.strip().split("\n\n"):
        lines = paragraph.strip("\n").split("\n")
        if lines[0].strip() == "\b":
            told.append(".PP\n.nf\n" + "".join(f"{_text(line)}\n" for line in lines[1:]) + ".fi\n")
        else:
            told.append(".PP\n" + _text(" ".join(line.strip() for line in lines)) + "\n")
    return "".join(told)


def _text(text: str) -> str:
    """Text that roff takes as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
