"""What every command says that takes a profile as its file has it, while edits of it wait to be saved."""

from kneadwave.cli.terminal.output import Output
from kneadwave.errors import KneadError
from kneadwave.text import clean, word_of_command
from profiles.errors import ProfileError


def tell_unsaved(out: Output, name: str) -> None:
    """A line beside the result where the profile has edits that are not in its file."""
    from kneadwave.tuning.journal import read
    from kneadwave.tuning.save import place_of
    from kneadwave.tuning.versions import Course

    try:
        course = Course(read(place_of(name)[1]).entries)
    except (KneadError, ProfileError, OSError, ValueError):
        return  # a journal that cannot be read keeps nobody from playing the file
    if course.begun and course.current.text != course.versions[course.saved].text:
        save = f"knead tune save {word_of_command(name)}"
        out.tell(f"note: {clean(name)} has edits that are not saved, and the file counts here: {save}")


def tell_left(out: Output, name: str) -> None:
    """A warning where edits were left behind when a link took the place of the file."""
    from kneadwave.tuning.save import left_behind

    left = left_behind(name)
    if left is not None:
        out.tell(
            f"warning: {clean(name)} is a link now; what was edited before and not saved is not in this "
            f"history, but in {clean(str(left))}"
        )
