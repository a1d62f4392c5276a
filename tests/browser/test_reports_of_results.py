"""The reports that rest on stored results, at a desk and narrower, light and dark, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize

from tests.factories import a_person, a_trusted_programme
from tests.reports.checked import a_checked_case, copies, results
from verification.access.roles import Role
from verification.checks.models import StoredResult
from verification.reports import check_tallies

from .conftest import DESK, sign_in
from .test_pictures_of_pages import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW: ViewportSize = {"width": 1024, "height": 768}
LOOKS = [("desk", DESK, "light", "en"), ("desk", DESK, "dark", "zh-hans"), ("narrow", NARROW, "light", "zh-hans")]


def weeks_of_cases(weeks: int = 5, each: int = 210) -> None:
    """Cases of some weeks whose match slowly falls; a few unclear, some broken. Scores are set in the rows."""
    random = Random(7)  # noqa: S311 - figures to look at
    programme = a_trusted_programme()
    for week in range(weeks):
        at = timezone.now() - timedelta(days=7 * (weeks - 1 - week), hours=3)
        made = copies(a_checked_case(programme=programme, at=at), each)
        for case in made:
            match = min(0.95, random.gauss(0.62 - 0.03 * week, 0.1))
            StoredResult.objects.filter(case=case, name="match").update(
                score=match,
                band="pass" if match >= 0.4 else "ambiguous" if match >= 0.28 else "fail",
                reasons=[] if match >= 0.4 else ["match_unclear"],
            )
        a_checked_case(results(late=["match"], broken=["pose"], liveness=0.3), programme=programme, at=at)
    check_tallies.tally_days()


@pytest.mark.parametrize(("size", "viewport", "scheme", "language"), LOOKS)
def test_the_checks_are_reported_and_a_threshold_is_moved_without_a_script(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str, language: str
) -> None:
    weeks_of_cases()
    page = open_page(viewport, scheme)
    sign_in(page, a_person(Role.RISK_OFFICER))
    page.goto(f"/reports/checks?span=30d&language={language}")
    picture(page, screenshots, f"checks-{size}-{scheme}-{language}")
    page.goto(f"/reports/promises?span=30d&language={language}")
    picture(page, screenshots, f"promises-{size}-{scheme}-{language}")
    page.goto(f"/reports/compliance?span=30d&language={language}")
    picture(page, screenshots, f"compliance-{size}-{scheme}-{language}")
    page.goto(f"/reports/checks/what-if?span=30d&language={language}")
    page.locator("#threshold").fill("0.45")
    page.locator("form:has(#threshold) button").click()
    assert "threshold=0.45" in page.url
    assert "span=30d" in page.url
    picture(page, screenshots, f"what-if-{size}-{scheme}-{language}")


@pytest.mark.parametrize(("size", "viewport", "scheme", "language"), LOOKS)
def test_an_impact_assessment_is_recorded(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str, language: str
) -> None:
    page = open_page(viewport, scheme)
    sign_in(page, a_person(Role.RISK_OFFICER))
    page.goto("/reports/compliance/assessments")
    picture(page, screenshots, f"assessments-empty-{size}-{scheme}")
    for name, value in (
        ("title", "Enrolment by face"), ("version", "1.0"), ("owner", "Data protection office"),
        ("approved_on", "2026-01-05"), ("review_due", "2099-01-05"), ("reference", "File 2026/17"),
    ):  # fmt: skip
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name="Record").click()
    page.get_by_role("row", name="Enrolment by face").wait_for()
    picture(page, screenshots, f"assessments-{size}-{scheme}")
