"""Recipients to be massaged in tests: made, asked and cleared in the data folder of an environment.

`env` is the environment of a process that a test starts; without it this process's own one counts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.clock import local_now
from kneadwave.people import recipient as recipients
from kneadwave.people.answers import read_answers
from kneadwave.people.recipient import Recipient
from kneadwave.people.records import store
from kneadwave.people.screening import Recorded, questions, ready_list, record
from kneadwave.store.people_files import PeopleFiles

HOMES = ("XDG_DATA_HOME", "XDG_STATE_HOME")
Env = Mapping[str, str] | None


def make_recipient(name: str = "me", *, env: Env = None, **fields: Any) -> Recipient:
    """An adult, no first session, and the one in use, unless `fields` say otherwise."""
    made = Recipient(**{"name": name, "adult": True, "first_session": False, **fields})
    with data_home(env):
        recipients.save(made)
        recipients.use(name)
    return made


def screened(
    name: str = "me", *, now: datetime | None = None, env: Env = None, ready: bool = True, **answers: Any
) -> Recorded:
    """Record a screening made right now: every answer "no", the list before a run confirmed."""
    now = now or local_now()
    with data_home(env):
        return record(name, read_answers(answers_text(ready=ready, **answers), "answers", now.date()), now)


def cleared(name: str = "me", *, now: datetime | None = None, env: Env = None, **fields: Any) -> Recipient:
    """A recipient who may be massaged right now, by scripts as well."""
    made = make_recipient(name, env=env, **fields)
    screened(name, now=now, env=env)
    return made


def answers_text(
    *,
    yes: Collection[str] = (),
    consents: Mapping[str, tuple[str, str]] | None = None,
    ready: bool = True,
    head: str = "",
) -> str:
    """An answers file: "no" everywhere but for the ids in `yes`; consents are id -> date, reason."""
    lines = [head]
    for question in questions():
        lines += [f"[question.{question.id}]", f'answer = "{"yes" if question.id in yes else "no"}"']
        if consents and question.id in consents:
            date, reason = consents[question.id]
            lines.append(f'consent = {{ date = "{date}", reason = "{reason}" }}')
    for item in ready_list():
        lines += [f"[ready.{item.id}]", f'answer = "{"yes" if ready else "no"}"']
    return "\n".join(lines) + "\n"


def ledger_of(name: str = "me", env: Env = None) -> Path:
    """Where the ledger of a recipient lies."""
    with data_home(env):
        return folder_of(name) / "ledger.jsonl"


def people_files() -> PeopleFiles:
    """The store of files, which is the default."""
    found = store()
    assert isinstance(found, PeopleFiles)
    return found


def folder_of(name: str) -> Path:
    """The folder of one recipient, whether it is there or not."""
    return people_files().folder(name)


def witness_of(name: str) -> Path:
    """The witness of one recipient's ledger, whether it is there or not."""
    return people_files().witness_path(name)


def answering(*words: str) -> Callable[[str], str]:
    """A person at a terminal who gives these answers in turn, and nothing after them."""
    left = iter(words)

    def answer(_prompt: str) -> str:
        return next(left)

    return answer


@contextmanager
def data_home(env: Env) -> Iterator[None]:
    """While entered, the recipients are those of `env`, and so are the witnesses of their ledgers."""
    with pytest.MonkeyPatch.context() as patch:
        for home in HOMES:
            if env is not None:
                patch.setenv(home, env[home])
        yield
