"""Results survive storage, and every reason can be read by a person."""

from __future__ import annotations

import json

import pytest

from verification.checks.reasons import SENTENCES, Reason, sentence
from verification.checks.results import Band, CheckResult

RESULT = CheckResult("match", Band.AMBIGUOUS, 0.37, "cosine", -1, 1, (Reason.MATCH_UNCLEAR,), "sface", "ab" * 32, 12.5)


def test_a_result_comes_back_from_json_as_it_went() -> None:
    assert CheckResult.from_dict(json.loads(json.dumps(RESULT.as_dict()))) == RESULT


def test_an_unknown_band_is_refused() -> None:
    with pytest.raises(ValueError, match="splendid"):
        CheckResult.from_dict({**RESULT.as_dict(), "band": "splendid"})


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="bad_mood"):
        CheckResult.from_dict({**RESULT.as_dict(), "reasons": ["bad_mood"]})


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_plain_sentence(reason: Reason) -> None:
    assert sentence(reason.value) == SENTENCES[reason]
    assert SENTENCES[reason].endswith(".")
