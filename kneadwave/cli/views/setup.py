"""What `knead setup` shows and writes: files of each part, where they belong, and what follows."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kneadwave.cli.man_pages import MARK, man_pages
from kneadwave.cli.terminal.columns import paragraph
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.prompts import somebody_there
from kneadwave.config import user_folder
from kneadwave.discovery.udev import FILE, udev_rules
from kneadwave.errors import not_installed
from kneadwave.store.outputs import OutputKind, refuse_taken, write_output
from kneadwave.text import clean

BEGINS: Final = (
    "#compdef knead",
    "# Kneadwave",
    udev_rules().splitlines()[0],
    "[Unit]\nDescription=Kneadwave",
    MARK,
)
KIND: Final = OutputKind("file of Kneadwave's", tuple(each.encode() for each in BEGINS))
"""What is replaced by a newer one of its kind."""
SERVES: Final = (sys.executable, "-m", "kneadwave", "serve")
SERVED: Final = re.compile(r"^ExecStart=.* -m kneadwave serve(?P<words>.*)$", re.MULTILINE)
"""How a unit serves the page, and with which words."""
SHELLS: Final = ("bash", "zsh", "fish")


@dataclass(frozen=True)
class SetupPart:
    """Files by where they belong, and what a person does then. `command` writes them where root is needed."""

    name: str
    files: dict[Path, str]
    then: str = ""
    command: str = ""

    @property
    def where(self) -> str:
        """The file, or the folder of several and how many."""
        first = next(iter(self.files))
        return str(first) if len(self.files) == 1 else f"{first.parent}, {len(self.files)} files"

    @property
    def done(self) -> bool:
        """Whether all of it lies there already."""
        return all(_reads(path) == text for path, text in self.files.items())


def set_up(out: Output, names: Sequence[str], *, only_print: bool, yes: bool, force: bool) -> None:
    """Show each part, and write on yes; UsageError where a file of somebody else's is in the way."""
    parts = [PARTS[name]() for name in dict.fromkeys(names)]
    for part in parts:
        out.event(
            "setup", part=part.name, files=[str(path) for path in part.files], done=part.done,
            command=part.command or None,
        )  # fmt: skip
        if only_print:
            for path, text in part.files.items():
                out.put(f"# {clean(str(path))}\n{text}")
        else:
            _show(out, part)
    wanted = [part for part in parts if not part.done and not part.command]
    if only_print or not wanted:
        return
    count = len([path for part in wanted for path in part.files])
    if not yes and not _agreed("write this file?" if count == 1 else f"write these {count} files?"):
        out.tell("nothing was written")
        return
    for part in wanted:
        _write(out, part, force=force)


def install_unit(out: Output, words: Sequence[str], *, force: bool) -> None:
    """Show the unit that serves the page with these `words` of `knead serve`, and write it on yes.

    UsageError where a file of somebody else's is in the way.
    """
    part = _service(words)
    ((path, text),) = part.files.items()
    out.event("unit", path=str(path), text=text)
    out.put(text)
    if os.path.lexists(path):
        refuse_taken(path, KIND, force=force)
    if _agreed(f"write it to {path}?"):
        _write(out, part, force=force)
    else:
        out.tell("nothing was written")


def _write(out: Output, part: SetupPart, *, force: bool) -> None:
    for path, text in part.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_output(path, text, KIND, force=force)
    out.event("written", part=part.name)
    out.say(f"{part.name}: written")
    for line in paragraph(part.then):
        out.say(line)


def _show(out: Output, part: SetupPart) -> None:
    state = "is there already" if part.done else "needs root" if part.command else "would be written"
    out.say(f"{part.name:<12}{clean(part.where)}: {state}")
    if part.command and not part.done:
        out.say(f"{'':<12}{part.command}")


def _agreed(question: str) -> bool:
    return somebody_there() and input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _completion() -> SetupPart:
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    shell = Path(os.environ.get("SHELL", "bash")).name
    shell = shell if shell in SHELLS else "bash"
    text = get_completion_script(prog_name="knead", complete_var="_KNEAD_COMPLETE", shell=shell) + "\n"
    bash = _shared("data") / "bash-completion" / "completions"
    site = _shared("data") / "zsh" / "site-functions"
    path, then = {
        "bash": (bash / "knead", "bash-completion has to be there."),
        "zsh": (site / "_knead", f"~/.zshrc needs: fpath+=({site}); compinit"),
        "fish": (_shared("config") / "fish" / "completions" / "knead.fish", ""),
    }[shell]
    head = "" if text.startswith("#compdef") else f"# Kneadwave: completion of knead in {shell}\n"
    return SetupPart("completion", {path: head + text}, then)


def _man() -> SetupPart:
    folder = _shared("data") / "man" / "man1"
    files = {folder / name: text for name, text in man_pages().items()}
    return SetupPart("man", files, "man knead shows the first of them.")


def _udev() -> SetupPart:
    path = Path(FILE)
    command = "" if os.access(path.parent, os.W_OK) else f"knead device udev | sudo tee {FILE}"
    then = "It counts after: udevadm control -R && udevadm trigger"
    return SetupPart("udev", {path: udev_rules()}, then, command)


def _service(words: Sequence[str] | None = None) -> SetupPart:
    """The page as a service, served with these words; without them as the service that is there has it."""
    try:
        from kneadwave.dashboard.serve import unit, unit_path
    except ImportError as error:
        raise not_installed("the page", error.name, "web") from error
    path = unit_path()
    then = f"It begins with: systemctl --user enable --now {path.stem}"
    text = unit([*SERVES, *(words or ())])
    there = SERVED.search(_reads(path) or "")
    if words is None and there is not None:
        text = SERVED.sub(lambda now: f"{now[0]}{there['words']}", text)
    return SetupPart("service", {path: text}, then)


PARTS: Final[dict[str, Callable[[], SetupPart]]] = {
    "completion": _completion,
    "man": _man,
    "udev": _udev,
    "service": _service,
}


def _shared(kind: Literal["data", "config"]) -> Path:
    """This user's folder of all programs' data or configuration; NoHome where nobody knows it."""
    return user_folder(kind).parent


def _reads(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
