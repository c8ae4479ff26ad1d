"""A PostgreSQL server of a test's own, in a folder that goes away; and a line to it that can be cut."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Thread

import psycopg

PORT = 5432


class PostgresServer:
    """Debian's, run as the user postgres where this one is root: it refuses to be root."""

    def __init__(self, *, syncs: bool = False) -> None:
        self._syncs = "on" if syncs else "off"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        assert found, "no PostgreSQL is here: tests/system-packages.txt"
        self.bin = found[-1].parent
        self.folder = Path(tempfile.mkdtemp(prefix="knead-pg-", dir="/tmp"))
        self._made = 0
        self._as: list[str] = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
            self._as = ["setpriv", *ids]
        self.folder.chmod(0o755)
        self._call("initdb", "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()
        with self.connected() as db:
            db.execute("CREATE ROLE anna LOGIN")

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync={self._syncs} -c max_connections=200"
        self._call("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._call("pg_ctl", "-w", "-m", "fast", "stop")

    def gone(self) -> None:
        with suppress(subprocess.CalledProcessError):
            self._call("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, user: str = "anna", host: Path | None = None) -> str:
        return f"postgresql://{user}@/{database}?host={host or self.folder}"

    def database(self) -> str:
        """The name of a new database, empty."""
        self._made += 1
        name = f"d{os.getpid()}x{self._made}"
        with self.connected() as db:
            db.execute(f"CREATE DATABASE {name}".encode())
        return name

    @contextmanager
    def connected(self, database: str = "postgres") -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A connection of the owner."""
        with psycopg.connect(self.url(database, "owner"), autocommit=True) as db:
            yield db

    def _call(self, tool: str, *words: str) -> None:
        command = [*self._as, str(self.bin / tool), "-D", str(self.folder / "data"), *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")


class Line:
    """A line to a server, as the folder of a socket: it can stand still, be torn, and be mended."""

    def __init__(self, server: PostgresServer) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="knead-line-", dir="/tmp"))
        self._far = str(server.folder / f".s.PGSQL.{PORT}")
        self._state = Condition()
        self._still = self._torn = False
        self._ends: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / f".s.PGSQL.{PORT}"))
        self._listening.listen()
        Thread(target=self._accept, daemon=True).start()

    def stand_still(self) -> None:
        """Nothing goes through, and nobody is told."""
        with self._state:
            self._still = True

    def tear(self) -> None:
        """Every connection ends, and no new one comes about."""
        with self._state:
            self._torn = True
            self._state.notify_all()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        with self._state:
            self._still = self._torn = False
            self._state.notify_all()

    def gone(self) -> None:
        self.tear()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self) -> None:
        with suppress(OSError), self._listening:
            while True:
                near, _ = self._listening.accept()
                if self._torn:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._far)
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                with self._state:
                    self._state.wait_for(lambda: not self._still or self._torn)
                target.sendall(data)
        with self._state:
            self._state.wait_for(lambda: not self._still or self._torn)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        source.close()
