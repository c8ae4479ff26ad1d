"""What may go wrong between a browser and the command line, with the code that JSON-RPC 2.0 gives it."""

from typing import Any, ClassVar


class RpcError(Exception):
    """An answer that is an error. `code` is the one of JSON-RPC; `data` what a program can use."""

    code: ClassVar[int] = -32603
    status: ClassVar[int] = 200

    def __init__(self, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.data = data or {}

    def as_dict(self) -> dict[str, Any]:
        """The error object of an answer."""
        return {"code": self.code, "message": str(self), "data": self.data}


class NoJson(RpcError):
    """What came is no JSON."""

    code = -32700


class NoRequest(RpcError):
    """What came is JSON, but no request."""

    code = -32600


class NoMethod(RpcError):
    """There is no method of that name."""

    code = -32601


class NoParams(RpcError):
    """The parameters are not those of the method."""

    code = -32602


class KneadSaid(RpcError):
    """The command line refused: its error, hint, rule and exit code, and what it told before."""

    code = -32000

    def __init__(self, end: dict[str, Any], events: list[dict[str, Any]]) -> None:
        super().__init__(str(end.get("error")), {**end, "events": events})


class NotAllowed(RpcError):
    """Whoever asks may not do that."""

    code = -32001


class TooMany(RpcError):
    """Too many calls of one browser are under way."""

    code = -32003


class NoSession(RpcError):
    """No such session is running."""

    code = -32002
