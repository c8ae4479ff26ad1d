"""A device's reasons have words, which recordings and JSON carry, and some have a rule behind them."""

import pytest

from firmware_bridge.wire.messages import Reason
from firmware_bridge.wire.reasons import REASON_RULES, reason_text, words


def test_reasons_are_told_in_words() -> None:
    assert reason_text(Reason.TOO_FAR_AHEAD) == "too far ahead"
    assert reason_text(250) == "reason 250"


def test_a_reason_with_a_rule_behind_it_names_the_rule() -> None:
    assert reason_text(Reason.SESSION_OVER) == "session over (rule 84)"
    assert reason_text(Reason.CEILING) == "ceiling (rule 188)"
    assert reason_text(Reason.BUTTON) == "button"
    assert all(reason_text(reason).endswith(f" (rule {rule})") for reason, rule in REASON_RULES.items())


@pytest.mark.parametrize("reason", Reason)
def test_the_words_alone_name_no_rule(reason: Reason) -> None:
    assert reason_text(reason).split(" (rule")[0] == words(reason)
    assert "_" not in words(reason)
