"""Schemes of other packages: what they may be called, what is told of a broken one, what is not believed."""

import pytest

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.errors import DeviceRefused, LinkError, PortMissing
from firmware_bridge.guard.outputs.output import OutputRefused, OutputStuck
from kneadwave.cli.app import call
from kneadwave.cli.views.doctor import PROBES
from kneadwave.errors import OutputPackageError
from kneadwave.guards.dialects import SCHEMES, open_output, scheme_of
from kneadwave.guards.marks import MovingMark, folder
from kneadwave.guards.packages import installed_schemes, scheme_named
from kneadwave.guards.rescue import switch_off_left_moving

MODULE = """
from dataclasses import replace
from firmware_bridge.errors import DeviceRefused, PortMissing
from firmware_bridge.guard.outputs.hf8 import Hf8
from firmware_bridge.guard.outputs.output import OutputRefused, OutputStuck
from kneadwave.guards.dialects import Opened, Scheme

class Output:
    traits = replace(Hf8.traits, stops_after_s=0.1)
    def ask(self, now): raise {raises}
    put = tend = lambda self, *_: self.ask(0)
    def zero(self): self.ask(0)
    close = zero

def opens(place, clock, channels):
    if place == "raises":
        raise {raises}
    return Opened(Output(), fd=7)

def second(fd, url, clock):
    if "raises" in url:
        raise {raises}
    return Output()

GOOD = Scheme(opens, second, "cushion-4")
ALONE = Scheme(opens, None, "cushion-4")
NONE = "no scheme"
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a package onto the path, as pip would: `install(package, {scheme: object})`."""

    def put(package, entries, raises="ValueError('oops')", module=None):
        site = tmp_path / package
        info = site / f"{package}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {value}\n" for name, value in entries.items())
        (info / "entry_points.txt").write_text(f"[kneadwave.outputs]\n{lines}")
        (site / f"{package}.py").write_text(module or MODULE.format(raises=raises))
        monkeypatch.syspath_prepend(str(site))
        forget()

    def forget():
        installed_schemes.cache_clear()
        scheme_named.cache_clear()

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    forget()
    yield put
    forget()


def test_a_package_brings_a_scheme(install):
    install("brings", {"acme": "brings:GOOD"})
    scheme = scheme_of("acme:/dev/ttyX")
    assert scheme.description == "cushion-4"
    assert [(each.name, each.package) for each in installed_schemes()] == [("acme", "brings 1.0")]
    assert scheme_of("ACME:x") is scheme


@pytest.mark.parametrize(
    "url", ["acme", "other:x", "acme://x", "socket://host:1", "/dev/ttyX", "sim:", "id:1", "C:x", "1x:y"]
)
def test_what_names_no_such_scheme_is_none(install, url):
    install("brings_more", dict.fromkeys(("acme", "sim", "id", "c", "1x", "socket"), "brings_more:GOOD"))
    assert scheme_of(url) is None


def test_ours_cannot_be_replaced(install):
    install("replaces", dict.fromkeys(SCHEMES, "replaces:GOOD"))
    for name in SCHEMES:
        assert scheme_of(f"{name}:x") is SCHEMES[name]


@pytest.mark.parametrize(
    ("entries", "module", "why"),
    [
        ({"acme": "broken0:MISSING"}, None, "AttributeError"),
        ({"acme": "broken1:NONE"}, None, "is no Scheme"),
        ({"acme": "broken2:GOOD"}, "import no_such_module", "ModuleNotFoundError"),
        ({"acme": "broken3:GOOD"}, "raise SystemExit(3)", "SystemExit"),
        ({"acme": "broken4:GOOD"}, "def", "SyntaxError"),
    ],
)
def test_a_broken_one_is_told_by_name(install, capsys, entries, module, why):
    name = entries["acme"].partition(":")[0]
    install(name, entries, module=module)
    with pytest.raises(OutputPackageError, match=rf"acme: of the package {name} 1.0 cannot be used: .*{why}"):
        scheme_of("acme:x")
    assert call(["run", "felt-check", "--device", "acme:x"]) == 3
    told = capsys.readouterr().err
    assert f"hint: update that package, or take it away: pip uninstall {name}" in told
    assert "Traceback" not in told
    (_, told) = dict(PROBES)["outputs"]()
    assert told.status == "warn"
    assert told.found.startswith(f"acme: of the package {name} 1.0 cannot be used")


def test_two_of_one_name_are_refused(install):
    for name in ("twice_a", "twice_b"):
        install(name, {"acme": f"{name}:GOOD"})
    with pytest.raises(OutputPackageError, match=r"by twice_a 1.0 and by twice_b 1.0"):
        scheme_of("acme:x")


def test_doctor_tells_whose_each_scheme_is(install):
    install("listed", {"acme": "listed:GOOD", "hf8": "listed:GOOD", "sim": "listed:GOOD"})
    (ours, *others) = dict(PROBES)["outputs"]()
    assert (ours.status, ours.found) == ("ok", ", ".join(f"{name}:" for name in SCHEMES))
    assert [(each.status, each.found) for each in others] == [
        ("ok", "acme: of the package listed 1.0"),
        ("warn", "hf8: of the package listed 1.0 is not used"),
        ("warn", "sim: of the package listed 1.0 is not used"),
    ]


def test_its_devices_do_not_count_as_stopping_by_themselves(install):
    install("acme_claims", {"acme": "acme_claims:GOOD", "alone": "acme_claims:ALONE"})
    opened = open_output("acme:x", MonotonicClock(), 4)
    assert opened.output.traits.stops_after_s is None
    assert opened.fd == 7
    alone = open_output("alone:x", MonotonicClock(), 4)
    assert alone.fd is None
    second = scheme_of("alone:x").second
    assert second is not None, "or it would count as off when its guard is gone"
    with pytest.raises(LinkError, match=r"acme_claims 1.0 gives no second way"):
        second(None, "alone:x", MonotonicClock()).zero()
    second(None, "alone:x", MonotonicClock()).close()


@pytest.mark.parametrize("raises", ["ValueError('oops')", "OSError(5, 'oops')", "DeviceRefused('oops')"])
def test_what_no_output_may_raise_is_a_lost_link(install, raises):
    name = f"raises_{abs(hash(raises))}"
    install(name, {"acme": f"{name}:GOOD"}, raises)
    output = open_output("acme:x", MonotonicClock(), 4).output
    second = scheme_of("acme:x").second(7, "acme:x", MonotonicClock())
    for act in (
        lambda: output.ask(0.0),
        lambda: output.put(bytes(4), bytes(4), 0.0),
        lambda: output.tend(0.0),
        output.zero,
        second.zero,
    ):
        with pytest.raises(LinkError, match=rf"the output of {name} 1.0 failed: \w+: .*oops"):
            act()
    output.close()
    second.close()
    with pytest.raises(DeviceRefused if "Refused" in raises else LinkError, match="oops"):
        open_output("acme:raises", MonotonicClock(), 4)
    with pytest.raises(LinkError, match="no second way"):
        scheme_of("acme:x").second(7, "acme:raises", MonotonicClock()).zero()


@pytest.mark.parametrize(
    ("raises", "kind", "act"),
    [
        ("OutputStuck('full')", OutputStuck, "zero"),
        ("PortMissing('gone')", PortMissing, "zero"),
        ("OutputRefused('no')", OutputRefused, "ask"),
        ("OutputRefused('no')", LinkError, "zero"),
    ],
)
def test_what_an_output_may_raise_stays(install, raises, kind, act):
    name = f"may_{kind.__name__}_{act}".lower()
    install(name, {"acme": f"{name}:GOOD"}, raises)
    output = open_output("acme:x", MonotonicClock(), 4).output
    with pytest.raises(kind):
        output.ask(0.0) if act == "ask" else output.zero()


def test_a_broken_one_hinders_no_other_command(install):
    install("later_broken", {"acme": "later_broken:NONE"})
    MovingMark("acme:x").set()
    (path,) = folder().iterdir()
    path.write_text("{}", encoding="utf-8")
    (rescued,) = switch_off_left_moving()
    assert "later_broken" in rescued.error
