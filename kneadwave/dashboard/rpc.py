"""JSON-RPC 2.0: requests in, answers out, whatever carries them; and the OpenRPC document of the methods."""

import json
import logging
from importlib.metadata import version
from typing import Any, Final

from kneadwave.calls.errors import CallRefused
from kneadwave.dashboard.errors import KneadSaid, NoJson, NoRequest, RpcError
from kneadwave.dashboard.methods import Methods
from kneadwave.dashboard.roles import Role

BATCH_MAX: Final = 20
LOG: Final = logging.getLogger("uvicorn.kneadwave")
Answer = dict[str, Any]


async def answer(text: str | bytes, methods: Methods, role: Role) -> str | None:
    """The text of the answer to a request or a batch of them; None where none is wanted."""
    told = await answer_data(text, methods, role)
    return None if told is None else _dump(told)


async def answer_data(text: str | bytes, methods: Methods, role: Role) -> Answer | list[Answer] | None:
    """The same as data, for a message that holds it."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return _failed(None, NoJson("this is no JSON"))
    if not isinstance(said, list):
        return await _one(said, methods, role)
    if not 0 < len(said) <= BATCH_MAX:
        return _failed(None, NoRequest(f"a batch has 1 to {BATCH_MAX} requests"))
    return [told for each in said if (told := await _one(each, methods, role)) is not None] or None


def refused(text: str, error: RpcError) -> Answer:
    """The answer to a request that is not looked at any further."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    return _failed(said.get("id") if isinstance(said, dict) else None, error)


async def _one(said: Any, methods: Methods, role: Role) -> Answer | None:
    token = said.get("id") if isinstance(said, dict) else None
    try:
        name, given = _read(said)
        result = await methods.call(name, given, role)
    except RpcError as error:
        return _failed(token, error) if token is not None or isinstance(error, NoRequest) else None
    except CallRefused as error:
        return None if token is None else _failed(token, KneadSaid(error.end, error.events))
    except Exception as error:  # whoever asked waits for an answer
        LOG.exception("a call failed")
        return (
            None
            if token is None
            else _failed(token, RpcError(f"it failed: {str(error) or type(error).__name__}"))
        )
    return None if token is None else {"jsonrpc": "2.0", "id": token, "result": result}


def _read(said: Any) -> tuple[str, Any]:
    if not isinstance(said, dict) or said.get("jsonrpc") != "2.0":
        raise NoRequest('a request is an object with "jsonrpc": "2.0"')
    token, name, given = said.get("id"), said.get("method"), said.get("params")
    if isinstance(token, bool) or not isinstance(token, int | str | None):
        raise NoRequest("an id is a number or a string")
    if not isinstance(name, str):
        raise NoRequest("a method has a name")
    if given is not None and not isinstance(given, dict):
        raise NoRequest("parameters are given by name")
    return name, given


def _failed(token: int | str | None, error: RpcError) -> Answer:
    known = token if isinstance(token, int | str) and not isinstance(token, bool) else None
    return {"jsonrpc": "2.0", "id": known, "error": error.as_dict()}


def _dump(told: Any) -> str:
    return json.dumps(told, separators=(",", ":"), allow_nan=False, default=str)


def document(methods: Methods) -> dict[str, Any]:
    """The OpenRPC description of every method, from the models that check its parameters."""
    told = []
    for name, method in sorted(methods.all.items()):
        schema = method.params.model_json_schema(ref_template="#/components/schemas/{model}")
        shared = schema.pop("$defs", {})
        needed = schema.get("required", [])
        told.append(
            {
                "name": name,
                "summary": method.about,
                "tags": [{"name": name.partition(".")[0]}],
                "paramStructure": "by-name",
                "params": [
                    {"name": each, "required": each in needed, "schema": _inlined(about, shared)}
                    for each, about in schema.get("properties", {}).items()
                ],
                "result": {"name": "result", "schema": {}},
                "x-role": method.role.name.lower(),
            }
        )
    return {
        "openrpc": "1.3.2",
        "info": {"title": "Kneadwave", "version": version("kneadwave")},
        "methods": told,
    }


def _inlined(schema: Any, shared: dict[str, Any]) -> Any:
    """A schema without references."""
    if isinstance(schema, list):
        return [_inlined(each, shared) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(shared[schema["$ref"].rpartition("/")[2]], shared)
    return {key: _inlined(each, shared) for key, each in schema.items()}
