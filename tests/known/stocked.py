"""Pairs in stock, and known cases made from them by the real verbs."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from tests.factories import a_case_in_review, a_programme, sent_to_people
from verification.audit.events import OPERATOR
from verification.cases.models import Case, Programme
from verification.known import seeding, stock
from verification.known.models import KnownPair

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
    return sent_to_people(made)
