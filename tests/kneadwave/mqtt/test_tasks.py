"""What is done at once ends at once, though a cancellation may be lost."""

import asyncio

import aiomqtt
import pytest

from kneadwave.mqtt.tasks import until_one_ends


def test_what_loses_a_cancellation_is_cancelled_again() -> None:
    lost = 0

    async def loses_one() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                lost += 1
                if lost > 1:
                    raise

    async def ends() -> None:
        await asyncio.sleep(0)
        raise aiomqtt.MqttError("the broker went")

    with pytest.raises(aiomqtt.MqttError, match="the broker went"):
        asyncio.run(until_one_ends(loses_one(), ends()))
    assert lost == 2


def test_whoever_ends_all_of_it_ends_each() -> None:
    ended: list[int] = []

    async def waits(number: int) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(number)

    async def ended_from_outside() -> None:
        task = asyncio.create_task(until_one_ends(waits(1), waits(2)))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(ended_from_outside())
    assert sorted(ended) == [1, 2]
