"""Sessions on this computer that the page did not begin: STOP reaches them as well."""

import asyncio
from collections.abc import Collection

from kneadwave.calls.child import confirms_stop
from kneadwave.sessions.registry import RunningSession, running_sessions


class SessionsElsewhere:
    """Those of this user that another terminal or program runs."""

    def __init__(self) -> None:
        self._stopping: asyncio.Task[dict[str, bool]] | None = None

    async def stop(self, ours: Collection[int]) -> dict[str, bool]:
        """Stop all but those of the processes `ours`: whether each device confirmed it, by its name.

        Who asks while that goes on hears the same.
        """
        if self._stopping is None or self._stopping.done():
            self._stopping = asyncio.create_task(_stop(ours))
        return await asyncio.shield(self._stopping)


async def _stop(ours: Collection[int]) -> dict[str, bool]:
    found = await asyncio.to_thread(running_sessions)
    names = [_name(each) for each in found if each.own and each.pid not in ours]
    return dict(zip(names, await asyncio.gather(*map(confirms_stop, names)), strict=True))


def _name(session: RunningSession) -> str:
    return (session.urls or session.ports)[0]
