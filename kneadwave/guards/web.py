"""WebSockets for guards: opening one, and telling a device to be off over another when its guard is gone."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Final

from firmware_bridge.errors import LinkError
from kneadwave.errors import SessionRemedy, UsageError

if TYPE_CHECKING:
    from firmware_bridge.clock import Clock
    from firmware_bridge.guard.outputs.output import GuardOutput
    from firmware_bridge.wire.websocket import WebSocketPipe

AGAIN_S: Final = 0.02
"""After a try that failed."""


def need_web(place: str) -> None:
    """UsageError where the package for WebSockets is not installed, which `place` needs."""
    try:
        import firmware_bridge.wire.websocket  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(
            f"{place} needs websockets", hint=SessionRemedy.INSTALL_EXTRA.of(extra="network")
        ) from error


def web_socket(place: str) -> "WebSocketPipe":
    """A WebSocket to that place; link errors, and as `need_web`."""
    need_web(place)
    from firmware_bridge.wire.websocket import WebSocketPipe

    return WebSocketPipe(place)


class Redialed:
    """Tells a device to be off, over a connection that `dial` opens for it each time: an OffSwitch.

    One that broke off in the middle of a message could not be taken over by another process.
    """

    def __init__(self, dial: "Callable[[], GuardOutput]", clock: "Clock") -> None:
        import firmware_bridge.wire.websocket  # noqa: F401  (now: later it would take too long)

        self._dial = dial
        self._clock = clock

    def zero(self) -> None:
        """Link errors, OutputStuck."""
        try:
            with closing(self._dial()) as output:
                output.zero()
        except LinkError:
            self._clock.sleep(AGAIN_S)
            raise

    def close(self) -> None:
        """Do nothing: nothing is open."""
