"""Every main screen at a desk and in a hand, light and dark: no accessibility violation, and a picture to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import a_person, a_programme
from verification.access.roles import Role
from verification.audit import watches
from verification.audit.events import Actor
from verification.audit.models import SignedCheckpoint, Watch
from verification.cases.programmes import issue_key
from verification.review import decisions, queue

from .cases import checked_case
from .conftest import DESK, HAND, photograph, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [
    (size, viewport, scheme) for size, viewport in (("desk", DESK), ("hand", HAND)) for scheme in ("light", "dark")
]
OPTIONS = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


def picture(page: Page, directory: Path, name: str) -> None:
    # The case page is made to fit its screen; the others may be longer.
    photograph(page, directory / f"{name}.png", full_page="case" not in name)
    assert violations(page) == []


def violations(page: Page, part: str | None = None) -> list[tuple[str, list[str]]]:
    """What axe finds on the page as it stands, or in one part of it: each rule, and the elements that break it."""
    found = Axe().run(page, context=part, options=OPTIONS).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_screens_are_accessible_and_fit(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    cases = checked_case("mismatch", "ambiguous", "no-face")
    assert {case.status for case in cases} == {"in_review"}
    reviewer = a_person(Role.SENIOR_REVIEWER)
    page = open_page(viewport, scheme)
    page.goto("/login")
    picture(page, screenshots, f"login-{size}-{scheme}")
    sign_in(page, reviewer)
    picture(page, screenshots, f"queue-{size}-{scheme}")
    page.keyboard.press("n")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    picture(page, screenshots, f"case-{size}-{scheme}")
    for key in "2342":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="is decided").wait_for()
    picture(page, screenshots, f"findings-{size}-{scheme}")
    page.goto("/review")
    page.keyboard.press("?")
    picture(page, screenshots, f"keys-{size}-{scheme}")
    page.goto("/account/password")
    picture(page, screenshots, f"password-{size}-{scheme}")
    page.watch.expected = {403}  # type: ignore[attr-defined]  # see open_page
    page.goto("/people")
    picture(page, screenshots, f"denied-{size}-{scheme}")


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_administrators_screens_are_accessible_and_fit(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    administrator = a_person(Role.ADMINISTRATOR)
    other = a_person(Role.REVIEWER)
    for roles in ([Role.SENIOR_REVIEWER], [Role.RISK_OFFICER], [], [Role.REVIEWER, Role.SENIOR_REVIEWER]):
        a_person(*roles)
    issue_key(Actor.person(administrator.pk), a_programme(), "Onboarding service")
    a_programme()
    page = open_page(viewport, scheme)
    sign_in(page, administrator)
    picture(page, screenshots, f"people-{size}-{scheme}")
    page.goto(f"/people/{other.pk}")
    picture(page, screenshots, f"person-{size}-{scheme}")
    page.goto(f"/people/{administrator.pk}")
    picture(page, screenshots, f"own-row-{size}-{scheme}")
    page.goto("/programmes")
    picture(page, screenshots, f"programmes-{size}-{scheme}")


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_the_risk_officers_screens_are_accessible_and_fit(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    checked_case("clear-match", "mismatch", "ambiguous")
    reviewer = a_person(Role.REVIEWER)
    claim = queue.take_next(reviewer)
    assert claim is not None
    decisions.decide(
        claim.pk, reviewer, same_person="different", alive="live", confidence="4", reasons=["features_differ"]
    )
    page = open_page(viewport, scheme)
    sign_in(page, a_person(Role.RISK_OFFICER))
    picture(page, screenshots, f"reports-{size}-{scheme}")
    page.goto("/reports/log")
    picture(page, screenshots, f"log-{size}-{scheme}")
    page.goto("/reports/log/acts")
    picture(page, screenshots, f"acts-{size}-{scheme}")


@pytest.mark.parametrize(("size", "viewport", "scheme"), LOOKS)
def test_a_time_without_a_witness_is_shown_in_red(
    open_page: Callable[..., Page], screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    SignedCheckpoint.objects.create(origin="test.example/log", size=5, note="", witnessed_at=timezone.now())
    SignedCheckpoint.objects.create(origin="test.example/log", size=9, note="")
    watches.say(Watch.Part.WITNESS, "away")
    Watch.objects.update(since=timezone.now() - timedelta(minutes=10))
    page = open_page(viewport, scheme)
    sign_in(page, a_person(Role.RISK_OFFICER))
    expect(page.get_by_role("list", name="In short")).to_contain_text("and since then: unwitnessed")
    picture(page, screenshots, f"unwitnessed-reports-{size}-{scheme}")
    page.goto("/reports/log")
    expect(page.get_by_text("Unwitnessed", exact=True)).to_be_visible()
    picture(page, screenshots, f"unwitnessed-log-{size}-{scheme}")
