"""What Home Assistant is told of a cushion, and where the broker is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kneadwave.errors import UsageError
from kneadwave.mqtt import topics
from kneadwave.mqtt.broker import broker_of
from kneadwave.mqtt.commands import ALWAYS, FRESH
from kneadwave.mqtt.cushion import Cushion
from kneadwave.mqtt.entities import discovery, entities

START = ("start", "routine", "minutes", "intensity")


def told(*, start: bool = True) -> dict[str, Any]:
    return discovery("kw1", "KW1", "house", ["relaxing-back"], start=start)


def test_every_entity_has_a_name_of_its_own_and_reads_what_the_state_has() -> None:
    components = told()["components"]
    assert components.keys() == entities().keys()
    assert len({each["unique_id"] for each in components.values()}) == len(components)
    state = Cushion("kw1", "/dev/a", "A").state(0.0)
    for about in entities().values():
        read = {about.get("value", "state"), about.get("attributes", "state")}
        assert read <= state.keys()
        assert not read & set(dir(dict)), "in a template it would be the method of that name"
    ceiling = components["ceiling"]
    assert ceiling["json_attributes_template"] == "{{ value_json.ceilings | to_json }}"
    assert "attributes" not in ceiling


def test_each_command_is_one_that_counts_and_says_what_it_needs_to() -> None:
    for name, each in told()["components"].items():
        if "command_topic" in each:
            command = each["command_topic"].rpartition("/")[2]
            assert command in ALWAYS | FRESH, name
            assert ("command_template" in each) is (command in FRESH), name


def test_nothing_could_start_it_where_that_is_not_allowed() -> None:
    assert not told(start=False)["components"].keys() & set(START)
    assert told(start=False)["components"].keys() == told()["components"].keys() - set(START)


def test_a_choice_of_routines_is_there_once_some_are_known() -> None:
    without = discovery("kw1", "KW1", "house", [], start=True)["components"]
    assert told()["components"].keys() - without.keys() == {"routine"}


def test_the_update_is_told_and_nothing_can_be_installed_from_afar() -> None:
    update = told()["components"]["update"]
    assert update["value_template"] == "{{ value_json.versions | to_json }}"
    assert not update.keys() & {"command_topic", "payload_install"}


def test_this_program_s_version_is_not_told_as_the_cushion_s_firmware() -> None:
    """Home Assistant calls the version of a device's software its firmware."""
    assert "sw_version" not in told()["device"]
    assert told()["origin"]["sw_version"]


def test_no_switch_moves_anything() -> None:
    assert "switch" not in {each["platform"] for each in told()["components"].values()}


def test_every_state_has_a_word_that_home_assistant_knows() -> None:
    options = entities()["state"]["options"]
    assert Cushion("kw1", "/dev/a", "A").state(0.0)["state"] in options
    assert len(options) == len(set(options)) == 8


def test_it_is_there_while_bridge_and_cushion_are() -> None:
    assert told()["availability_mode"] == "all"
    assert told()["availability"] == [
        {"topic": "kneadwave/bridge/house/status"},
        {"topic": "kneadwave/kw1/status"},
    ]


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("mqtt://home", ("home", 1883, False, None)),
        ("mqtt://me@home:1", ("home", 1, False, "me")),
        ("mqtts://a%40b@home/", ("home", 8883, True, "a@b")),
        ("mqtt://[::1]:9", ("::1", 9, False, None)),
    ],
)
def test_where_a_broker_is(url: str, where: tuple[Any, ...]) -> None:
    broker = broker_of(url, "secret")
    assert (broker.host, broker.port, broker.tls, broker.user) == where
    assert "secret" not in str(broker)


@pytest.mark.parametrize(
    "url",
    ["home", "http://home", "mqtt://", "mqtt://home:x", "mqtt://home:99999", "mqtt://home/a", "mqtt://[x"],
)
def test_what_is_no_broker(url: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        broker_of(url)


def test_a_password_stays_out_of_the_address() -> None:
    with pytest.raises(UsageError, match="can be read") as refused:
        broker_of("mqtt://me:secret@home")
    assert "secret" not in str(refused.value)


def test_a_certificate_needs_tls_and_has_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mqtts"):
        broker_of("mqtt://home", ca=tmp_path)
    with pytest.raises(UsageError, match="no certificate"):
        broker_of("mqtts://home", ca=tmp_path / "none.pem").client("x")


def test_a_stop_for_a_whole_clinic_is_nothing_to_complain_of() -> None:
    async def made() -> int:
        return broker_of("mqtt://home").client("x").pending_calls_threshold

    assert asyncio.run(made()) >= 1000


def test_a_topic_names_its_cushion_and_nothing_else_gets_in() -> None:
    assert topics.cushion_of("kneadwave/kw1/cmd/stop") == "kw1"
    assert topics.cushion_id("tcode:/dev/serial/by-id/usb-1a86#+/x", "My Host") == (
        "my-host-tcode-dev-serial-by-id-usb-1a86-x"
    )
    assert topics.slug("+/#") == "cushion"
