"""What every command says that takes a profile as its file has it, while edits of it wait to be saved."""

import os

from kneadwave.cli.terminal.output import Output
from kneadwave.text import clean, word_of_command


def tell_unsaved(out: Output, name: str) -> None:
    """A line beside the result where the profile has edits that are not in its file."""
    from kneadwave.tuning.save import has_unsaved

    if has_unsaved(name):
        save = f"knead tune save {word_of_command(name)}"
        out.tell(f"note: {clean(name)} has edits that are not saved, and the file counts here: {save}")


def save_command(name: str) -> str:
    """The command that keeps the edits of a profile: under another name where its file is gone."""
    return f"knead tune save {word_of_command(name)}{' --as NAME' if _gone(name) else ''}"


def tell_file(out: Output, name: str) -> None:
    """What a verb of tune says of the file itself: that it is gone, or that edits were left before a link."""
    from kneadwave.tuning.save import left_behind

    left = left_behind(name)
    if left is not None:
        out.tell(
            f"warning: {clean(name)} is a link now; what was edited before and not saved is not in this "
            f"history, but in {clean(str(left))}"
        )
    if _gone(name):
        out.tell(f"note: {clean(name)} is gone; this is what its journal has of it")


def _gone(name: str) -> bool:
    from kneadwave.tuning.save import place_of

    path, _ = place_of(name)
    return path is not None and not os.path.lexists(path)
