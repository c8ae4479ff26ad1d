"""Draws docs/architecture.svg from the imports of the packages, and writes the list in docs/architecture.md.

python docs/draw_architecture.py            writes both
python docs/draw_architecture.py --check    ends with 1 where what is there is not what it would write

Rooms, their modules and every arrow come from grimp. What is chosen here is the order of the packages and the
stations of the way of a level; a station that is no longer there is an error.
"""

import ast
import sys
from pathlib import Path

import grimp
from architecture_svg import Band, Room, last, picture

ROOT = Path(__file__).parents[1]
PICTURE, PAGE = ROOT / "docs" / "architecture.svg", ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- the way of a level: written by docs/draw_architecture.py -->", "<!-- end -->"

BANDS = {
    "kneadwave.cli": "a front end: words, keys, pictures",
    "kneadwave.dashboard": "a front end: a page in the browser; it carries, and knows no terminal",
    "kneadwave.fleet": "a front end: every cushion of a house, over its broker",
    "kneadwave.mqtt": "a front end: the cushions here, on a broker",
    "kneadwave": "the application; knows no terminal",
    "simulator": "what would the device do?",
    "firmware_bridge": "what may a device be told, and how?",
    "profiles": "what should it feel like?",
}
"""The packages from above to below; a front end is drawn as one."""
SIDE_BY_SIDE = 9
"""Rooms of which there is width for the names of their modules."""
WAY = {
    "profiles.files.load:parse": "a TOML file becomes a `Profile`",
    "profiles.rules.check:check": "the massage rules are held against it",
    "profiles.score:compose": "its steps become a `Score`: contacts that move over the body, in mm",
    "profiles.waveform:Renderer": "actuators sample the field where they lie: levels of 0 to 1, 50 a second",
    "firmware_bridge.play.feed:Feed": "two seconds at a time are asked for, steered, handed out by frames",
    "firmware_bridge.safety.limiter:Limiter": "levels become drives from 0 to 255 that obey every limit",
    "firmware_bridge.safety.interlock:Interlock": "each frame is checked anew; it passes, or it trips",
    "firmware_bridge.wire.framing:pack_frame": "what was let through becomes bytes",
    "firmware_bridge.wire.link:SerialLink": "and leaves by the port, or by a link to the virtual cushion",
    "firmware_bridge.guard.setpoint_check": "the device checks what arrives, by limits of its own",
    "firmware_bridge.guard.output_stage": "a thousand times a second it decides what a motor gets",
    "simulator.motor:MotorBank": "a motor moves: this one is a model",
    "firmware_bridge.guard.outbox:Outbox": "back: the device reports what it put out",
    "firmware_bridge.play.connection:Connection": "a status is heard, and answered as the heartbeat",
    "firmware_bridge.play.session:Session": "the session tells what it did, and stops where it must",
    "kneadwave.sessions": "the application makes events of it, which the ledger and a recording keep",
    "kneadwave.cli.views": "and a front end shows them",
}
"""The way of a level, from a file to a motor and back: a module, or a name in it, and what happens there."""


def graph_of_packages() -> grimp.ImportGraph:
    """The imports of all four packages, without those that only type checkers make."""
    sys.path.insert(0, str(ROOT))  # of this very checkout, whatever is installed
    roots = [name for name in BANDS if "." not in name]
    return grimp.build_graph(*roots, cache_dir=None)


def rooms_of(graph: grimp.ImportGraph, package: str) -> list[Room]:
    """The rooms of `package`, those first that use none of the others; what lies loose comes first of all."""
    children = sorted(child for child in graph.find_children(package) if child not in BANDS)
    folders = [child for child in children if graph.find_children(child)]
    loose = [last(child) for child in children if child not in folders and last(child) != "__main__"]
    rooms = [
        Room(
            folder,
            sorted(
                f"{last(each)}{'/' if graph.find_children(each) else ''}"
                for each in graph.find_children(folder)
            ),
            uses={
                other
                for other in folders
                if other != folder
                and graph.direct_import_exists(importer=folder, imported=other, as_packages=True)
            },
        )
        for folder in folders
    ]
    by_name = {room.name: room for room in rooms}

    def depth(room: Room) -> int:
        return 1 + max((depth(by_name[name]) for name in room.uses), default=-1)

    rooms.sort(key=lambda room: (depth(room), room.name))
    return ([Room(package, loose, loose=True)] if loose else []) + rooms


def rows(rooms: list[Room]) -> list[list[Room]]:
    """The rooms in as many rows as there is width for, from above to below; arrows stay within a row."""
    if len(rooms) <= SIDE_BY_SIDE:
        return [rooms]
    half = len(rooms) // 2
    split = [rooms[half:], rooms[:half]]
    for row in split:
        for room in row:
            room.uses &= {each.name for each in row}
    return split


def stations(graph: grimp.ImportGraph) -> list[tuple[str, str]]:
    """Module and words of each station of the way; LookupError for one that is not there."""
    for station in WAY:
        module, _, name = station.partition(":")
        if module not in graph.modules:
            raise LookupError(f"the way of a level goes through {module}, which is not there")
        if name:
            path = ROOT / f"{module.replace('.', '/')}.py"
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if name not in {getattr(node, "name", None) for node in tree.body}:
                raise LookupError(f"the way of a level goes through {name}, which {module} does not define")
    return [(station.partition(":")[0], words) for station, words in WAY.items()]


def listed() -> str:
    """The stations of the way, as the list of the page."""
    lines = [BEGIN]
    for number, (station, words) in enumerate(WAY.items(), start=1):
        module, _, name = station.partition(":")
        path = module.replace(".", "/") + ("/" if (ROOT / module.replace(".", "/")).is_dir() else ".py")
        lines.append(f"{number}. `{path}`{f' `{name}`' if name else ''}: {words}")
    return "\n".join([*lines, END])


def main() -> int:
    """Write picture and list, or look whether they are as they would be written."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    graph = graph_of_packages()
    bands = [
        Band(name, says if row == 0 else "what these stand on", rooms)
        for name, says in BANDS.items()
        for row, rooms in enumerate(rows(rooms_of(graph, name)))
    ]
    wanted = {PICTURE: picture(bands, stations(graph)), PAGE: f"{before}{listed()}{after}"}
    if "--check" in sys.argv[1:]:
        old = [
            path.name for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text
        ]
        if old:
            print(
                f"out of date: {', '.join(old)}; write it anew with: python docs/draw_architecture.py",
                file=sys.stderr,
            )
        return 1 if old else 0
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
