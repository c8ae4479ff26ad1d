"""What the command says, and to whom: text for a person, or one JSON object a line for a script."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from kneadwave.cli.exits import cause_of, debugging, exit_of, hint_of, rule_of, worded
from kneadwave.errors import Exit, NotPlayable
from kneadwave.text import clean

if TYPE_CHECKING:
    from profiles.rules.finding import Finding


def may_style(stream: TextIO) -> bool:
    """Whether escape bytes are welcome on `stream`: a terminal that can take them, and no NO_COLOR."""
    if os.environ.get("NO_COLOR") or dumb_terminal():
        return False
    return is_terminal(stream)


def dumb_terminal() -> bool:
    """Whether the terminal says that nothing can be drawn on it."""
    return os.environ.get("TERM") in ("dumb", "unknown")


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sits at `stream`."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def shown(text: str, stream: TextIO) -> str:
    """`text` as it is printed: on a terminal its lines are broken between words."""
    if not is_terminal(stream):
        return text
    from kneadwave.cli.terminal.columns import fitted

    columns = columns_of(stream)
    return "\n".join(each for line in text.split("\n") for each in fitted(line, columns))


def show_line(line: str, stream: TextIO) -> None:
    """Print a line as it is `shown`."""
    print(shown(line, stream), file=stream)


def columns_of(stream: TextIO) -> int:
    """The columns of the terminal `stream`; what COLUMNS says counts before it, and 80 where nothing does."""
    try:
        return int(os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns) or 80
    except (OSError, ValueError):
        return 80


def wants_view(out: "Output") -> bool:
    """Whether there is a terminal to draw on."""
    return not out.as_json and may_style(sys.stdout)


class Output:
    """Where a command's words go. With `as_json` standard output holds JSON lines alone."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self.end: dict[str, Any] = {}
        """Fields for the last JSON line."""

    def say(self, line: str = "") -> None:
        """A line of text on standard output; nothing under JSON."""
        if not self.as_json:
            show_line(line, sys.stdout)

    def put(self, text: str) -> None:
        """The text of a file on standard output, just as it is; nothing under JSON."""
        if not self.as_json:
            print(text.rstrip("\n"))

    def tell(self, line: str) -> None:
        """A line beside the result, on standard error."""
        show_line(line, sys.stderr)

    def event(self, event: str, **fields: Any) -> None:
        """A JSON line, flushed so that a reader can follow; nothing as text."""
        if self.as_json:
            print(json_line(event, fields), flush=True)

    def finding(self, finding: "Finding") -> None:
        """What a check found: one line beside the result, or one event."""
        if self.as_json:
            self.event("finding", **finding.as_dict())
            return
        from kneadwave.cli.terminal.findings import finding_line

        self.tell(finding_line(finding))

    def bold(self, text: str) -> str:
        """`text` in bold where the terminal can show it."""
        return f"\x1b[1m{text}\x1b[0m" if may_style(sys.stdout) and not self.as_json else text

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> None:
        """Columns as wide as they need; those in `right` are aligned to the right."""
        widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
        for number, row in enumerate([heads, *rows]):
            cells = [
                c.rjust(w) if i in right else c.ljust(w)
                for i, (c, w) in enumerate(zip(row, widths, strict=True))
            ]
            line = "  ".join(cells).rstrip()
            self.say(self.bold(line) if number == 0 else line)

    @property
    def ascii_only(self) -> bool:
        """Whether standard output can show nothing but ASCII."""
        return "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()


@contextmanager
def telling(as_json: bool = False) -> Iterator[Output]:
    """Run a command's body: whatever it raises becomes a line of cause, a line of hint and an exit code.

    Raises SystemExit for everything but a body that came to its end.
    """
    out = Output(as_json)
    try:
        try:
            yield out
            out.event("end", **{"ok": True, **out.end})
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except BaseException as error:
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            fail(error, out)
    except BrokenPipeError:
        forget_stdout()
        raise SystemExit(Exit.DONE) from None


def fail(error: BaseException, out: Output, code: int | None = None) -> None:
    """Tell of an error and leave with its exit code (SystemExit)."""
    code = exit_of(error) if code is None else code
    if isinstance(error, NotPlayable):
        with suppress(OSError):
            # As text the first of them is the error itself.
            for finding in error.findings if out.as_json else error.findings[1:]:
                out.finding(finding)
    cause, hint = clean(cause_of(error)), hint_of(error)
    with suppress(OSError):
        out.tell(f"error: {cause}")
        if hint:
            out.tell(f"hint: {clean(hint)}")
        if code == Exit.BUG and debugging():
            import traceback

            traceback.print_exception(error)
    try:
        told = {"error": cause, "rule": rule_of(error), "hint": hint, "exit": int(code)}
        out.event("end", **{"ok": False, **out.end, **told})
        sys.stdout.flush()
    except OSError:
        forget_stdout()
    raise SystemExit(int(code))


def forget_stdout() -> None:
    """Nobody reads standard output any more; let the interpreter's last flush go nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def json_line(event: str, fields: dict[str, Any]) -> str:
    """An event as one line of JSON, without its end."""
    line = {"event": event, **fields}
    return json.dumps(_in_words(line), allow_nan=False, separators=(",", ":"), default=str)


def _in_words(value: Any) -> Any:
    """The same with every remedy in it, which is data, in the words of this command line."""
    if isinstance(value, str):
        return worded(value)
    if isinstance(value, dict):
        return {key: _in_words(each) for key, each in value.items()}
    return [_in_words(each) for each in value] if isinstance(value, list | tuple) else value
