"""`knead doctor`: whether everything is in place."""

from kneadwave.cli.options import Json
from kneadwave.cli.terminal.output import telling

HELP = """Look whether everything is in place: versions, terminal, config file, ports, permissions.

Opens no port and writes to none. Ends with 1 when something keeps it from working, which the last line names;
with 0 where no device is there, and where something is only worth a look.

\b
Examples:
  knead doctor
  knead doctor --json
"""


def doctor(as_json: Json = False) -> None:
    """Look whether everything is in place."""
    with telling(as_json) as out:
        from kneadwave.cli.views.doctor import report

        report(out)
