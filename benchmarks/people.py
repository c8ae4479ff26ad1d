"""A recipient for a benchmark that plays on a port: asked beforehand, in a data folder that goes away."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from firmware_bridge.clock import local_now
from kneadwave.people import recipient as recipients
from kneadwave.people.screening import Answers, questions, ready_list, record

HOMES = ("XDG_DATA_HOME", "XDG_STATE_HOME")


@contextmanager
def somebody() -> Iterator[dict[str, str]]:
    """The environment in which one run may be made for an adult to whom nothing applies."""
    with tempfile.TemporaryDirectory() as folder:
        before = {home: os.environ.get(home) for home in HOMES}
        os.environ.update(dict.fromkeys(HOMES, folder))
        try:
            recipients.save(recipients.Recipient(name="me", adult=True, first_session=False))
            recipients.use("me")
            no = {question.id: False for question in questions()}
            record("me", Answers(no, ready=frozenset(item.id for item in ready_list())), local_now())
            yield dict(os.environ)
        finally:
            for home, value in before.items():
                if value is None:
                    del os.environ[home]
                else:
                    os.environ[home] = value
