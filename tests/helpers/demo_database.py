"""A PostgreSQL server for `make demo-clinic`, until a signal comes; and the config of a computer using it.

`python tests/helpers/demo_database.py FOLDER`: FOLDER/home has the config file, and FOLDER/ready is there
once the database is.
"""

import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from postgres_server import PostgresServer

from kneadwave.store.postgres_database import prepare

ENDING = (signal.SIGINT, signal.SIGTERM)


def end_once(*_: object) -> NoReturn:
    """Ctrl-C reaches all processes of a terminal, and make ends each once more: the server would stay."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> None:
    """Serve; the database goes away with it."""
    folder = Path(sys.argv[1]).resolve()
    for number in ENDING:  # a shell lets its background processes ignore the first
        signal.signal(number, end_once)
    server = PostgresServer()
    try:
        database = server.database()
        prepare(server.url(database, "owner"))
        with server.connected() as db:
            db.execute("GRANT kneadwave TO anna")
        config = folder / "home" / "kneadwave" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(f'store = "{server.url(database)}"\n', encoding="utf-8")
        sys.stdout.write(f"PostgreSQL keeps the recipients: psql '{server.url(database, 'owner')}'\n")
        sys.stdout.flush()
        (folder / "ready").touch()
        with suppress(KeyboardInterrupt):
            signal.pause()
    finally:
        server.gone()


if __name__ == "__main__":
    main()
