"""Home Assistant itself, headless, against the bridge: `make ha`. Prints what was tried and what came of it.

It is installed by pip into an environment of its own under out/home-assistant, with a Python of the version
that it needs (PYTHON_HA names one). A fault ends with 1.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from mqtt_house import RealBroker
from people import cleared

VERSION = "2025.4.4"
NEEDS = (f"homeassistant=={VERSION}", "home-assistant-frontend==20250411.0", "paho-mqtt==2.1.0")
PORT = 8199
WHERE = f"http://127.0.0.1:{PORT}"
USER, PASSWORD = "house", "a password for one hour"
LONG_S = 600.0
INSTALL = 1
"""The bit of an update's features that says that it can be installed."""
KNEAD = [sys.executable, "-m", "kneadwave"]


def main() -> int:
    """Try it all; 0 where all of it held."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kwha")))
        house = House(stack, folder)
        tried = [
            ("entities appear", house.appear),
            ("a number is set", house.set_number),
            ("STOP works from a dashboard call", house.stop),
            ("rest is told, then the end", house.told_of_rest),
            ("firmware and update are told", house.firmware),
            ("a start without an offer is refused", house.refused),
            ("a killed bridge is unavailable", house.killed),
        ]
        failed = 0
        for what, attempt in tried:
            began = time.monotonic()
            try:
                came = attempt()
            except Exception as error:
                came, failed = f"FAILED: {type(error).__name__}: {error}", failed + 1
            sys.stdout.write(f"{what:40} {time.monotonic() - began:7.2f} s  {came}\n")
    return int(failed > 0)


class House:
    """A broker, a virtual cushion, a bridge and Home Assistant."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        (folder / "sessions").mkdir(mode=0o700)
        folders = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")}
        self._env = os.environ | folders | {"KNEAD_SESSIONS": str(folder / "sessions")}
        self._happened: list[str] = []
        self._broker = RealBroker(folder)
        stack.callback(self._broker.kill)
        self._device = str(folder / "cushion")
        self._start(*KNEAD, "virtual", "--path", self._device)
        until(lambda: os.path.exists(self._device), "virtual cushion")
        self._bridge = self._start(
            *KNEAD, "mqtt", "--broker", self._broker.url, "--device", self._device, "--allow-start"
        )
        self._begin_home_assistant(installed())

    def appear(self) -> str:
        """Every entity of the cushion has a state."""
        found = until(lambda: len(self._of_cushion()) >= 20 and self._of_cushion(), "entities")
        until(lambda: self._entity("sensor", "state")["state"] == "at rest", "state")
        return f"{len(found)} entities"

    def set_number(self) -> str:
        """A number that is set comes back from the bridge."""
        self._call("number", "set_value", self._entity("number", "intensity"), value=60)
        until(lambda: float(self._entity("number", "intensity")["state"]) == 60.0, "number")
        return "60 %"

    def stop(self) -> str:
        """A session that is offered is begun and stopped by buttons."""
        cleared("me", env=self._env)
        run = self._start(*KNEAD, "run", "relaxing-back", "--device", self._device, "--offer")
        until(lambda: self._entity("binary_sensor", "offered")["state"] == "on", "offer")
        self._call("button", "press", self._entity("button", "start"))
        until(lambda: self._entity("sensor", "state")["state"] == "playing", "session")
        began = time.monotonic()
        self._call("button", "press", self._entity("button", "stop"))
        run.wait(LONG_S)
        took = time.monotonic() - began
        until(lambda: self._entity("sensor", "state")["state"] == "at rest", "rest")
        reason = self._entity("sensor", "last_reason")["state"]
        assert run.returncode == 0, run.returncode
        return f"the run ended {took:.2f} s after the call: {reason}"

    def told_of_rest(self) -> str:
        """The event of the session said that the device is at rest, before the one that tells of its end."""
        kinds = until(lambda: "stopped" in self._happened and self._happened, "end of the session")
        assert kinds.index("at_rest") < kinds.index("stopped"), kinds
        return ", ".join(kinds)

    def firmware(self) -> str:
        """What the device said of itself stands in a sensor, and in an update that nobody can install."""
        told, update = self._entity("sensor", "firmware"), self._entity("update", "firmware_update")
        about = update["attributes"]
        versions = about["installed_version"], about["latest_version"]
        assert (told["state"], update["state"], versions) == ("0", "off", ("0", "0")), (told, update)
        assert not about["supported_features"] & INSTALL, about
        return f"firmware {told['state']}, installed {versions[0]}, latest {versions[1]}, no way to install"

    def refused(self) -> str:
        """Nothing starts without an offer, and the event says so."""
        self._call("button", "press", self._entity("button", "start"))
        told = until(
            lambda: (
                self._entity("event", "session")["attributes"].get("event_type") == "refused"
                and self._entity("event", "session")
            ),
            "refusal",
        )
        assert self._entity("sensor", "state")["state"] == "at rest"
        return str(told["attributes"]["reason"])

    def killed(self) -> str:
        """Where the bridge is killed, its cushions are unavailable, and back with it."""
        self._bridge.send_signal(signal.SIGKILL)
        until(lambda: self._entity("sensor", "state")["state"] == "unavailable", "last will")
        self._bridge = self._start(
            *KNEAD, "mqtt", "--broker", self._broker.url, "--device", self._device, "--allow-start"
        )
        until(lambda: self._entity("sensor", "state")["state"] == "at rest", "bridge")
        return "and back with a new one"

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        log = (self._folder / "log.txt").open("ab")
        process = subprocess.Popen(
            command, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def _begin_home_assistant(self, programs: Path) -> None:
        config = self._folder / "ha"
        (config / ".storage").mkdir(parents=True)
        (config / "configuration.yaml").write_text(
            f"homeassistant:\nhttp:\n  server_host: 127.0.0.1\n  server_port: {PORT}\napi:\nwebsocket_api:\n"
        )
        (config / ".storage" / "core.config_entries").write_text(json.dumps(mqtt_entry(self._broker.port)))
        done = {"done": ["user", "core_config", "analytics", "integration"]}
        onboarded = {"version": 4, "minor_version": 1, "key": "onboarding", "data": done}
        (config / ".storage" / "onboarding").write_text(json.dumps(onboarded))
        home = [str(programs / "hass"), "-c", str(config)]
        subprocess.run(
            [home[0], "--script", "auth", "-c", str(config), "add", USER, PASSWORD],
            check=True,
            timeout=LONG_S,
        )
        self._start(*home, "--skip-pip")
        until(answers, "Home Assistant")
        self._token = token()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """Keep what the event of the session told, each time that it did."""
        asked = urllib.request.Request(
            f"{WHERE}/api/stream?restrict=state_changed", headers={"Authorization": f"Bearer {self._token}"}
        )
        with urllib.request.urlopen(asked) as stream:
            for line in stream:
                if b"event_type" in line and line.startswith(b"data: {"):
                    state = json.loads(line[6:])["data"]["new_state"] or {}
                    kind = state.get("attributes", {}).get("event_type")
                    if kind and state["entity_id"].startswith("event."):
                        self._happened.append(kind)

    def _call(self, domain: str, service: str, entity: dict[str, Any], **data: Any) -> None:
        said = {"entity_id": entity["entity_id"], **data}
        request(f"/api/services/{domain}/{service}", said, token=self._token)

    def _of_cushion(self) -> list[dict[str, Any]]:
        told = request("/api/states", token=self._token)
        return [each for each in told if "cushion" in each["entity_id"]]

    def _entity(self, domain: str, ending: str) -> dict[str, Any]:
        found = [
            each
            for each in self._of_cushion()
            if each["entity_id"].startswith(f"{domain}.") and each["entity_id"].endswith(f"_{ending}")
        ]
        assert found, f"no {domain} that ends with {ending}"
        return min(found, key=lambda each: len(each["entity_id"]))


def installed() -> Path:
    """Where the programs of Home Assistant lie; installs it where that was not done before."""
    where = Path(os.environ.get("HOME_ASSISTANT") or "out/home-assistant").absolute()
    if not (where / "bin" / "hass").exists():
        python = os.environ.get("PYTHON_HA") or shutil.which("python3.13")
        assert python, "Home Assistant needs Python 3.13: PYTHON_HA=... make ha"
        subprocess.run([python, "-m", "venv", where], check=True)
        subprocess.run([where / "bin" / "pip", "install", "-q", "uv"], check=True)
        uv = [where / "bin" / "uv", "pip", "install", "-q", "--python", where / "bin" / "python"]
        subprocess.run([*uv, *NEEDS], check=True)
    return where / "bin"


def mqtt_entry(port: int) -> dict[str, Any]:
    """The integration MQTT, as if somebody had set it up."""
    now = "2025-01-01T00:00:00+00:00"
    entry = {
        "created_at": now, "modified_at": now, "data": {"broker": "127.0.0.1", "port": port},
        "disabled_by": None, "discovery_keys": {}, "domain": "mqtt", "entry_id": "kneadwave-check",
        "minor_version": 2, "options": {}, "pref_disable_new_entities": False,
        "pref_disable_polling": False, "source": "user", "subentries": [], "title": "broker",
        "unique_id": None, "version": 1,
    }  # fmt: skip
    return {"version": 1, "minor_version": 5, "key": "core.config_entries", "data": {"entries": [entry]}}


def answers() -> bool:
    """Whether Home Assistant is up, with an API."""
    try:
        request("/auth/providers")
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def token() -> str:
    """A token for the API, by a login as a browser makes it."""
    client = f"{WHERE}/"
    flow = request(
        "/auth/login_flow", {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client}
    )
    done = request(
        f"/auth/login_flow/{flow['flow_id']}",
        {"client_id": client, "username": USER, "password": PASSWORD},
    )
    form = urllib.parse.urlencode(
        {"client_id": client, "grant_type": "authorization_code", "code": done["result"]}
    )
    asked = urllib.request.Request(f"{WHERE}/auth/token", form.encode())
    with urllib.request.urlopen(asked, timeout=LONG_S) as answer:
        return str(json.load(answer)["access_token"])


def request(path: str, body: Any = None, *, token: str = "") -> Any:
    """What the API answers."""
    data = None if body is None else json.dumps(body).encode()
    head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(
        urllib.request.Request(WHERE + path, data, headers=head), timeout=LONG_S
    ) as answer:
        return json.load(answer)


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait until it gives something true."""
    ends = time.monotonic() + LONG_S
    while not (found := condition()):
        assert time.monotonic() < ends, f"no {what} within {LONG_S:g} s"
        time.sleep(0.02)
    return found


if __name__ == "__main__":
    sys.exit(main())
