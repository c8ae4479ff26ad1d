"""JSON-RPC 2.0, without a network: what is asked, by whom, and how it is refused."""

import asyncio
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneadwave.dashboard import rpc
from kneadwave.dashboard.methods import Methods, as_toml
from kneadwave.dashboard.params import OfRecording, Screening
from kneadwave.dashboard.roles import Role
from kneadwave.dashboard.sessions import Sessions

AT = datetime(2026, 3, 2, tzinfo=UTC)


def answer(text: str | bytes, role: Role = Role.PRACTITIONER) -> Any:
    async def asked() -> str | None:
        sessions = Sessions(pause_after_s=3, stop_after_s=30)
        return await rpc.answer(text, Methods(sessions, Path("recordings"), lambda: AT), role)

    told = asyncio.run(asked())
    return None if told is None else json.loads(told)


def call(method: str, role: Role = Role.PRACTITIONER, **params: Any) -> Any:
    return answer(json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}), role)


def methods() -> Methods:
    return Methods(Sessions(pause_after_s=3, stop_after_s=30), Path("recordings"), lambda: AT)


def test_an_answer_has_the_id_of_its_request() -> None:
    assert call("session.list") == {"jsonrpc": "2.0", "id": 7, "result": []}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", -32700),
        ("{", -32700),
        ("[" * 100_000, -32700),
        (b"\xff\xfe", -32700),
        ("[]", -32600),
        ("3", -32600),
        ("{}", -32600),
        ('{"jsonrpc":"1.0","id":1,"method":"session.list"}', -32600),
        ('{"jsonrpc":"2.0","id":true,"method":"session.list"}', -32600),
        ('{"jsonrpc":"2.0","id":{},"method":"session.list"}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":3}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":"session.list","params":[1]}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":"os.system"}', -32601),
        ('{"jsonrpc":"2.0","id":1,"method":"__class__"}', -32601),
        ('{"jsonrpc":"2.0","id":1,"method":"session.stop"}', -32602),
        ('{"jsonrpc":"2.0","id":1,"method":"session.stop","params":{"session":"1","more":2}}', -32602),
        ('{"jsonrpc":"2.0","id":1,"method":"session.stop","params":{"session":"99"}}', -32002),
    ],
)
def test_what_is_no_request_is_refused_with_its_code(text: str | bytes, code: int) -> None:
    assert answer(text)["error"]["code"] == code


def test_what_nobody_expected_is_answered_too(tmp_path: Path) -> None:
    no_folder = tmp_path / "recordings"
    no_folder.write_text("")
    request = {"jsonrpc": "2.0", "id": 7, "method": "session.start", "params": {"profile": "felt-check"}}

    async def asked() -> str | None:
        sessions = Sessions(pause_after_s=3, stop_after_s=30)
        text = json.dumps(request)
        return await rpc.answer(text, Methods(sessions, no_folder, lambda: AT), Role.OPERATOR)

    told = json.loads(asyncio.run(asked()) or "")
    assert told["error"]["code"] == -32603
    assert "recordings" in told["error"]["message"]


def test_what_wants_no_answer_gets_none() -> None:
    assert answer('{"jsonrpc":"2.0","method":"session.stop_all"}') is None
    assert answer('{"jsonrpc":"2.0","method":"no.such"}') is None


def test_a_batch_is_answered_as_a_batch() -> None:
    one = {"jsonrpc": "2.0", "id": 1, "method": "session.list"}
    told = answer(json.dumps([one, {"jsonrpc": "2.0", "method": "session.list"}, 5, one | {"id": "b"}]))
    assert [each["id"] for each in told] == [1, None, "b"]
    assert answer(json.dumps([one] * 21))["error"]["code"] == -32600


@pytest.mark.parametrize("name", sorted(methods().all))
def test_a_method_is_for_its_role_and_those_above(name: str) -> None:
    method = methods().all[name]
    for role in Role:
        told = call(name, role, no_such_parameter=1)
        assert told["error"]["code"] == (-32001 if role < method.role else -32602)


def test_anybody_who_sees_the_page_may_stop() -> None:
    assert {methods().all[name].role for name in ("session.stop", "session.stop_all")} == {Role.VIEWER}


def test_a_viewer_reaches_nothing_that_changes_anything_but_a_stop() -> None:
    found = {name for name, method in methods().all.items() if method.role == Role.VIEWER}
    assert found == {
        *("body.map", "device.list", "device.response", "device.show"),
        *("profile.check", "profile.list", "profile.own", "profile.show"),
        *("rules.list", "screen.questions", "tune.diff", "tune.history", "tune.show"),
        *("session.list", "session.since", "session.snapshot", "session.stop", "session.stop_all"),
    }


def test_what_a_wrong_parameter_is_and_where_is_told() -> None:
    told = call("session.start", profile="relaxing-back", limit=1.2)["error"]
    assert told["data"]["wrong"] == [{"where": "limit", "what": "Input should be less than or equal to 1"}]
    assert call("session.start", profile="relaxing-back", minutes=21)["error"]["code"] == -32602


@pytest.mark.parametrize(
    "name", ["../secret.toml", "/etc/passwd", "-x", "--force", ".hidden", "a/b", "a\\b", "", "a\nb"]
)
@pytest.mark.parametrize(
    "method", ["profile.show", "session.start", "simulate.start", "tune.show", "tune.save"]
)
def test_a_profile_lies_beside_the_others_or_is_none(method: str, name: str) -> None:
    assert call(method, profile=name)["error"]["code"] == -32602


@pytest.mark.parametrize(
    "name", ["../run.jsonl", "/tmp/run.jsonl", "run.toml", ".jsonl", "a/b.jsonl", "-a.jsonl"]
)
def test_a_recording_lies_among_the_others_or_is_none(name: str) -> None:
    assert call("recording.report", recording=name)["error"]["code"] == -32602


def test_sessions_of_one_second_have_recordings_of_their_own_that_can_be_asked_for(tmp_path: Path) -> None:
    async def begun() -> list[str]:
        sessions = Sessions(pause_after_s=3, stop_after_s=30)
        known = Methods(sessions, tmp_path, lambda: AT)
        asked = {"profile": "none of that name (2).toml", "device": ["sim:"]}
        told = [await known.call("session.start", asked, Role.OPERATOR) for _ in range(3)]
        await sessions.close()
        return [each["recording"] for each in told]

    names = asyncio.run(begun())
    assert names == [f"2026-03-02 00-00-00 none of that name (2){more}.jsonl" for more in ("", " 2", " 3")]
    assert [OfRecording(recording=name).recording for name in names] == names


def test_the_document_describes_every_method_and_parameter() -> None:
    known = methods()
    document = rpc.document(known)
    assert document["openrpc"] == "1.3.2"
    assert [each["name"] for each in document["methods"]] == sorted(known.all)
    assert "$ref" not in json.dumps(document)
    for each in document["methods"]:
        model = known.all[each["name"]].params
        assert {param["name"] for param in each["params"]} == set(model.model_fields)
        assert each["summary"].endswith(".")
    start = next(each for each in document["methods"] if each["name"] == "session.start")
    assert [param["name"] for param in start["params"] if param["required"]] == ["profile"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_whatever_json_comes_the_answer_is_json(said: Any) -> None:
    told = answer(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "session.control", "params": said}))
    assert told["error"]["code"] in (-32600, -32602)


CONSENT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


@given(CONSENT)
def test_whatever_a_doctor_wrote_the_answers_are_a_file_that_can_be_read(reason: str) -> None:
    """What the page asks, as the command line would read it: nothing in a text ends it early."""
    fields = {"yes": True, "consent_date": "2026-01-02", "consent_reason": reason}
    given_by_page = Screening.model_validate({"answers": {"fever": fields}, "ready": ["food"]})
    said = tomllib.loads(as_toml(given_by_page))
    assert said["question"]["fever"] == {
        "answer": "yes",
        "consent": {"date": "2026-01-02", "reason": reason},
    }
    assert said["ready"] == {"food": {"answer": "yes"}}


def test_the_list_alone_asks_no_question() -> None:
    assert "question" not in tomllib.loads(as_toml(Screening(ready=["food"])))
    assert tomllib.loads(as_toml(Screening())) == {"ready": {}}
