"""`knead rules`: the massage rules, why each is there, and what keeps it."""

from typing import Annotated

import typer

from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling

HELP = """List the massage rules, all or by a word, or show one: why it is there and what keeps it.

\b
Examples:
  knead rules
  knead rules 53
  knead rules kidney
  knead rules --technique kneading
  knead rules --zone neck --json
"""


def rules(
    number: Annotated[
        list[str] | None, typer.Argument(metavar="NUMBER", help="A rule: 53, or words to look for.")
    ] = None,
    technique: Annotated[
        str | None, typer.Option("--technique", metavar="T", help="Only rules about this technique.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="Z", help="Only rules about this part of the body.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The whole table as Markdown (docs/rules.md).")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the massage rules, or show one."""
    with telling(as_json) as out:
        from kneadwave.cli.views.rules import tell_rules

        tell_rules(out, " ".join(number or ()), technique=technique, zone=zone, markdown=markdown)
