"""What a reviewer reads about known cases, and what the report says of them: accessible, and a picture to look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_case_in_review, a_person, settled, vote
from tests.known.answering import ACCEPT, REFUSE, UNSURE, a_programme_of_two, an_answered_case, claim_on, many_answered
from tests.reports.days import count_everything
from verification.access.roles import Role

from .conftest import sign_in
from .test_pictures_of_pages import LOOKS, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_own_results_and_the_answer_of_a_known_case(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    reviewer = a_person(Role.REVIEWER)
    page = open_page(viewport, scheme)
    sign_in(page, reviewer)
    page.get_by_role("link", name="Your results").click()
    expect(page.get_by_text("No known case yet")).to_be_visible()
    picture(page, screenshots, f"results-none-{size}-{scheme}")
    many_answered(reviewer, {REFUSE: 57, ACCEPT: 3, UNSURE: 4}, same=False)
    an_answered_case(reviewer, ACCEPT, live=False)
    given = an_answered_case(reviewer, ACCEPT)
    page.reload()
    expect(page.get_by_role("img", name="Wrongly accepted: 6.6%, between 2.6% and 15.7%")).to_be_visible()
    picture(page, screenshots, f"results-{size}-{scheme}")
    page.get_by_role("link", name=given.case.code).click()
    expect(page.get_by_role("heading", name="This was a known case Right")).to_be_visible()
    picture(page, screenshots, f"known-answer-{size}-{scheme}")


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_report_on_judgement(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    many_answered(a_person(Role.REVIEWER), {REFUSE: 57, ACCEPT: 3, UNSURE: 4}, same=False)
    case = a_case_in_review(a_programme_of_two())
    for answer in (ACCEPT, ACCEPT):
        vote(claim_on(case), *answer)
        settled()
    count_everything()
    page = open_page(viewport, scheme)
    sign_in(page, a_person(Role.RISK_OFFICER))
    page.goto("/reports#judgement")
    expect(page.get_by_text("Agreement of two blind reviewers: 1 of 1 cases alike")).to_be_visible()
    picture(page, screenshots, f"judgement-{size}-{scheme}")
