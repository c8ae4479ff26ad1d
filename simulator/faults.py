"""What a real line does to bytes, on purpose, and the same way each time.

drop=5%            each byte is lost with this probability
flip=0.1%          each byte has one bit flipped
duplicate=2%       each write arrives twice
delay=10%          each write arrives late, by up to 200 ms
stall=1%           each write is held back, with all that follows, for the fault's duration
unplug=0.1%        each write may be the last: the port is gone
reset=0.1%         at each write the device may lose its power for a moment

stall@12s+2s       at a time, for a duration (1 s when none is given)
drop=50%@10s+3s    both: that probability in that window
unplug@60s         at a time, once
"""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from profiles.near import did_you_mean

KINDS = ("drop", "flip", "duplicate", "delay", "stall", "unplug", "reset")
DELAY_MAX_S = 0.2
DURATION_S = 1.0
_SPEC = re.compile(
    r"(?P<kind>[a-z]+)(?:=(?P<rate>[0-9.]+)(?P<percent>%?))?(?:@(?P<at>[0-9.]+)s?(?:\+(?P<span>[0-9.]+)s?)?)?"
)


class FaultError(ValueError):
    """A fault specification that cannot be read."""


@dataclass(frozen=True)
class Fault:
    """One kind of fault: its probability and the window (seconds) in which it acts.

    `once` is set for a fault that strikes at `start`, whether or not anybody writes, and never again.
    """

    kind: str
    rate: float = 1.0
    start: float = 0.0
    end: float = float("inf")
    span: float = DURATION_S
    once: bool = False

    def acts(self, now: float) -> bool:
        """Whether `now` lies in the window."""
        return self.start <= now < self.end


def parse_fault(spec: str) -> Fault:
    """The fault that `spec` describes; raises FaultError with the forms that are known."""
    found = _SPEC.fullmatch(spec.strip().lower())
    if found is None or found["kind"] not in KINDS or (found["rate"] is None and found["at"] is None):
        mean = did_you_mean(re.split("[=@]", spec)[0], KINDS)
        forms = "write one like drop=0.1%, stall@12s+0.4s or unplug@60s"
        raise FaultError(f"'{spec}' is no fault; {mean}{forms}")
    try:
        rate = float(found["rate"] or 1) / (100 if found["percent"] else 1)
        span = float(found["span"] or DURATION_S)
        start = float(found["at"] or 0)
    except ValueError as error:
        raise FaultError(f"'{spec}' holds a number that is none") from error
    if not 0 < rate <= 1:
        raise FaultError(f"'{spec}': a probability lies above 0 and at most at 1 (100%)")
    once = found["kind"] in ("unplug", "reset", "stall") and found["rate"] is None
    end = float("inf") if found["at"] is None or once else start + span
    return Fault(found["kind"], rate, start, end, span, once)


class FaultyLine:
    """A line that does to bytes what `faults` say, drawn from `seed`. Carries both directions.

    `unplugged` turns true for good; `resets` counts how often the device lost power,
    `struck` what each kind of fault did: bytes of drop and flip, times of all others.
    """

    def __init__(self, faults: Sequence[Fault] = (), seed: int = 0) -> None:
        self.unplugged = False
        self.faulty = bool(faults)
        """Whether it does anything at all but carry."""
        self.resets = 0
        self.struck = Counter({fault.kind: 0 for fault in faults})
        self._faults = list(faults)
        self._random = random.Random(seed)
        self._held: dict[str, list[tuple[float, bytes]]] = {"out": [], "in": []}
        self._stalled_until = 0.0

    def carry(self, way: str, data: bytes, now: float) -> bytes:
        """Put `data` on the line ("out" to the device, "in" from it); what arrives at the other end now."""
        held = self._held[way]
        if not self.faulty:
            return data
        for fault in list(self._faults):
            if fault.acts(now):
                data = self._apply(fault, data, now, held)
        if self.unplugged:
            return b""
        if data:
            held.append((now, data))
        if now < self._stalled_until:
            return b""
        arrived = b"".join(chunk for due, chunk in held if due <= now)
        held[:] = [(due, chunk) for due, chunk in held if due > now]
        return arrived

    def _apply(self, fault: Fault, data: bytes, now: float, held: list[tuple[float, bytes]]) -> bytes:
        draw = self._random.random
        match fault.kind:
            case "drop":
                kept = bytes(byte for byte in data if draw() >= fault.rate)
                self.struck["drop"] += len(data) - len(kept)
                return kept
            case "flip":
                flipped = bytes(
                    byte ^ (1 << int(draw() * 8)) if draw() < fault.rate else byte for byte in data
                )
                self.struck["flip"] += sum(a != b for a, b in zip(data, flipped, strict=True))
                return flipped
        if fault.once:
            self._faults.remove(fault)
        elif not data or draw() >= fault.rate:
            return data
        self.struck[fault.kind] += 1
        match fault.kind:
            case "duplicate":
                return data * 2
            case "delay":
                held.append((now + draw() * DELAY_MAX_S, data))
                return b""
            case "stall":
                self._stalled_until = max(self._stalled_until, now + fault.span)
            case "unplug":
                self.unplugged = True
            case "reset":
                self.resets += 1
        return data
