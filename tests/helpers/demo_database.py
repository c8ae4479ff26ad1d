"""A PostgreSQL server for `make demo-clinic`, until a signal comes; and the config of a computer using it.

`python tests/helpers/demo_database.py FOLDER`: FOLDER/home has the config file, and FOLDER/ready is there
once the database is.
"""

import signal
import sys
from pathlib import Path

from postgres_server import PostgresServer

from kneadwave.store.postgres_database import prepare

ENDING = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Serve; the database goes away with it."""
    folder = Path(sys.argv[1]).resolve()
    asked: list[int] = []
    for number in ENDING:  # a shell lets its background processes ignore the first
        signal.signal(number, lambda given, _: asked.append(given))
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
        # Ctrl-C reaches all processes of a terminal, and make ends each once more: from here on they wait.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        if not asked:
            signal.sigwait(ENDING)
    finally:
        server.gone()


if __name__ == "__main__":
    main()
