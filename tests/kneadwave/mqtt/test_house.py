"""The sessions of this computer as the bridge follows them: over their real sockets, with no broker."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from kneadwave.calls.command_line import CommandLine
from kneadwave.mqtt import house
from kneadwave.mqtt.cushion import Cushion, cushions_of
from kneadwave.mqtt.house import CushionsHere
from kneadwave.sessions.controls import Inbox
from kneadwave.sessions.session_socket import SessionSocket

LONG_S = 60.0


class Sessions:
    """A session of this very process, and what those who follow it have told."""

    def __init__(self, socket: SessionSocket, folder: Path) -> None:
        self._socket, self.folder = socket, folder
        self.news = asyncio.Event()
        self.happened: list[tuple[str, dict[str, Any]]] = []

    def says(self, event: str, **fields: Any) -> None:
        self._socket.tell(event, json.dumps({"event": event, **fields}))

    def heard(self, cushion: Cushion, event: dict[str, Any] | None) -> None:
        if event is not None:
            self.happened.append((cushion.url, event))
        self.news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONG_S):
            while not condition():
                await self.news.wait()
                self.news.clear()


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessions]:
    with TemporaryDirectory(prefix="kw") as folder:  # a path that is short enough for a socket
        monkeypatch.setenv("KNEAD_SESSIONS", folder)
        with SessionSocket(Inbox()) as socket:
            yield Sessions(socket, Path(folder))


def followed(sessions: Sessions, *names: str, then: Callable[[list[Cushion]], Any]) -> None:
    """Follow them on cushions of these names until `then` has ended."""

    async def follow() -> None:
        for name in names:
            (sessions.folder / name).touch()
        cushions = cushions_of([str(sessions.folder / name) for name in names])
        following = asyncio.create_task(CushionsHere(cushions, sessions.heard).run())
        try:
            await then(cushions)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    asyncio.run(follow())


def test_of_two_devices_of_a_session_each_has_its_own_firmware(sessions: Sessions) -> None:
    async def heard(cushions: list[Cushion]) -> None:
        sessions.says("session", pid=1, profile="felt-check", devices=[each.url for each in cushions])
        for firmware, cushion in enumerate(cushions, 1):
            sessions.says("identity", url=cushion.url, model="motor-cushion-16", firmware=firmware)
        await sessions.until(lambda: [each.firmware for each in cushions] == [1, 2])

    followed(sessions, "one", "other", then=heard)


def test_the_ceilings_of_a_device_are_asked_for_once_though_two_begin_on_it_at_once(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[CommandLine] = []

    async def begun(cushions: list[Cushion]) -> None:
        answer = asyncio.Event()

        async def ask(line: CommandLine) -> list[dict[str, Any]]:
            asked.append(line)
            await answer.wait()
            one = {"zone": "neck", "excluded": "", "ceiling_felt": 0.3}
            return [{"event": "device", "actuators": [one]}]

        monkeypatch.setattr(house, "ask", ask)
        sessions.says("session", pid=1, profile="felt-check", devices=[cushions[0].url])
        for _ in range(2):
            sessions.says("start", profile="felt-check", device="neck-pillow", port=cushions[0].url)
        await sessions.until(lambda: len(sessions.happened) == 2)
        for _ in range(10):  # turns of the loop, in which whoever wants to has asked
            await asyncio.sleep(0)
        answer.set()
        await sessions.until(lambda: cushions[0].ceilings == {"neck": 30})

    followed(sessions, "one", then=begun)
    assert [line.about for line in asked if line.words == ("device", "show")] == [("neck-pillow",)]
