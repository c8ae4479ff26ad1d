"""What every scheme promises: tests to be inherited, each against a virtual device that can be opened."""

from typing import Final, Protocol

import pytest

from firmware_bridge.clock import MonotonicClock
from firmware_bridge.devices.load import load_device
from firmware_bridge.errors import LinkError
from kneadwave.guards.dialects import Scheme
from kneadwave.testing.rig import EVERY_S, REAL_S

RATE_HZ: Final = 40


class Served(Protocol):
    """A virtual device that can be opened, in real time; `levels` are what it does now."""

    @property
    def levels(self) -> bytes: ...


class SchemeContract:
    """What every scheme promises. Inherit it, and give `scheme`, `place`, `served` and `nowhere`."""

    @pytest.fixture
    def scheme(self) -> Scheme:
        """The scheme."""
        raise NotImplementedError("give a fixture `scheme`: a Scheme")

    @pytest.fixture
    def served(self) -> Served:
        """Its virtual device."""
        raise NotImplementedError("give a fixture `served`: what has the levels of the virtual device")

    @pytest.fixture
    def place(self, served: Served) -> str:
        """Where that is, as a URL has it behind the scheme."""
        raise NotImplementedError("give a fixture `place`: where the virtual device is")

    @pytest.fixture
    def nowhere(self) -> str:
        """A place where there is none, which opening finds out."""
        raise NotImplementedError("give a fixture `nowhere`: a place where there is no device")

    def test_its_description_asks_for_no_more_than_the_device_can(
        self, scheme: Scheme, place: str, served: Served
    ) -> None:
        if scheme.description is None:
            pytest.skip("nobody can know where its motors lie")
        described = load_device(scheme.description)
        opened = scheme.open(place, MonotonicClock(), len(described.actuators))
        traits = opened.output.traits
        opened.output.close()
        assert len(described.actuators) <= min(traits.channels, len(served.levels))
        assert not described.stops_by_itself or traits.stops_after_s is not None
        assert all((spec.rate is not None) is traits.rated for spec in described.actuators)

    def test_it_opens_what_can_be_driven_and_told_to_stop_by_another(
        self, scheme: Scheme, place: str, served: Served
    ) -> None:
        clock, count = MonotonicClock(), len(served.levels)
        opened = scheme.open(place, clock, count)
        output, deadline = opened.output, clock.now() + REAL_S
        rates = bytes([RATE_HZ]) * count if output.traits.rated else bytes(count)
        try:
            while not output.ask(clock.now()):
                assert clock.now() < deadline, "it never answered"
                clock.sleep(EVERY_S)
            while not all(served.levels):
                assert clock.now() < deadline, "it never moved"
                output.put(b"\xff" * count, rates, clock.now())
                clock.sleep(EVERY_S)
            if scheme.second is None or opened.fd is None:
                output.zero()
            else:
                second = scheme.second(opened.fd, place, clock)
                assert second is not None
                second.zero()
            clock.sleep(REAL_S, lambda: not any(served.levels))
            assert not any(served.levels), "it never stopped"
        finally:
            output.close()

    def test_what_it_does_not_know_it_can_still_switch_off(
        self, scheme: Scheme, place: str, served: Served
    ) -> None:
        clock = MonotonicClock()
        output = scheme.open(place, clock, 0).output
        output.zero()
        output.close()
        assert not any(served.levels)

    def test_where_there_is_none_is_a_link_error(self, scheme: Scheme, nowhere: str) -> None:
        with pytest.raises(LinkError):
            scheme.open(nowhere, MonotonicClock(), 0)
