"""A device's reasons in the words that recordings and JSON carry, and the massage rules behind them."""

from typing import Final

from firmware_bridge.wire.messages import Reason

REASON_RULES: Final[dict[int, int]] = {
    Reason.SESSION_OVER: 84,  # twenty minutes
    Reason.CEILING: 188,  # limits that nobody overrides; what is not allowed is off
    Reason.EXCLUDED: 188,
    Reason.RATE: 188,
    Reason.POWER: 163,  # actuators do not overstrain themselves
}
"""The massage rule behind a device's reason, where there is one."""


def words(reason: Reason) -> str:
    """A reason as recordings name it, "line break"."""
    return reason.name.lower().replace("_", " ")


def reason_text(reason: int) -> str:
    """A reason off the wire, known or not, with the rule behind it in brackets where there is one."""
    try:
        named = words(Reason(reason))
    except ValueError:
        return f"reason {reason}"
    rule = REASON_RULES.get(reason)
    return named if rule is None else f"{named} (rule {rule})"
