"""What every edit tells, whichever verb made it: what changed or was refused, and the way back and on."""

from kneadwave.cli.terminal.diffs import say_diff
from kneadwave.cli.terminal.output import Output
from kneadwave.sessions.prepare import finding_fields, finding_line
from kneadwave.tuning.workspace import Edited, EditRefused


def tell_edited(out: Output, name: str, step: int | str, what: str, edited: Edited, **more: object) -> None:
    """Tell a script of an edit; `step` is its number in the file, or what stands for several."""
    out.event(
        "edited",
        profile=name,
        step=step,
        what=what,
        version=edited.version,
        changed=edited.changed,
        **more,
        diff=edited.diff,
        findings=[finding_fields(finding) for finding in edited.findings],
    )


def tell_refused(
    out: Output, name: str, step: int | str, what: str, refused: EditRefused, **more: object
) -> None:
    """Tell what an edit would have been, and all that the check has against it but what ends the call."""
    out.event(
        "refused",
        profile=name,
        step=step,
        what=what,
        **more,
        diff=refused.diff,
        findings=[finding_fields(finding) for finding in refused.findings],
    )
    if out.as_json:
        return
    say_diff(out, refused.diff)
    first = next((found for found in refused.findings if found.severity == "error"), None)
    for finding in refused.findings:
        if finding is not first:
            out.tell(finding_line(finding))


def say_version(out: Output, name: str, edited: Edited) -> None:
    """The number of the version, and how to take it back or to keep it."""
    out.say(f"version {edited.version}; back: knead tune undo {name}   keep: knead tune save {name}")
