"""What `knead history verify` and `--repair` have to say of the record of a recipient."""

from datetime import datetime
from typing import Final

from kneadwave.cli.terminal.columns import paragraph
from kneadwave.cli.terminal.output import Output
from kneadwave.errors import PersonFileError, PersonRemedy
from kneadwave.people import ledger
from kneadwave.people import recipient as recipients
from kneadwave.people.repair import amiss, repair
from kneadwave.text import clean


def verify_record(out: Output, name: str | None, now: datetime) -> None:
    """Tell whether the record is whole; PersonFileError where it is not."""
    recipient = recipients.load(recipients.chosen(name))
    found = amiss(recipient.name, now)
    if found:
        raise PersonFileError(
            f"the record of '{recipient.name}' is not whole: {'; '.join(found)}",
            hint=PersonRemedy.REPAIR.of(name=recipient.name),
        )
    lines = ledger.view(recipient.name).lines
    out.event("verified", recipient=recipient.name, lines=lines)
    out.say(f"the record of {recipient.name} is whole: {lines} lines, each of which follows the one before")


REPAIRED: Final = (
    "A line of today says so, and all lines stay. Today counts as used up; a massage may begin again "
    "tomorrow."
)


def repair_record(out: Output, name: str | None, now: datetime) -> None:
    """Let the record go on, and tell what was amiss and what that costs."""
    recipient = recipients.load(recipients.chosen(name))
    before = amiss(recipient.name, now)
    written = repair(recipient.name, now) if before else ()
    out.event("repaired", recipient=recipient.name, amiss=list(before), noticed=list(written))
    if not before:
        out.say(f"nothing is amiss in the record of {recipient.name}; nothing was changed")
        return
    for text in before:
        for line in paragraph(f"amiss: {clean(text)}", indent=2):
            out.say(line)
    for line in paragraph(REPAIRED):
        out.say(line)
