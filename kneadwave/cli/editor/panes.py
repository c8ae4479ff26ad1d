"""The parts of the editor's screen as lines of spans, for a size; they read without colour."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Final

from rich.cells import cell_len, set_cell_size

from kneadwave.cli.editor.sheet import Sheet, Told
from kneadwave.cli.terminal.bodymap import Span
from kneadwave.cli.terminal.canvas import ANSI
from kneadwave.cli.terminal.findings import finding_line
from kneadwave.cli.views.curve_plot import curve_rows
from kneadwave.text import clean
from kneadwave.tuning.curves.select import SESSION
from kneadwave.tuning.curves.view import PointView
from profiles.rules.finding import Finding

Row = list[Span]

STYLES: Final[Mapping[str, str]] = {
    **ANSI,
    "title": "1;7",
    "heading": "1",
    "selected": "1;7",
    "key": "1",
    "faint": "2",
    "warning": "33",
    "refused": "1;31",
    "added": "32",
    "removed": "31",
}
"""How a terminal shows a style; what is not named here is plain."""
WIDE: Final = 72
"""Columns from which on the points stand beside the curve."""
TOO_SMALL: Final = (40, 12)
"""Columns and rows below which nothing is shown but that; project's choice."""
MARK, UP, DOWN = ">", "^", "v"
"""The selected point, and that there are more points above or below."""


def title(sheet: Sheet, width: int) -> list[Row]:
    """Which profile, which curve, which version, and whether it is saved."""
    where = sheet.where
    curve = SESSION if where.index is None else f"step {where.label}"
    left = f" {sheet.profile.name}: {curve}"
    state = "not saved" if sheet.pending else "saved"
    right = f"version {sheet.number}, {state} "
    if cell_len(left) + len(right) + 1 > width:
        right = f"{state} "
    room = max(width - len(right) - 1, 1)
    return [[Span(set_cell_size(f"{set_cell_size(_cut(left, room), room)} {right}", width), "title")]]


def curve(sheet: Sheet, width: int, height: int, ascii_only: bool) -> list[Row]:
    """The curve before and after, with a mark at the selected point."""
    at = sheet.view.points[sheet.selected].seconds
    rows = curve_rows(sheet.view, width, height, ascii_only, now=at)[:height]
    return [[_selected_here(span) for span in row] for row in rows]


def table(sheet: Sheet, width: int, height: int) -> list[Row]:
    """The points, the selected one marked; as many around it as fit."""
    rows = sheet.view.points
    room = max(height - 1, 1)
    first = first_row(sheet, height)
    shown = rows[first : first + room]
    heading = f"  {'time':>6} {'seconds':>7} {'level':>6} {'felt':>5}"
    lines = [[Span(_cut(heading, width), "heading")]]
    for index, point in enumerate(shown, start=first):
        chosen = index == sheet.selected
        more = UP if index == first > 0 else DOWN if index == first + len(shown) - 1 < len(rows) - 1 else " "
        text = f"{MARK if chosen else more} {_point_text(point)}"
        lines.append([Span(_cut(text, width), "selected" if chosen else "")])
    return lines


def first_row(sheet: Sheet, height: int) -> int:
    """The index of the first point that a table of so many lines shows."""
    room = max(height - 1, 1)
    return min(max(sheet.selected - room // 2, 0), max(len(sheet.view.points) - room, 0))


def figures(sheet: Sheet, width: int) -> list[Row]:
    """Peak, mean, steepest slope, felt steps and the ceiling, on one line."""
    figure = sheet.view.figures
    parts = [
        f"peak {figure['peak']:.0%}",
        f"mean {figure['mean']:.0%}",
        f"steepest {100 * figure['steepest']:.1f} %/s",
        f"felt steps {figure['felt_steps']:.0f}",
    ]
    if sheet.view.ceiling is not None:
        parts.append(f"ceiling {sheet.view.ceiling:.0%}")
    if sheet.view.ceiling_person is not None and sheet.view.less_for_person:
        parts.append(f"{sheet.view.ceiling_person:.0%} for {sheet.view.person}")
    text = ""
    for part in parts:
        longer = f"{text}   {part}" if text else f" {part}"
        if len(longer) > width:
            break
        text = longer
    return [[Span(text.replace("%", " %").replace("  %", " %"))]]


def findings(found: Sequence[Finding], width: int, most: int) -> list[Row]:
    """What the check says newly after the last edit."""
    lines: list[Row] = []
    for finding in found:
        style = "warning" if finding.severity == "warning" else ""
        lines += _wrapped(clean(finding_line(finding)), width, style)
    return _shortened(lines, most)


WORDS: Final = {"refused": "refused", "failed": "not done"}


def told(say: Told, width: int, most: int) -> list[Row]:
    """What the last action has to say; an empty line where that is nothing."""
    if not say.text:
        return [[Span("")]]
    if say.kind == "said":
        return _shortened(_wrapped(clean(say.text), width, ""), most)
    lines = _wrapped(f"{WORDS[say.kind]}: {clean(say.text)}", width, "refused")
    if say.hint:
        lines += _wrapped(f"hint: {clean(say.hint)}", width, "")
    return _shortened(lines, most)


KEYS: Final = (
    (
        ("up down", "point"),
        ("+ - [ ]", "level"),
        ("< >", "time"),
        ("Enter", "type it"),
        ("a", "add"),
        ("d", "delete"),
    ),
    (
        ("u r", "undo redo"),
        ("m", "smooth"),
        ("p", "preset"),
        ("n b t", "step"),
        ("v", "feel"),
        ("s", "save"),
        ("?", "help"),
        ("q", "quit"),
    ),
)
FEW_KEYS: Final = (
    ("?", "help"),
    ("q", "quit"),
    ("u", "undo"),
    ("s", "save"),
    ("+ -", "level"),
    ("up down", "point"),
)


def keys(width: int, lines: int) -> list[Row]:
    """The keys that there are, on one or two lines; `?` tells of all."""
    chosen = KEYS if lines > 1 and width >= WIDE else (FEW_KEYS,)
    return [_key_row(row, width) for row in chosen]


def _key_row(pairs: Sequence[tuple[str, str]], width: int) -> Row:
    row, used = [Span(" ")], 1
    for key, what in pairs:
        if used + len(key) + len(what) + 3 > width:
            break
        row += [Span(key, "key"), Span(f" {what}  ")]
        used += len(key) + len(what) + 3
    return row


HELP: Final = """\
up, down          select a point; that never moves one
Shift+up, +       level 1 % higher        ]  5 % higher
Shift+down, -     level 1 % lower         [  5 % lower
>  <              later, earlier by 1 % of the step
Enter             type the point: 40% 0.85, or just a level; 30s and 1:15 are times, 85% is a level
a                 add a point after the selected one, on the curve
d, Delete         delete the selected point
m                 smooth the whole curve a little
p                 take a preset
u, r              undo, redo; every version is kept
n, b, t           next step, the one before, choose from all; the session's own curve is one of them
v                 feel it: plays this step on the device of --device, on sim: else
s                 save: shows what will change first
Ctrl-Z            to the shell; fg comes back
q, Ctrl-C         leave; what is not saved stays in the journal
""".splitlines()


def diff_rows(text: str, width: int) -> list[Row]:
    """A unified diff, its lines marked by their first character and by colour; none is cut off."""
    styles = {"+": "added", "-": "removed", "@": "faint"}
    rows: list[Row] = []
    for line in text.splitlines():
        shown, style = _shown(line), styles.get(line[:1], "")
        rows += [[Span(shown[at : at + width], style)] for at in range(0, max(len(shown), 1), max(width, 1))]
    return rows


def plain_rows(lines: Sequence[str], width: int) -> list[Row]:
    """Lines of text, wrapped."""
    return [row for line in lines for row in (_wrapped(line, width, "") or [[Span("")]])]


def too_small(width: int, height: int) -> list[Row]:
    """What stands there where nothing else fits."""
    text = f"too small: {width}x{height}, needs {TOO_SMALL[0]}x{TOO_SMALL[1]}; q quits"
    return _wrapped(text, max(width, 1), "")


def _point_text(point: PointView) -> str:
    share = f"{round(100 * point.share, 2):g}%"
    return f"{share:>6} {_clock(point.seconds):>7} {_percent(point.level):>6} {_percent(point.felt):>5}"


def _clock(seconds: float) -> str:
    tenths = round(10 * seconds)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"


def _selected_here(span: Span) -> Span:
    return Span(" selected", span.style) if span.text == " now" else span


def _percent(value: float) -> str:
    return f"{round(100 * value, 1):g}%"


def _shown(line: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in line.expandtabs(4))


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 2, 0)) + ".."[: max(width, 0)]


def _wrapped(text: str, width: int, style: str) -> list[Row]:
    lines = wrap(text, max(width - 2, 1), subsequent_indent="  ", drop_whitespace=True)
    return [[Span(f" {line}", style)] for line in lines]


def _shortened(lines: list[Row], most: int) -> list[Row]:
    if len(lines) <= most:
        return lines
    last = lines[most - 1][0]
    return [*lines[: most - 1], [Span(f"{last.text[:-3]} ..", last.style)]]
