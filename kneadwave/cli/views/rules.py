"""What `knead rules` has to say: the rules as a list, one rule, or all of them as a document."""

import re
import shutil
import sys
from collections import Counter
from collections.abc import Sequence

from kneadwave.cli.terminal.columns import paragraph, wrapped
from kneadwave.cli.terminal.output import Output, is_terminal
from kneadwave.errors import UsageError
from kneadwave.text import clean
from profiles.body import body_map, zone_name
from profiles.near import nearest_or
from profiles.rules.book import ANSWERS, CLASSES, LAST, Rule, contradictions, rules, section_of, sections
from profiles.technique import PARTS, TECHNIQUES

NUMBER = re.compile(r"\s*(?:rules?\s*)?(\d+)\s*", re.IGNORECASE)
WORDS = re.compile(r"\w+")
LABEL = 14  # columns of the names beside a rule's fields
NARROW, WIDE = 24, 100  # columns of a field's text, at least and at most
SAYS_MIN = 14  # columns of what a rule says in the list, at least
KINDS = {"profile": "profile", "question": "question", "ready": "list before a session", "order": "order"}


def tell_rules(out: Output, number: str, *, technique: str | None, zone: str | None, markdown: bool) -> None:
    """Show one rule, or list those about a technique or a zone; UsageError for what there is not."""
    if markdown and (number or technique or zone or out.as_json):
        raise UsageError("--markdown stands alone", hint="knead rules --markdown")
    if number and (technique or zone):
        raise UsageError("what a rule is looked up by stands alone", hint="leave --technique and --zone out")
    if markdown:
        out.put(document())
    elif number and _is_number(number):
        _show(out, rules()[_number(number)])
    elif number:
        _list(out, _saying(number))
    else:
        _list(out, _about(technique, zone))


def known_zones() -> list[str]:
    """Every part of the body that a rule may be about: zones, excluded zones, parts for hands."""
    body = body_map()
    names = [zone.name for zone in body.zones]
    names += [zone_name(zone.id) for zone in body.excluded]
    return sorted({*names, *PARTS})


def _number(text: str) -> int:
    found = NUMBER.fullmatch(text)
    number = int(found[1]) if found and len(found[1]) < 9 else 0
    if number not in rules():
        raise UsageError(f"there is no rule '{text}'", hint=f"rules are numbered 1 to {LAST}: knead rules 53")
    return number


def _is_number(text: str) -> bool:
    return text.lower().startswith("rule") or any(character.isdigit() for character in text)


def _saying(text: str) -> list[Rule]:
    """The rules in whose words every word of `text` begins one; UsageError where there is none."""
    wanted = WORDS.findall(text.lower())
    found = [
        rule
        for rule in rules().values()
        if wanted and all(re.search(rf"\b{word}", _words_of(rule)) for word in wanted)
    ]
    if not found:
        raise UsageError(
            f"there is no rule '{clean(text)}', and none speaks of it",
            hint=f"rules are numbered 1 to {LAST}: knead rules 53; knead rules lists all of them",
        )
    return found


def _words_of(rule: Rule) -> str:
    return " ".join((rule.says, rule.why, rule.does, *rule.zones, *rule.techniques)).lower()


def _about(technique: str | None, zone: str | None) -> list[Rule]:
    found = list(rules().values())
    if technique is not None:
        wanted = _known("technique", technique, list(TECHNIQUES))
        found = [rule for rule in found if wanted in rule.techniques]
    if zone is not None:
        name = zone_name(zone.lower())
        wanted = _known("zone", name, known_zones())
        found = [rule for rule in found if wanted in rule.zones]
    return found


def _known(what: str, name: str, known: Sequence[str]) -> str:
    name = name.lower()
    if name in known:
        return name
    hint = nearest_or(name, known, f"{what}s are {', '.join(known)}", most=3)
    raise UsageError(f"there is no {what} '{name}'", hint=hint)


def _event(out: Output, rule: Rule) -> None:
    fields = rule.model_dump(by_alias=True)
    out.event("rule", **fields, section=section_of(rule.number).letter)


def _list(out: Output, found: Sequence[Rule]) -> None:
    for rule in found:
        _event(out, rule)
    out.end["rules"] = len(found)
    # A reader of a pipe gets whole sentences; on a terminal a rule stays on its line.
    width = shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None
    answer = max((len(rule.answer) for rule in found), default=0)
    room = None if width is None else max(SAYS_MIN, width - len("rule  class  ") - 2 - answer - 1)
    rows = [(str(rule.number), rule.class_, cut(rule.says, room), rule.answer) for rule in found]
    out.table(("rule", "class", "says", "answer"), rows, right=(0,))
    out.say()
    for line in _legend(found):
        out.say(line)
    out.say(f"{len(found)} of {LAST} rules; knead rules NUMBER says why one is there and what keeps it")


def _legend(found: Sequence[Rule]) -> list[str]:
    """What the classes and answers that stand in a list mean."""
    classes: set[str] = {rule.class_ for rule in found}
    answers: set[str] = {rule.answer for rule in found}
    told = (
        ("class: what kind of rule it is", CLASSES, classes),
        ("answer: what Kneadwave does about it", ANSWERS, answers),
    )
    lines: list[str] = []
    for head, meanings, used in told:
        lines.append(head)
        for name, meaning in meanings.items():
            if name in used:
                lines += paragraph(f"{name}: {meaning}", first=" ", indent=2)
    return [*lines, ""]


def cut(text: str, room: int | None) -> str:
    """`text`, with its end left out where it is longer than `room` characters."""
    if room is None or len(text) <= room:
        return text
    whole = text[: room - 3].rpartition(" ")[0]
    return f"{whole} ..." if whole else text[: room - 3] + "..."


def _show(out: Output, rule: Rule) -> None:
    _event(out, rule)
    section = section_of(rule.number)
    out.say(out.bold(f"rule {rule.number}  {CLASSES[rule.class_]} ({rule.class_})"))
    _field(out, "section", f"{section.letter}: {section.title}")
    _field(out, "says", rule.says)
    _field(out, "why", rule.why)
    _field(out, "answer", f"{rule.answer}: {rule.reason or ANSWERS[rule.answer]}")
    _field(out, "does", rule.does)
    if rule.conflict is not None:
        conflict = contradictions()[rule.conflict - 1]
        _field(out, "contradiction", f"{conflict.between} {conflict.resolution}")
    for label, entries in (("where", [place_name(where) for where in rule.where]), ("tests", rule.tests)):
        for count, entry in enumerate(entries):
            out.say(f"{label if count == 0 else '':<{LABEL}} {entry}")


def place_name(where: str) -> str:
    """Where a rule is kept, for a reader: a file, or what the name before the colon stands for."""
    kind, colon, name = where.partition(":")
    return f"{KINDS[kind]}: {name}" if colon else where.replace(".", "/") + ".py"


def _field(out: Output, label: str, text: str) -> None:
    width = min(WIDE, max(NARROW, shutil.get_terminal_size().columns - LABEL - 2))
    for count, line in enumerate(wrapped(text, width)):
        out.say(f"{label if count == 0 else '':<{LABEL}} {line}")


HEAD = """# The massage rules and what becomes of them

<!-- Written by `knead rules --markdown > docs/rules.md` from profiles/rulebook; not by hand. -->

The source article on relaxing massage comes to {last} numbered rules. This table says of each one, in our own
words, what it asks for, why, what Kneadwave does about it, where, and which test shows it. `knead rules 53`
shows one of them on the command line; findings and trips name rules by the same numbers, as "(rule 53)".

Figures marked "project's choice" do not come from the article.

"""


def document() -> str:
    """The whole rulebook as Markdown; the same text each time."""
    found = rules()
    answers: Counter[str] = Counter(rule.answer for rule in found.values())
    classes: Counter[str] = Counter(rule.class_ for rule in found.values())
    lines = [HEAD.format(last=LAST).rstrip("\n"), "", "| answer | rules | what it means |", "|---|---|---|"]
    lines += [f"| {name} | {answers[name]} | {meaning} |" for name, meaning in ANSWERS.items()]
    lines += ["", "| class | rules | |", "|---|---|---|"]
    lines += [f"| {name} | {classes[name]} | {meaning} |" for name, meaning in CLASSES.items()]
    lines += ["", "## Where the article contradicts itself", ""]
    lines += [
        "The reasons are in [0012](decisions/0012-contradictions.md).",
        "",
        "| | what stands against what | what holds here | rules |",
        "|---|---|---|---|",
    ]
    for conflict in contradictions():
        numbers = ", ".join(str(rule.number) for rule in found.values() if rule.conflict == conflict.number)
        lines.append(f"| {conflict.number} | {conflict.between} | {conflict.resolution} | {numbers} |")
    for section in sections():
        lines += ["", f"## {section.letter}. {section.title}", ""]
        lines += ["| rule | class | what it asks for, and why | answer | what is done | where; tests |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_row(found[n]) for n in range(section.first, section.last + 1) if n in found]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    answer = f"{rule.answer}: {rule.reason}" if rule.reason else rule.answer
    where = ", ".join(f"`{entry}`" for entry in rule.where)
    tests = ", ".join(f"`{entry}`" for entry in rule.tests)
    places = "; ".join(part for part in (where, tests) if part)
    cells = (str(rule.number), rule.class_, f"{rule.says} *{rule.why}*", answer, rule.does, places)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
