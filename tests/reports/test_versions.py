"""What judged, and since when: what is in force is named also before its first case, and what was before it stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import a_claim, settled, vote
from verification.checks.engines.lock import lock
from verification.policy.fusion import RULE
from verification.policy.thresholds import EMBEDDER, RELYING_PARTY
from verification.reports import check_tallies, versions
from verification.reports.versions import Judge, Model
from verification.reports.window import midnight

from .checked import a_checked_case

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = timedelta(days=1)


def test_what_is_in_force_is_named_before_it_judged_anything() -> None:
    found = versions.versions()
    assert found.policies == [Judge(policy.name, True, None, None, 0) for policy in versions.POLICIES]
    assert found.rules == [Judge(RULE, True, None, None, 0)]
    assert found.models == []
    assert {one.sha256 for one in found.locked} == {model.sha256 for model in lock().models}


def test_days_are_the_first_and_the_last_whether_tallied_or_not() -> None:
    old = replace(RELYING_PARTY, version=0)
    a_checked_case(policy=old, at=midnight(TODAY() - 3 * DAY))
    a_checked_case(at=midnight(TODAY() - DAY))
    a_checked_case()
    for _ in range(2):
        found = versions.versions()
        assert found.policies[0] == Judge(RELYING_PARTY.name, True, TODAY() - DAY, TODAY(), 2)
        assert found.policies[-1] == Judge(old.name, False, TODAY() - 3 * DAY, TODAY() - 3 * DAY, 1)
        assert Model("match", EMBEDDER, "ab" * 32, TODAY() - 3 * DAY, TODAY(), 3) in found.models
        check_tallies.tally_days()


def test_the_fusion_rule_is_told_from_what_it_fused() -> None:
    vote(a_claim())
    settled()
    assert versions.versions().rules == [Judge(RULE, True, TODAY(), TODAY(), 1)]


def test_every_threshold_in_force_is_named_once_with_its_policies() -> None:
    named = {(name, policy) for name, _, policies in versions.thresholds() for policy in policies}
    assert named == {(name, policy.name) for policy in versions.POLICIES for name in policy.bands}
