"""The screens by which work is kept in order, at a desk and on a small one, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.factories import a_case_in_review, a_claim, a_person, a_programme
from verification.access.roles import Role
from verification.notices import board
from verification.notices.models import Notice
from verification.review import own_enrolments, setting_aside
from verification.review.models import Claim

from .conftest import DESK, sign_in
from .test_pictures_of_pages import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL: ViewportSize = {"width": 1024, "height": 768}
LOOKS = [
    (size, viewport, scheme) for size, viewport in (("desk", DESK), ("small", SMALL)) for scheme in ("light", "dark")
]


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_notices_are_accessible_and_fit(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    senior = a_person(Role.SENIOR_REVIEWER)
    page = open_page(viewport, scheme)
    sign_in(page, senior)
    page.goto("/notices")
    picture(page, screenshots, f"notices-none-{size}-{scheme}")
    for kind in Notice.Kind:
        board.notify(kind, "an id", [senior])
    board.settle(Notice.Kind.QUEUE_OVERDUE, "an id")
    board.mark_read(senior, Notice.objects.get(kind=Notice.Kind.HANDED_OVER).pk)
    page.goto("/notices")
    picture(page, screenshots, f"notices-{size}-{scheme}")
    page.goto("/account/email")
    picture(page, screenshots, f"email-{size}-{scheme}")


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_queue_and_its_health_are_accessible_and_fit(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    senior, reviewer = a_person(Role.SENIOR_REVIEWER), a_person(Role.REVIEWER)
    programme = a_programme()
    for _ in range(4):
        a_case_in_review(programme)
    a_case_in_review(with_care=True)
    aside = a_claim(senior)
    setting_aside.hold(aside.pk, senior, reason="asked_somebody", minutes=5)
    claim = a_claim(reviewer)
    # An hour at work without a break.
    Claim.objects.filter(pk=claim.pk).update(claimed_at=claim.claimed_at - timedelta(minutes=56))
    page = open_page(viewport, scheme)
    sign_in(page, senior)
    page.goto("/review")
    picture(page, screenshots, f"queue-held-{size}-{scheme}")
    page.goto("/review/health")
    picture(page, screenshots, f"health-{size}-{scheme}")
    other = open_page(viewport, scheme)
    sign_in(other, reviewer)
    other.goto("/review")
    picture(other, screenshots, f"queue-rest-{size}-{scheme}")


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_administrators_order_is_accessible_and_fits(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    administrator, reviewer, programme = a_person(Role.ADMINISTRATOR), a_person(Role.REVIEWER), a_programme()
    own_enrolments.note(administrator, reviewer, programme, "customer-81f3")
    page = open_page(viewport, scheme)
    sign_in(page, administrator)
    page.goto(f"/programmes/{programme.pk}/review")
    picture(page, screenshots, f"programme-review-{size}-{scheme}")
    page.goto(f"/people/{reviewer.pk}")
    picture(page, screenshots, f"own-enrolments-{size}-{scheme}")
