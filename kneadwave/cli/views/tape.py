"""What is said of a tape before it is felt: what its device plays otherwise than is asked."""

from kneadwave.cli.terminal.output import Output
from kneadwave.cli.views.session import note
from kneadwave.tuning.trials.tape import Tape, substitutions


def tell_substitutions(out: Output, tape: Tape, label: str) -> Tape:
    """Tell what the device plays otherwise than the step `label` asks; returns the tape."""
    for text in substitutions(tape, label):
        note(out, text)
        out.event("note", kind="substitution", text=text)
    return tape
