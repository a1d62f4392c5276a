"""A wider view from the asking to its end: two people, two browsers, one look, and pixels that go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import a_person, approve
from tests.subject.test_wider_views_held import a_captured_case_seen_wider
from verification import tasks
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.review.models import Claim
from verification.vault.models import CaseKey, Purpose, SealedMedia
from verification.web.capture.texts import LOCALES, texts
from verification.wider import endings, leases
from verification.wider.models import WiderView

from .cases import checked_case
from .conftest import DESK, HAND, hold, photograph, sign_in
from .test_pictures_of_pages import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# How many different colours the open wider view holds: a face has thousands, a cleared canvas none.
COLOURS = """() => {
  const canvas = document.querySelector("canvas[data-media=wider]");
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size;
}"""
# Keep hold of the canvas, as a hostile extension might, to see that its pixels are gone and not only hidden.
KEEP = "() => { window.kept = document.querySelector('canvas[data-media=wider]'); }"
KEPT = "() => window.kept.width * window.kept.height"


@pytest.fixture
def case() -> Case:
    case = checked_case("mismatch")[0]
    change_review(OPERATOR, case.programme, replace(ReviewSettings(), wider_neck=True, wider_frame=True))
    return case


def in_the_case(page: Page, reviewer: User) -> Page:
    sign_in(page, reviewer)
    page.keyboard.press("n")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    return page


def ask(page: Page, tier: str = "Face and neck") -> WiderView:
    page.keyboard.press("v")
    page.get_by_role("radio", name=tier).check()
    page.get_by_label("Reason", exact=True).select_option("welfare")
    page.get_by_label("In a sentence").fill("The mark below the chin may be a bruise.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return WiderView.objects.get(ended_at=None)


def agree(page: Page, key: str = "a") -> None:
    page.goto("/wider")
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text="You ")).to_be_visible()


def shown(page: Page) -> None:
    expect(page.locator("canvas[data-media=wider][data-drawn]")).to_be_visible()


def expect_gone(page: Page) -> None:
    expect(page.locator("canvas[data-media=wider]")).to_have_count(0)
    assert page.evaluate(KEPT) == 0


def living_keys() -> int:
    return CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).count()


def ready(page: Page, reviewer: User) -> WiderView:
    """Asked for on the page, agreed to elsewhere, and drawn: the page offers to open it."""
    view = approve(ask(in_the_case(page, reviewer)))
    leases.render(view.pk)
    expect(page.get_by_role("button", name="Open the wider view now")).to_be_visible()
    return view


def opened(page: Page, reviewer: User) -> Page:
    ready(page, reviewer)
    page.keyboard.press("v")
    shown(page)
    page.evaluate(KEEP)
    return page


def views() -> int:
    return Entry.objects.filter(event="wider:viewed").count()


def test_face_and_neck_are_asked_for_agreed_to_seen_and_gone(
    open_page: Callable[..., Page], case: Case, screenshots: Path
) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    page.keyboard.press("v")
    photograph(page, screenshots / "wider-ask.png")
    assert violations(page) == []
    page.keyboard.press("Escape")
    view = ask(page)
    expect(page.get_by_text("waiting for one other person")).to_be_visible()
    photograph(page, screenshots / "wider-asked.png")

    other = open_page()
    sign_in(other, a_person(Role.RISK_OFFICER))
    other.goto("/wider")
    photograph(other, screenshots / "wider-requests.png")
    assert violations(other) == []
    agree(other)
    photograph(other, screenshots / "wider-agreed.png")
    expect(page.get_by_text("The picture is being drawn.", exact=False).first).to_be_visible()

    leases.render(view.pk)
    expect(page.get_by_role("button", name="Open the wider view now")).to_be_visible()
    photograph(page, screenshots / "wider-ready.png")
    page.keyboard.press("v")
    shown(page)
    assert page.evaluate(COLOURS) > 1000
    page.evaluate(KEEP)
    photograph(page, screenshots / "wider-view.png")
    assert violations(page) == []
    assert living_keys() == 0
    assert not SealedMedia.objects.filter(purpose=Purpose.WIDER, deleted_at=None).exists()

    WiderView.objects.update(ends_at=timezone.now())
    expect(page.get_by_role("dialog").get_by_text("destroyed")).to_be_visible()
    expect_gone(page)
    photograph(page, screenshots / "wider-gone.png")
    endings.end_overdue()
    view.refresh_from_db()
    assert view.end == WiderView.End.MINUTE_OVER
    assert views() == 1


def test_the_whole_frame_is_agreed_to_by_two_on_pages_that_were_open(
    open_page: Callable[..., Page], case: Case, screenshots: Path
) -> None:
    others = [open_page(), open_page()]
    for page, role in zip(others, (Role.SENIOR_REVIEWER, Role.RISK_OFFICER), strict=True):
        sign_in(page, a_person(role))
        page.goto("/wider")
        expect(page.get_by_text("Nobody asks for a wider view")).to_be_visible()
    page = in_the_case(open_page(), a_person(Role.SENIOR_REVIEWER))
    view = ask(page, "Whole stored frame")
    expect(page.get_by_text("waiting for 2 other people")).to_be_visible()
    for other in others:
        expect(other.get_by_role("heading", name="Whole stored frame of case")).to_be_visible()
        other.once("dialog", lambda dialog: dialog.accept())
        other.keyboard.press("a")
        expect(other.get_by_text("You agreed.")).to_be_visible()
    expect(page.get_by_text("The picture is being drawn.", exact=False).first).to_be_visible()
    expect(others[0].get_by_text("Being drawn")).to_be_visible()
    photograph(others[0], screenshots / "wider-history.png")
    leases.render(view.pk)
    page.get_by_role("button", name="Open the wider view now").click()
    shown(page)
    photograph(page, screenshots / "wider-frame.png")
    assert views() == 1


def test_the_asker_cannot_agree_to_their_own_request(open_page: Callable[..., Page], case: Case) -> None:
    page = open_page()
    view = ask(in_the_case(page, a_person(Role.SENIOR_REVIEWER)))
    own = page.context.new_page()
    own.goto("/wider")
    expect(own.get_by_text("Yours: somebody else must answer.")).to_be_visible()
    expect(own.get_by_role("button", name="Agree")).to_have_count(0)
    own.keyboard.press("a")
    answer = own.evaluate(
        """async (url) => {
          const body = new URLSearchParams({ answer: "yes" });
          const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf]").content };
          return (await fetch(url, { method: "POST", body, headers })).status;
        }""",
        f"/wider/{view.pk}/answer",
    )
    assert answer == 403
    view.refresh_from_db()
    assert view.state == WiderView.State.ASKED
    assert not view.answers.exists()


def test_a_request_can_be_withdrawn_and_asked_again(open_page: Callable[..., Page], case: Case) -> None:
    page = open_page()
    view = ask(in_the_case(page, a_person(Role.REVIEWER)))
    expect(page.get_by_role("button", name="Withdraw the request")).to_be_visible()
    page.keyboard.press("v")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You withdrew the request.").first).to_be_visible()
    view.refresh_from_db()
    assert view.end == WiderView.End.WITHDRAWN
    ask(page)
    assert WiderView.objects.count() == 2


def test_a_request_without_a_reason_says_what_is_missing_and_keeps_the_rest(
    open_page: Callable[..., Page], case: Case
) -> None:
    page = in_the_case(open_page(), a_person(Role.REVIEWER))
    page.watch.expected = {422}  # type: ignore[attr-defined]  # see open_page
    page.keyboard.press("v")
    page.get_by_label("In a sentence").fill("The mark below the chin may be a bruise.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Choose a reason from the list.")).to_be_visible()
    expect(page.get_by_label("In a sentence")).to_have_value("The mark below the chin may be a bruise.")
    assert not WiderView.objects.exists()


def test_a_minute_after_it_was_ready_no_pixel_is_left(open_page: Callable[..., Page], case: Case) -> None:
    page = open_page()
    page.clock.install()
    opened(page, a_person(Role.REVIEWER))
    for _ in range(6):
        shown(page)
        # The claim lives by its pulses, which must be answered on the way.
        with page.expect_response("**/pulse"):
            page.clock.run_for(9_000)
    page.clock.run_for(7_000)
    expect(page.get_by_role("dialog").get_by_text("Gone.")).to_be_visible()
    expect_gone(page)


def test_closing_it_lets_go_of_it_and_it_does_not_open_again(open_page: Callable[..., Page], case: Case) -> None:
    page = opened(open_page(), a_person(Role.REVIEWER))
    page.keyboard.press("Escape")
    expect_gone(page)
    expect(page.get_by_role("button", name="Seen")).to_be_disabled()
    page.keyboard.press("v")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert views() == 1


def test_pixels_go_with_the_claim(open_page: Callable[..., Page], case: Case) -> None:
    page = opened(open_page(), a_person(Role.REVIEWER))
    Claim.objects.update(ends_at=timezone.now())
    expect(page.get_by_text("The pictures are closed")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_gone(page)


def test_pixels_go_when_the_programme_switches_it_off(open_page: Callable[..., Page], case: Case) -> None:
    page = opened(open_page(), a_person(Role.REVIEWER))
    change_review(OPERATOR, case.programme, ReviewSettings())
    expect(page.get_by_role("dialog").get_by_text("not allowed any more")).to_be_visible()
    expect_gone(page)


def test_a_network_that_breaks_costs_no_look(open_page: Callable[..., Page], case: Case) -> None:
    page = open_page()
    ready(page, a_person(Role.REVIEWER))
    page.watch.cut_off = True  # type: ignore[attr-defined]  # see open_page
    for address, sentence in (("**/wider/ticket", "did not answer"), ("**/wider/look", "did not arrive")):
        page.route(address, lambda route: route.abort())
        page.keyboard.press("v")
        expect(page.get_by_role("dialog").get_by_text(sentence)).to_be_visible()
        page.keyboard.press("Escape")
        page.unroute(address)
    assert views() == 0
    page.keyboard.press("v")
    shown(page)
    assert views() == 1


def test_its_tools_zoom_and_blur_what_is_shown(open_page: Callable[..., Page], case: Case) -> None:
    page = opened(open_page(), a_person(Role.REVIEWER))
    canvas = page.locator("canvas[data-media=wider]")
    page.keyboard.press("b")
    page.keyboard.press("+")
    expect(page.get_by_role("dialog").get_by_role("button", name="Blur")).to_have_attribute("aria-pressed", "true")
    assert "blur" in canvas.evaluate("canvas => canvas.style.filter")
    # The face behind the dialogue keeps its own tone.
    assert "blur" not in page.locator("canvas[data-media=crop-live]").evaluate("canvas => canvas.style.filter")


def test_no_address_holds_a_ticket(open_page: Callable[..., Page], case: Case) -> None:
    page = opened(open_page(), a_person(Role.REVIEWER))
    looks = [address for address in page.watch.addresses if "wider" in address and "static" not in address]  # type: ignore[attr-defined]
    assert {address.partition("?")[2] for address in looks} == {""}
    expect(page.locator("img, video")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "viewport", "scheme"),
    [("desk", DESK, "dark"), ("small", {"width": 1024, "height": 768}, "light"), ("hand", HAND, "dark")],
)
def test_every_step_is_accessible_and_fits(
    open_page: Callable[..., Page], case: Case, screenshots: Path, size: str, viewport: object, scheme: str
) -> None:
    def picture(page: Page, name: str) -> None:
        photograph(page, screenshots / f"wider-{name}-{size}-{scheme}.png")
        assert violations(page, "[data-wider], .main:not(.wide)") == []

    page = in_the_case(open_page(viewport, scheme), a_person(Role.SENIOR_REVIEWER))
    page.keyboard.press("v")
    picture(page, "ask")
    page.keyboard.press("Escape")
    view = ask(page)
    other = open_page(viewport, scheme)
    sign_in(other, a_person(Role.RISK_OFFICER))
    other.goto("/wider")
    picture(other, "requests")
    approve(view)
    leases.render(view.pk)
    expect(page.get_by_role("button", name="Open the wider view now")).to_be_visible()
    picture(page, "ready")
    page.keyboard.press("v")
    shown(page)
    picture(page, "view")
    other.reload()
    picture(other, "history")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_person_reads_that_it_happened(
    open_page: Callable[..., Page], screenshots: Path, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)
    invited, _ = a_captured_case_seen_wider(locale)
    page = open_page(HAND)
    hold(page, invited)
    page.goto("/capture/mine")
    expect(page.get_by_role("table")).to_contain_text(texts(locale)["reason_welfare"])
    photograph(page, screenshots / f"wider-mine-{locale}.png", full_page=True)
    assert violations(page) == []
