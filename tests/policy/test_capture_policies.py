"""Every kind of case has a policy that expects exactly the checks that run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verification.checks.capture import CAPTURE_NAMES
from verification.checks.challenge_facts import ChallengeFacts, Step, StepKind
from verification.checks.engines.lock import lock
from verification.checks.origin import origin
from verification.checks.results import Band, CheckResult
from verification.checks.run import CHECK_NAMES
from verification.policy.decide import Verdict, decide
from verification.policy.thresholds import (
    CAPTURE,
    CAPTURE_WITH_VOICE,
    POLICY,
    RELYING_PARTY,
    Policy,
    capture_policy,
)

SPOKEN = ChallengeFacts((Step(StepKind.SAY_DIGITS, 0, 3000, "4071"),), voice=True)
IMAGES_PASSED = tuple(CheckResult(name, Band.PASS, 1.0, "", 0, 1) for name in POLICY.bands)


def test_each_policy_expects_the_checks_of_its_run() -> None:
    assert set(CAPTURE_WITH_VOICE.bands) == set(CAPTURE_NAMES)
    assert set(CAPTURE.bands) == set(CAPTURE_NAMES) - {"voice"}
    assert set(RELYING_PARTY.bands) == {*CHECK_NAMES, "origin"}


def test_the_voice_counts_where_it_is_asked_and_its_language_has_a_model() -> None:
    assert capture_policy(SPOKEN) is CAPTURE_WITH_VOICE
    for facts in (replace(SPOKEN, voice=False), replace(SPOKEN, locale="zh-hant"), replace(SPOKEN, steps=())):
        assert capture_policy(facts) is CAPTURE


@pytest.mark.parametrize(("trusted", "verdict"), [(True, Verdict.PASS), (False, Verdict.TO_PERSON)])
def test_images_of_a_relying_party_close_only_where_they_are_trusted(trusted: bool, verdict: Verdict) -> None:
    result = origin(RELYING_PARTY.bands["origin"], trusted=trusted)
    assert decide((*IMAGES_PASSED, result), human_view=True, policy=RELYING_PARTY).verdict is verdict


def test_images_whose_origin_nobody_judged_do_not_close() -> None:
    assert decide(IMAGES_PASSED, human_view=True, policy=RELYING_PARTY).verdict is Verdict.TO_PERSON


@pytest.mark.parametrize("policy", [RELYING_PARTY, CAPTURE, CAPTURE_WITH_VOICE], ids=lambda policy: str(policy.id))
def test_the_bands_were_made_for_the_locked_models(policy: Policy) -> None:
    locked = {model.id for model in lock().models}
    assert {name for bands in policy.bands.values() if bands.model for name in bands.model.split("+")} <= locked
    assert len(policy.name) <= 64
