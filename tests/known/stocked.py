"""Pairs in stock, and known cases made from them by the real verbs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from tests.factories import a_case_in_review, a_picture, a_programme
from verification.audit.events import OPERATOR, WORKER
from verification.cases.lifecycle import advance, lease_for_checks
from verification.cases.models import Case, Programme
from verification.cases.states import CaseStatus
from verification.known import seeding, stock
from verification.known.models import KnownPair
from verification.review import queue, rendering

from .listed import PERMISSION, a_shade


def a_pair(*, same: bool = True, live: bool = True, set_name: str = "volunteers") -> KnownPair:
    """One pair in stock."""
    reference, live_image = a_shade(), a_shade()
    digest = stock.digest_of(reference, live_image)
    stock.put(set_name, PERMISSION, [stock.Labelled(digest, same, live, reference, live_image)], actor=OPERATOR)
    return KnownPair.objects.get(digest=digest)


def a_followed_case(programme: Programme | None = None) -> Case:
    """A real case among people, of the kind that known cases follow."""
    return a_case_in_review(programme)


def follow(case: Case, **changes: Any) -> Case | None:
    """A known case after a real one, for certain and at once where the stock has a pair."""
    before = settings.KNOWN_CASE_SHARE, settings.KNOWN_CASE_SPREAD_MINUTES
    settings.KNOWN_CASE_SHARE, settings.KNOWN_CASE_SPREAD_MINUTES = 0.5, 0
    try:
        return seeding.follow(case.pk, **changes)
    finally:
        settings.KNOWN_CASE_SHARE, settings.KNOWN_CASE_SPREAD_MINUTES = before


def a_known_case_in_review(
    programme: Programme | None = None, *, same: bool = True, live: bool = True, after: Case | None = None
) -> Case:
    """A known case as the worker leaves it. It follows `after`, or a real case that is then taken from the queue."""
    a_pair(same=same, live=live)
    real = after or a_followed_case(programme or a_programme())
    made = follow(real)
    assert made is not None
    if after is None:
        real.review.delete()
    case = lease_for_checks(made.pk)
    assert case is not None
    pictures = {rendering.CROP_REFERENCE: a_picture(), rendering.CROP_LIVE: a_picture((100, 110, 120))}
    with transaction.atomic():
        kept = rendering.keep_crops(case.pk, pictures)
        advance(case, CaseStatus.IN_REVIEW, actor=WORKER, reasons=["liveness_unclear"])
        queue.offer(case, crops=kept)
    return case
