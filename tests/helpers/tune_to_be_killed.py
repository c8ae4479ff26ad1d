"""Tuning without end in a process of its own: `tune_to_be_killed.py PROFILE SEED` edits, undoes, saves.

Says "edit", "undo" or "save" before each of them, and goes on until it is killed.
"""

import sys
from random import Random

from tuned import with_level

from kneadwave.tuning.workspace import Desk, open_desk


def main() -> None:
    name, draw = sys.argv[1], Random(int(sys.argv[2]))
    while True:
        with open_desk(name) as desk:
            for _ in range(10):
                say_and_do(desk, draw)


def say_and_do(desk: Desk, draw: Random) -> None:
    verb = draw.choice(["edit", "edit", "undo", "save", "save"])
    sys.stdout.write(f"{verb}\n")
    sys.stdout.flush()
    if verb == "edit":
        level = draw.randint(100, 200) / 1000
        desk.edit(f"level {level}", with_level(0, level))
    elif verb == "save":
        desk.save()
    elif desk.undoable:
        desk.undo()


if __name__ == "__main__":
    main()
