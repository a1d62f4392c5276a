"""Asking for a wider view: a tier, a reason from the list and a sentence, under one's own open claim."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from verification.access.assignment import Refused, facts_about
from verification.access.directory import who_may
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import Denied, Ruling
from verification.audit import attempts, log
from verification.audit.events import Actor, Event
from verification.notices import board
from verification.notices.models import Notice
from verification.review.claims import open_claim
from verification.review.models import Claim

from . import endings
from .models import Tier, WiderView
from .rules import may_ask
from .standing import ANSWER_FOR, viewable

SENTENCE = range(10, 301)


class InvalidRequest(ValueError):
    """Something is missing or unknown. `problems` is field → sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def rulings(claim: Claim) -> dict[Tier, Ruling]:
    """For each tier, whether the claim's reviewer may ask for it now, and if not, why."""
    person, seen = facts_about(claim.reviewer), viewable(claim.item.case)
    return {tier: may_ask(person, tier, seen) for tier in Tier}


def ask(claim_id: UUID | str, reviewer: User, *, tier: str, reason: str, sentence: str) -> WiderView:
    """Ask for a view of the claimed case.

    Raises `InvalidRequest`, `NoSuchClaim`, `ClaimEnded`, and `Refused`, which is logged.
    """
    wanted, why, words = _parsed(tier, reason, sentence)
    claim = open_claim(claim_id, reviewer)
    endings.end_earlier(claim.item_id)
    try:
        return _ask(claim_id, reviewer, wanted, why, words)
    except Refused as refused:
        _log_refusal(claim, wanted, refused.ruling.reason)
        raise


@transaction.atomic
def _ask(claim_id: UUID | str, reviewer: User, tier: Tier, reason: WiderView.Reason, sentence: str) -> WiderView:
    claim = open_claim(claim_id, reviewer, lock=True)
    ruling = may_ask(facts_about(reviewer), tier, viewable(claim.item.case))
    if isinstance(ruling, Denied):
        raise Refused(ruling)
    view = _opened(claim, tier, reason, sentence)
    log.record(
        Event.WIDER_ASKED,
        actor=Actor.person(reviewer.pk),
        case_id=claim.item_id,
        view=str(view.pk),
        claim=str(claim.pk),
        tier=tier.value,
        reason=reason.value,
    )
    board.notify(Notice.Kind.WIDER_ASKED, view.pk, _others(reviewer))
    return view


def _others(asker: User) -> list[User]:
    """Everybody who may answer."""
    return [person for person in who_may(Permission.WIDER_APPROVE) if person.pk != asker.pk]


def _opened(claim: Claim, tier: Tier, reason: WiderView.Reason, sentence: str) -> WiderView:
    now = timezone.now()
    try:
        with transaction.atomic():
            return WiderView.objects.create(
                claim=claim,
                tier=tier.value,
                reason=reason.value,
                sentence=sentence,
                asked_by=claim.reviewer,
                asked_at=now,
                answer_by=now + ANSWER_FOR,
            )
    except IntegrityError:
        raise Refused(Denied("asked_already", "You have asked already. Withdraw that request first.")) from None


def _parsed(tier: str, reason: str, sentence: str) -> tuple[Tier, WiderView.Reason, str]:
    words = " ".join(sentence.split())
    problems = dict(_problems(tier, reason, words))
    if problems:
        raise InvalidRequest(problems)
    return Tier(int(tier)), WiderView.Reason(reason), words


def _problems(tier: str, reason: str, words: str) -> Iterator[tuple[str, str]]:
    if tier not in {str(each.value) for each in Tier}:
        yield "tier", "Choose how much you need to see."
    if reason not in set(WiderView.Reason):
        yield "reason", "Choose a reason from the list."
    if len(words) not in SENTENCE:
        yield "sentence", f"Say in {SENTENCE[0]} to {SENTENCE[-1]} characters why it is needed."
    elif not all(_visible(letter) for letter in words):
        yield "sentence", "The sentence holds a character that cannot be seen."


def _visible(letter: str) -> bool:
    """Letters, marks, numbers, punctuation, symbols and the plain space; nothing that hides or turns a text round."""
    return letter == " " or unicodedata.category(letter)[0] in "LMNPS"


@transaction.atomic
def _log_refusal(claim: Claim, tier: Tier, reason: str) -> None:
    attempts.refused(
        Event.WIDER_REFUSED,
        actor=Actor.person(claim.reviewer_id),
        case_id=claim.item_id,
        claim=str(claim.pk),
        tier=tier.value,
        reason=reason,
    )
