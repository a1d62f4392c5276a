"""Two reviewers who do not know of each other differ; a senior, as blind as they were, settles it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_person, settled
from verification.access.models import User
from verification.access.roles import Role
from verification.review.models import Vote

from .cases import checked_case
from .conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST_NOTE, SECOND_NOTE = "the left ear hangs lower", "the brows are drawn alike"
# What would tell somebody who may still answer what others said, or that others were asked at all.
TELLING = ("another reviewer", "a senior reviewer", "votes differ", "adjudicat", FIRST_NOTE, SECOND_NOTE)


def answer(page: Page, user: User, keys: str, note: str) -> str:
    """Take the next case, see that its page tells nothing of others, and answer it. Returns what came of it."""
    sign_in(page, user)
    expect(page.get_by_role("button", name="Take the next case")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("[data-pictures] canvas[data-drawn]")).to_have_count(2)
    words = page.locator("main").inner_text().lower()
    assert not [telling for telling in TELLING if telling in words]
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.press("t")
    page.keyboard.type(note)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    settled()
    return page.url


def test_two_differ_and_a_senior_settles_it(open_page: Callable[..., Page]) -> None:
    (case,) = checked_case("mismatch", reviewers=2)
    pages = [open_page() for _ in range(3)]
    first = answer(pages[0], a_person(Role.REVIEWER), "1141", FIRST_NOTE)
    pages[0].goto(first)
    expect(pages[0].get_by_text("The case is not closed yet.")).to_be_visible()
    second = answer(pages[1], a_person(Role.REVIEWER), "2142", SECOND_NOTE)
    for page, address in ((pages[0], first), (pages[1], second)):
        page.goto(address)
        expect(page.get_by_text("The case is not closed yet.")).to_be_visible()
        expect(page.get_by_text("Another reviewer")).to_have_count(0)
    case.refresh_from_db()
    assert case.status == "in_review"

    bystander = open_page()
    sign_in(bystander, a_person(Role.REVIEWER))
    bystander.keyboard.press("n")
    expect(bystander.get_by_text("Nothing is waiting", exact=False).first).to_be_visible()

    third = answer(pages[2], a_person(Role.SENIOR_REVIEWER), "2152", "")
    case.refresh_from_db()
    assert (case.status, case.outcome) == ("decided", "not_verified")
    assert list(Vote.objects.order_by("decided_at").values_list("same_person", "adjudicates")) == [
        ("same", False),
        ("different", False),
        ("different", True),
    ]
    for page, address, others in (
        (pages[0], first, ["Another reviewer", "A senior reviewer"]),
        (pages[1], second, ["Another reviewer", "A senior reviewer"]),
        (pages[2], third, ["Another reviewer", "Another reviewer"]),
    ):
        page.goto(address)
        table = page.get_by_role("group", name="What came of it")
        assert table.get_by_role("rowheader").all_inner_texts() == ["You", *others]
        expect(page.get_by_text("not verified")).to_be_visible()
        # Notes stay with whoever wrote them.
        assert [note in page.content() for note in (FIRST_NOTE, SECOND_NOTE)] == [page is pages[0], page is pages[1]]
