"""Who may do what, and how a browser shows who it is.

A token of the start, in a file that its user alone can read, is for whoever started the server: a
practitioner. On other interfaces than this computer's own there are passwords, one a role. Either becomes a
cookie that no script can read and no other site can send.
"""

import html
import json
import secrets
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from kneadwave.config import user_folder
from kneadwave.errors import PageRemedy, UsageError
from kneadwave.store.files import own_folder, read_private, write_private

COOKIE: Final = "kneadwave"
"""Its name, before the port: a browser sends it to every port of a host, and several servers may run."""
KEPT_S: Final = 12 * 3600.0
"""How long a browser stays logged in after it last asked for something, seconds."""
ATTEMPTS: Final = 5
ATTEMPTS_S: Final = 60.0
"""So many wrong attempts within so many seconds, from everywhere together; more are refused unseen."""
BROWSERS_MAX: Final = 256
"""Browsers that are logged in at once; the oldest of the lowest role is logged out."""
SHORTEST_PASSWORD: Final = 10
WAY_IN: Final = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<title>Kneadwave</title>
<p><a href="{url}">Kneadwave</a></p>
"""


class Role(IntEnum):
    """Each may what those before it may; anybody who sees the page may stop."""

    VIEWER = 1
    OPERATOR = 2
    PRACTITIONER = 3


@dataclass(frozen=True)
class Known:
    """A browser that is logged in, until a time of the server's clock."""

    role: Role
    until: float


class AccessKeys:
    """The token of this start and the passwords. `passwords` are Argon2 hashes by role."""

    def __init__(self, passwords: dict[Role, str] | None = None) -> None:
        self.token = secrets.token_urlsafe(32)
        self._passwords = passwords or {}
        self._known: dict[str, Known] = {}
        self._failed: deque[float] = deque(maxlen=ATTEMPTS)

    def by_token(self, token: str, now: float) -> str | None:
        """The cookie for whoever has the token; None where it is another.

        Nobody guesses 256 bits: no attempt is counted, so that nobody is kept out by the attempts of others.
        """
        if not secrets.compare_digest(token.encode(errors="replace"), self.token.encode()):
            return None
        return self._let_in(Role.PRACTITIONER, now)

    def by_password(self, password: str, now: float) -> str | None:
        """The cookie for whoever knows a password; None where it is none. It takes a tenth of a second."""
        if self._too_many(now):
            return None
        for role, known in self._passwords.items():
            if _fits(known, password):
                return self._let_in(role, now)
        self._failed.append(now)
        return None

    def role_of(self, cookie: str | None, now: float) -> Role | None:
        """Whose cookie it is; None for one that is not known, or too old."""
        known = self._known.get(cookie or "")
        return None if known is None or known.until < now else known.role

    def used(self, cookie: str | None, now: float) -> Role | None:
        """The same, where its browser asks for something: from now on it counts as long as at first."""
        role = self.role_of(cookie, now)
        if cookie is not None and role is not None:
            self._known[cookie] = Known(role, now + KEPT_S)
        return role

    def log_out(self, cookie: str | None) -> None:
        """It counts no more."""
        self._known.pop(cookie or "", None)

    def wait_s(self, now: float) -> float:
        """Seconds until the next attempt is heard."""
        if len(self._failed) < ATTEMPTS:
            return 0.0
        return max(0.0, self._failed[0] + ATTEMPTS_S - now)

    def _too_many(self, now: float) -> bool:
        return self.wait_s(now) > 0.0

    def _let_in(self, role: Role, now: float) -> str:
        while len(self._known) >= BROWSERS_MAX:
            del self._known[min(self._known, key=lambda cookie: self._known[cookie].role)]
        cookie = secrets.token_urlsafe(32)
        self._known[cookie] = Known(role, now + KEPT_S)
        return cookie


def keep_token(token: str, port: int) -> Path:
    """Write the token of the server at `port` for its user alone; where it lies."""
    path = user_folder("state") / f"serve-token-{port}"
    own_folder(path.parent)
    write_private(path, token + "\n")
    return path


def keep_way_in(url: str, port: int) -> Path:
    """Write a page for its user alone that leads to `url`, which holds the token; where it lies.

    A browser is started with its path: everybody on a computer sees the words of each command.
    """
    path = user_folder("state") / f"serve-open-{port}.html"
    own_folder(path.parent)
    write_private(path, WAY_IN.format(url=html.escape(url, quote=True)))
    return path


def _passwords_path() -> Path:
    return user_folder("config") / "passwords.json"


def load_passwords() -> dict[Role, str]:
    """The hashes by role that `set_password` kept; UsageError for a file that holds something else."""
    path = _passwords_path()
    text = read_private(path)
    if text is None:
        return {}
    try:
        return {Role[role.upper()]: str(known) for role, known in json.loads(text).items()}
    except (ValueError, KeyError, AttributeError) as error:
        raise UsageError(f"{path}: no passwords of this page", hint=PageRemedy.SET_ANEW) from error


def set_password(role: Role, password: str) -> None:
    """Keep a password's Argon2 hash; UsageError for one that is soon guessed."""
    from argon2 import PasswordHasher

    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"a password has {SHORTEST_PASSWORD} characters or more")
    kept = {known.name.lower(): text for known, text in load_passwords().items()}
    kept[role.name.lower()] = PasswordHasher().hash(password)
    path = _passwords_path()
    own_folder(path.parent)
    write_private(path, json.dumps(kept, indent=1) + "\n")


def _fits(known: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
