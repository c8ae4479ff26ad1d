"""What `knead recipient export`, `delete` and `rename` have to say."""

from pathlib import Path

from kneadwave.cli.terminal.columns import paragraph
from kneadwave.cli.terminal.output import Output
from kneadwave.cli.terminal.prompts import from_terminal, somebody_there
from kneadwave.errors import UsageError
from kneadwave.people import belongings
from kneadwave.people.records import store_for
from kneadwave.text import clean


def export_recipient(out: Output, name: str, target: Path | None, *, force: bool) -> None:
    """Write all of it, and tell what."""
    store_for(name)  # a name that is none is told before anything else
    path = target or Path(f"{name}.zip")
    files = belongings.export(name, path, force=force)
    out.event("exported", recipient=name, files=[str(path)], inside=files)
    out.say(f"wrote {clean(str(path))}: {len(files)} files; whoever has it can read them")
    out.say("not in it: calibrations and comparisons, as they carry no name and may be somebody else's")


def delete_recipient(out: Output, name: str, *, yes: bool) -> None:
    """Ask, then delete. UsageError where nobody can be asked, and where the answer is no."""
    files = belongings.kept_of(name)
    if not yes:
        if not somebody_there():
            raise UsageError(
                f"'{name}' would be deleted for good, and nobody can be asked here",
                hint="--yes deletes without asking",
            )
        for line in paragraph(f"{len(files)} files of {name} would be deleted for good: {', '.join(files)}"):
            out.tell(line)
        try:
            answer = from_terminal(f"Type {name} to delete them: ")
        except EOFError:
            answer = ""
        if answer != name:
            raise UsageError("nothing was deleted", hint="the name has to be typed as it is")
    witness = belongings.delete(name)
    out.event("deleted", recipient=name)
    out.say(f"{name} is deleted")
    if witness:
        for line in paragraph(
            f"How many lines the history had stays in {witness}: "
            f"whoever is recorded as {name} again finds the first day used up."
        ):
            out.say(clean(line))


def rename_recipient(out: Output, name: str, new: str) -> None:
    """Give another name, and tell so."""
    belongings.rename(name, new)
    out.event("renamed", recipient=name, name=new)
    out.say(f"{name} is called {new} now; everything that is kept was taken along")
