"""What is done at once over a connection to a broker, and ends at once."""

import asyncio
from collections.abc import Coroutine, Set
from typing import Any, Final

AGAIN_S: Final = 1.0
"""How long a task may take to end before it is cancelled again."""
Task = asyncio.Task[Any]


async def until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Do all of them until one ends, and raise what it ended by; none of them goes on afterwards."""
    tasks: set[Task] = {asyncio.create_task(work) for work in works}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: Set[Task]) -> None:
    """Cancel each until it has ended, however it does.

    Before Python 3.12 a cancellation is lost where what was waited for (asyncio.wait_for, in aiomqtt) is done
    in the same moment.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
