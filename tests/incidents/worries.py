"""Worries and holds for the tests, by the real verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.utils import timezone

from tests.factories import a_claim, a_person, settled, vote
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.incidents import holds
from verification.incidents.models import Incident, LegalHold
from verification.incidents.raising import Raised, raise_worry
from verification.review.models import Claim
from verification.vault.models import CaseKey


@dataclass(frozen=True)
class Worry:
    """A worry that a reviewer has just raised, with everybody that it takes to handle it."""

    claim: Claim
    raiser: User
    senior: User
    officer: User
    answer: Raised

    @property
    def incident(self) -> Incident:
        return Incident.objects.get(case_id=self.claim.item_id)

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.claim.item_id)

    @property
    def hold(self) -> LegalHold:
        """The newest."""
        return LegalHold.objects.filter(case_id=self.claim.item_id).latest("asked_at")


def a_worry(kind: str = "signs_of_harm", sentence: str = "Marks on the neck.") -> Worry:
    senior, officer = a_person(Role.SENIOR_REVIEWER), a_person(Role.RISK_OFFICER)
    claim = a_claim()
    answer = raise_worry(claim.pk, claim.reviewer, kind=kind, sentence=sentence)
    return Worry(claim, claim.reviewer, senior, officer, answer)


def a_held_worry() -> Worry:
    """Its hold is in force: a risk officer agreed."""
    worry = a_worry()
    holds.answer_hold(worry.hold.pk, worry.officer, approves=True)
    return worry


def decided(worry: Worry) -> Worry:
    """The reviewer's vote counted, and closed the case."""
    vote(worry.claim)
    assert settled() == 1
    return worry


def living(case: Case) -> set[str]:
    """The purposes whose key still opens something."""
    keys = CaseKey.objects.filter(case=case, wrapped__isnull=False)
    return set(keys.values_list("purpose", flat=True))


def logged(event: str) -> list[Entry]:
    return list(Entry.objects.filter(event=event).order_by("id"))


def later(**by: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**by))
