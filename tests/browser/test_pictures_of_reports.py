"""Every report at a desk and in a hand, light and dark, and each of its pages on paper in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tests.factories import a_person
from tests.reports.made_of_days import some_weeks, yesterday_and_before
from verification.access.roles import Role
from verification.reports import monthly, pdf_file
from verification.reports.models import MonthlyReport
from verification.reports.registry import REPORTS, made
from verification.reports.window import window
from verification.reports.words import LANGUAGES, Words

from .conftest import sign_in
from .test_pictures_of_pages import LOOKS, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_every_report_is_accessible_and_fits(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    some_weeks()
    asked = "&".join(f"{name}={value}" for name, value in yesterday_and_before().items())
    page = open_page(viewport, scheme)
    sign_in(page, a_person(Role.RISK_OFFICER))
    for key in REPORTS:
        language = "zh-hans" if scheme == "dark" else "en"
        page.goto(f"/reports/{key}?{asked}&language={language}")
        picture(page, screenshots, f"report-{key}-{size}-{scheme}")
    monthly.make(MonthlyReport.objects.create(month=timezone.localdate().replace(day=1), report="decisions").pk)
    page.goto("/reports/monthly")
    picture(page, screenshots, f"report-monthly-{size}-{scheme}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_is_whole_on_paper(screenshots: Path, language: str) -> None:
    some_weeks()
    asked = yesterday_and_before()
    chosen = window("custom", asked["from"], asked["to"])
    for key, report in REPORTS.items():
        pages = pdf_file.pictures(made(report, chosen, Words(language)), ppi=80)
        assert len(pages) >= 2
        for number, content in enumerate(pages, start=1):
            (screenshots / f"paper-{key}-{language}-{number}.png").write_bytes(content)
