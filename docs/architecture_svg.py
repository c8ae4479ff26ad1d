"""How the picture of the architecture looks: rooms side by side in bands, arrows, and a way through them.

Knows no package: `draw_architecture.py` says what is there.
"""

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import NamedTuple

WIDTH, EDGE, GAP, PAD, LINE, MARGIN = 1280, 18, 26, 12, 19, 54
TITLE, BAND_HEAD, CHAR, BADGE, RAIL = 30, 40, 7.9, 25, 34

STYLE = """
svg { --paper: #ffffff; --band: #f3f5f8; --room: #ffffff; --edge: #b9c2cf; --ink: #1d2733; --soft: #5b6878;
      --arrow: #7c8a9c; --out: #0b6bcb; --back: #b4540a; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --band: #161c25; --room: #1f2733; --edge: #3d4a5c; --ink: #e8edf3; --soft: #9aa8b8;
        --arrow: #8592a3; --out: #58a6ff; --back: #f0954d; }
}
.paper { fill: var(--paper) } .band { fill: var(--band) } .room { fill: var(--room); stroke: var(--edge) }
.loose { fill: none; stroke: var(--edge); stroke-dasharray: 3 4 }
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--soft) }
.package { font-size: 18px } .name { font-size: 15px } .package, .name { font-weight: 700; fill: var(--ink) }
.says { font: italic 15px system-ui, "DejaVu Sans", sans-serif }
.uses { fill: none; stroke: var(--arrow); stroke-width: 1.5 } .tip { fill: var(--arrow) }
.way { fill: none; stroke-width: 4; stroke-linecap: round; opacity: .42 }
.out-way { stroke: var(--out) } .back-way { stroke: var(--back) }
.out { fill: var(--out) } .back { fill: var(--back) }
.number { font-weight: 700; fill: var(--paper); text-anchor: middle }
"""
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" '
    'markerWidth="8" markerHeight="8" orient="auto">'
    '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>'
)
TITLE_OF_PICTURE = "The rooms of Kneadwave, what each imports, and the way of a level to a motor and back"
KEY = (
    "A grey arrow: imports; those that follow from others are left out. "
    '<tspan class="out">Blue: a level on its way to a motor.</tspan> '
    '<tspan class="back">Orange: what comes back.</tspan>'
)


@dataclass
class Room:
    """A folder of a package, or what lies loose in it: its modules, and where it is drawn."""

    name: str
    modules: list[str]
    loose: bool = False
    uses: set[str] = field(default_factory=set)
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    lines: list[str] = field(default_factory=list)
    stations: list[int] = field(default_factory=list)

    @property
    def title(self) -> str:
        return "*.py" if self.loose else f"{self.name.rpartition('.')[2]}/"


class Band(NamedTuple):
    """A package: its name, what it is about, and its rooms from left to right."""

    package: str
    says: str
    rooms: list[Room]


def picture(bands: list[Band], way: list[tuple[str, str]]) -> str:
    """The picture of `bands`, from above to below, and of the way through the modules of `way`."""
    turn = next(n for n, (_, says) in enumerate(way, start=1) if says.startswith("back"))
    parts: list[str] = []
    heights: list[tuple[float, float]] = []
    badges: dict[int, tuple[float, float]] = {}
    y, right = float(EDGE), WIDTH - EDGE - MARGIN
    for package, says, rooms in bands:
        for room in rooms:
            room.stations = [n for n, (module, _) in enumerate(way, start=1) if lies_in(module, room)]
        height = placed(rooms, y)
        x = EDGE + PAD
        parts.append(box("band", EDGE, y, right - EDGE, height, 12))
        parts.append(words("package", x, y + 26, f"{package.replace('.', '/')}/"))
        parts.append(words("says", x + 11.5 * (len(package) + 2), y + 26, escape(says)))
        parts += drawn_arrows(rooms)
        for room in rooms:
            parts += drawn_room(room)
            for place, number in enumerate(reversed(room.stations)):
                badges[number] = (room.x + room.width - 18 - BADGE * place, room.y + room.height - 18)
        heights.append((y, y + height))
        y += height + GAP
    for (top, bottom), (below, _) in pairwise(heights):
        start, end = (top + bottom) / 2 + 10, below + 20
        parts.append(curve("uses", (right, start), (right + 44, start), (right + 44, end), (right + 4, end)))
    if missing := [module for n, (module, _) in enumerate(way, start=1) if n not in badges]:
        raise LookupError(f"no room is drawn for {', '.join(missing)}")
    parts += drawn_way([badges[number] for number in sorted(badges)], turn)
    parts.append(words("says", EDGE + PAD, y - 2, KEY))
    height = y + EDGE
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">'
    paper = f'<rect class="paper" width="{WIDTH}" height="{height:.0f}"/>'
    title = f"<title>{TITLE_OF_PICTURE}</title>"
    return "\n".join([begin, title, f"<style>{STYLE}</style>", TIP, paper, *parts, "</svg>\n"])


def wrapped(modules: list[str], width: float) -> list[str]:
    """The names in lines of at most `width` pixels."""
    lines, most = [""], int(width / CHAR)
    for name in modules:
        longer = f"{lines[-1]}  {name}" if lines[-1] else name
        if len(longer) > most and lines[-1]:
            lines.append(name)
        else:
            lines[-1] = longer
    return lines


def placed(rooms: list[Room], y: float) -> float:
    """Put the rooms of a band side by side, each as wide as its names need; gives the band's height."""
    inner = WIDTH - 2 * EDGE - 2 * PAD - MARGIN - 6  # the arrows between bands have the margin
    room_for_names = inner - GAP * (len(rooms) - 1)
    need = [max(sum(len(name) + 2 for name in room.modules) ** 0.62, len(room.title) + 2) for room in rooms]
    least = [
        max(
            *(len(name) * CHAR for name in room.modules),
            len(room.title) * 9.2,
            BADGE * len(room.stations),
        )
        + 2 * PAD
        for room in rooms
    ]
    widths = [max(low, room_for_names * share / sum(need)) for low, share in zip(least, need, strict=True)]
    over = sum(widths) - room_for_names
    spare = [width - low for width, low in zip(widths, least, strict=True)]
    widths = [
        width - over * free / sum(spare) if over > 0 else width
        for width, free in zip(widths, spare, strict=True)
    ]
    widest = [sum(len(name) + 2 for name in room.modules) * CHAR + 2 * PAD for room in rooms]
    widths = [max(low, min(width, most)) for low, width, most in zip(least, widths, widest, strict=True)]
    x = EDGE + PAD
    arcs = 20 if any(abs(rooms.index(a) - rooms.index(b)) > 1 for a, b in reduced(rooms)) else 4
    for room, width in zip(rooms, widths, strict=True):
        room.x, room.y, room.width = x, y + BAND_HEAD + arcs, width
        room.lines = wrapped(room.modules, width - 2 * PAD)
        x += width + GAP
    rail = RAIL if any(room.stations for room in rooms) else PAD
    tallest = max(len(room.lines) for room in rooms)
    for room in rooms:
        room.height = TITLE + tallest * LINE + rail
    return BAND_HEAD + arcs + TITLE + tallest * LINE + rail + PAD


def reduced(rooms: list[Room]) -> list[tuple[Room, Room]]:
    """Who uses whom, without what follows from other arrows."""
    by_name = {room.name: room for room in rooms}

    def reach(room: Room) -> set[str]:
        return room.uses.union(*(reach(by_name[name]) for name in room.uses)) if room.uses else set()

    return [
        (room, by_name[name])
        for room in rooms
        for name in sorted(room.uses)
        if not any(name in reach(by_name[other]) for other in room.uses - {name})
    ]


def box(kind: str, x: float, y: float, width: float, height: float, round_: int) -> str:
    """A rectangle."""
    size = f'width="{width:.0f}" height="{height:.0f}" rx="{round_}"'
    return f'<rect class="{kind}" x="{x:.0f}" y="{y:.0f}" {size}/>'


def words(kind: str, x: float, y: float, text: str) -> str:
    """A line of text."""
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}" xml:space="preserve">{text}</text>'


def curve(kind: str, *points: tuple[float, float]) -> str:
    """A curve from the first point to the last, drawn to the two between."""
    first, *rest = (f"{x:.0f} {y:.0f}" for x, y in points)
    tip = ' marker-end="url(#tip)"' if kind == "uses" else ""
    return f'<path class="{kind}" d="M{first}C{" ".join(rest)}"{tip}/>'


def drawn_arrows(rooms: list[Room]) -> list[str]:
    """An arrow from each room to those that it imports: straight to its neighbour, over the others else."""
    parts = []
    taken: Counter[str] = Counter()
    for user, used in reduced(rooms):
        if rooms.index(user) - rooms.index(used) == 1:
            y, end = user.y + 15, used.x + used.width + 3
            parts.append(curve("uses", (user.x, y), (user.x, y), (end, y), (end, y)))
            continue
        start = user.x + 24 + 14 * taken[f"from {user.name}"]
        end = used.x + used.width - 24 - 14 * taken[f"to {used.name}"]
        taken.update([f"from {user.name}", f"to {used.name}"])
        top = user.y - 16
        parts.append(curve("uses", (start, user.y), (start, top), (end, top), (end, used.y - 3)))
    return parts


def drawn_room(room: Room) -> list[str]:
    """A box with the modules that lie in it."""
    x = room.x + PAD
    return [
        box("loose" if room.loose else "room", room.x, room.y, room.width, room.height, 8),
        words("name", x, room.y + 20, room.title),
        *(words("", x, room.y + TITLE + 14 + n * LINE, line) for n, line in enumerate(room.lines)),
    ]


def drawn_way(badges: list[tuple[float, float]], turn: int) -> list[str]:
    """A line from station to station, and the numbers on it; what comes back has a colour of its own."""
    parts = []
    for number, (start, end) in enumerate(pairwise(badges), start=2):
        kind, aside = ("back", 3) if number >= turn else ("out", -3)  # there and back beside each other
        (x, y), (to_x, to_y) = (start[0], start[1] + aside), (end[0], end[1] + aside)
        bend = max(-60.0, min(60.0, (to_y - y) / 2))
        parts.append(curve(f"way {kind}-way", (x, y), (x, y + bend), (to_x, to_y - bend), (to_x, to_y)))
    for number, (x, y) in enumerate(badges, start=1):
        kind = "back" if number >= turn else "out"
        parts.append(f'<circle class="{kind}" cx="{x:.0f}" cy="{y:.0f}" r="11"/>')
        parts.append(words("number", x, y + 5, str(number)))
    return parts


def lies_in(module: str, room: Room) -> bool:
    """Whether a station of the way belongs to `room`."""
    if room.loose:
        return module.rpartition(".")[0] == room.name and last(module) in room.modules
    return module == room.name or module.startswith(f"{room.name}.")


def last(name: str) -> str:
    return name.rpartition(".")[2]
