"""A reviewer's whole way through a case, with keys alone, on real faces cut out by the worker's own code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import a_person
from verification.access.assignment import take_role
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.models import Entry
from verification.review.models import Claim, Vote

from .cases import checked_case
from .conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# How many different colours each drawn canvas holds: a face has thousands, a cleared canvas none.
COLOURS = """() => [...document.querySelectorAll("canvas[data-media]")].map((canvas) => {
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size;
})"""
# Keep hold of the canvases, as a hostile extension might, to see that their pixels are gone and not only hidden.
KEEP = "() => { window.kept = [...document.querySelectorAll('canvas')]; }"
KEPT = "() => window.kept.map((canvas) => canvas.width * canvas.height)"


def in_a_case(page: Page, reviewer: User) -> Page:
    sign_in(page, reviewer)
    page.keyboard.press("n")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    page.evaluate(KEEP)
    return page


def views() -> int:
    return Entry.objects.filter(event="crop:viewed").count()


def expect_closed(page: Page, sentence: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(sentence, timeout=10_000)
    expect(page.locator("canvas")).to_have_count(0)
    assert page.evaluate(KEPT) == [0, 0]


@pytest.fixture
def reviewer() -> User:
    checked_case("mismatch")
    return a_person(Role.REVIEWER)


def test_a_case_is_taken_seen_and_decided_without_a_mouse(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    assert min(page.evaluate(COLOURS)) > 1000
    assert views() == 2
    record = page.get_by_role("button", name="Record")
    expect(record).to_be_disabled()
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.get_by_text("Still needed: same person, alive, how sure you are, a reason.")).to_be_visible()
    page.keyboard.press("Enter")
    # Each digit answers the question that is marked, and the mark moves on by itself.
    for key in "214":
        page.keyboard.press(key)
    expect(page.get_by_text("Still needed: a reason.")).to_be_visible()
    assert not Vote.objects.exists()
    page.keyboard.press("2")
    page.keyboard.press("t")
    page.keyboard.type("ears differ, 2 of 2")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    expect(page.get_by_text("Then what the machine found opens here.")).to_be_visible()
    expect(page.get_by_role("cell", name="Agree")).to_have_count(0)
    decision = Vote.objects.get()
    assert (decision.same_person, decision.alive, decision.confidence) == ("different", "live", 4)
    assert decision.reasons == ["features_differ"]
    assert decision.note == "ears differ, 2 of 2"
    # The page opens what was found by itself, as soon as the answer counts.
    expect(page.get_by_role("heading", name="is decided")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("cell", name="Agree")).to_have_count(2)
    page.keyboard.press("n")
    expect(page.get_by_text("Nothing is waiting just now.")).to_be_visible()


def test_machine_scores_are_nowhere_on_the_page_before_the_decision(
    open_page: Callable[..., Page], reviewer: User
) -> None:
    page = in_a_case(open_page(), reviewer)
    words = page.content().lower()
    assert "the machine left open whether both pictures show the same person" in words
    for score in Claim.objects.get().item.case.results.exclude(score=None):
        assert f"{score.score:.2f}" not in words
    for telling in ("ambiguous", "failed", "cosine", "probability"):
        assert telling not in words


def test_no_address_holds_a_ticket_and_no_picture_comes_by_an_image_element(
    open_page: Callable[..., Page], reviewer: User
) -> None:
    page = in_a_case(open_page(), reviewer)
    looks = [address for address in page.watch.addresses if "look" in address]  # type: ignore[attr-defined]
    assert len(looks) == 2
    assert {address.partition("?")[2] for address in looks} == {""}
    expect(page.locator("img, video, [style*=url]")).to_have_count(0)


def test_extending_keeps_what_was_chosen_and_costs_no_second_look(
    open_page: Callable[..., Page], reviewer: User
) -> None:
    page = in_a_case(open_page(), reviewer)
    page.keyboard.press("3")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Extended")).to_be_disabled()
    expect(page.get_by_role("timer")).to_contain_text("14 min")
    expect(page.get_by_role("group", name="Same person?").get_by_label("Cannot tell")).to_be_checked()
    assert views() == 2


def test_giving_a_case_back_asks_first(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    page.keyboard.press("r")
    expect(page.get_by_role("dialog", name="Give this case back?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the next case")).to_be_visible()
    assert Claim.objects.get().end == "released"


def test_pixels_go_when_the_claim_runs_out(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    Claim.objects.update(ends_at=timezone.now() + timedelta(seconds=2))
    expect_closed(page, "Your time with this case is over.")


def test_pixels_go_when_the_role_is_taken(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    page.watch.expected = {403}  # type: ignore[attr-defined]
    take_role(a_person(Role.ADMINISTRATOR), reviewer, Role.REVIEWER)
    expect_closed(page, "Your role does not include this.")


def test_pixels_go_when_the_session_ends_elsewhere(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    page.watch.expected = {403}  # type: ignore[attr-defined]
    other = page.context.new_page()
    other.goto("/account/password")
    other.get_by_text("Person", exact=False).first.click()
    other.get_by_role("button", name="Sign out").click()
    expect_closed(page, "You are signed out")


def test_pixels_go_when_the_console_is_silent_for_a_minute(open_page: Callable[..., Page], reviewer: User) -> None:
    page = open_page()
    page.clock.install()
    in_a_case(page, reviewer)
    page.watch.cut_off = True  # type: ignore[attr-defined]
    page.route("**/pulse", lambda route: route.abort())
    page.clock.run_for(57_000)
    expect_closed(page, "could not be reached for a minute")


def test_going_back_in_the_browser_shows_no_pixels(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    for key in "3329":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(0)


def test_the_question_mark_opens_a_sheet_that_takes_the_keys(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("Record the decision")
    page.keyboard.press("1")
    expect(page.locator("input:checked")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_a_capture_without_a_face_shows_no_picture_and_can_be_decided(open_page: Callable[..., Page]) -> None:
    checked_case("no-face")
    page = open_page()
    sign_in(page, a_person(Role.REVIEWER))
    page.keyboard.press("n")
    expect(
        page.get_by_text("No face that could be outlined").or_(page.get_by_text("No picture can be shown"))
    ).to_be_visible()
    # A decision ends the claim, and a picture still on its way would be refused.
    expect(page.locator("canvas[data-drawn]")).to_have_count(1)
    for key in "3320":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    assert Vote.objects.get().reasons == ["no_face_shown"]


def test_a_slip_is_undone_by_a_key_and_answered_anew(open_page: Callable[..., Page], reviewer: User) -> None:
    page = in_a_case(open_page(), reviewer)
    for key in "1141":
        page.keyboard.press(key)
    page.keyboard.press("t")
    page.keyboard.type("a scar on the left")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    expect(page.get_by_text("Undone. Nothing you answered before counts")).to_be_visible()
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    expect(page.get_by_label("Note optional")).to_have_value("a scar on the left")
    for key in "2142":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    assert sorted(Vote.objects.values_list("state", "same_person")) == [("pending", "different"), ("undone", "same")]


def test_the_next_case_comes_by_itself_and_the_last_can_still_be_undone(
    open_page: Callable[..., Page],
) -> None:
    checked_case("mismatch", "ambiguous")
    reviewer = a_person(Role.REVIEWER)
    page = in_a_case(open_page(), reviewer)
    first = page.locator("h1 .code").inner_text()
    page.keyboard.press("a")
    for key in "2142":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("h1 .code")).not_to_have_text(first)
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    # What was chosen for the next case is kept for the reviewer, too.
    expect(page.get_by_label("Then take the next case by itself")).to_be_checked()
    page.keyboard.press("u")
    expect(page.locator("h1 .code")).to_have_text(first)
    assert sorted(Claim.objects.values_list("end", flat=True)) == ["", "decided", "released"]


def test_ten_cases_are_cleared_with_the_keyboard_alone(open_page: Callable[..., Page]) -> None:
    """The next one comes by itself, so that after the first `N` each case takes a few digits and Enter."""
    checked_case("mismatch", "ambiguous", times=5)
    page = in_a_case(open_page(), a_person(Role.REVIEWER))
    page.keyboard.press("a")
    seen = []
    for number in range(1, 11):
        expect(page.locator("canvas[data-drawn]")).to_have_count(2)
        seen.append(page.locator("h1 .code").inner_text())
        assert min(page.evaluate(COLOURS)) > 1000
        for key in "2142":
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        if number < 10:
            expect(page.locator("h1 .code")).not_to_have_text(seen[-1])
    expect(page.get_by_role("heading", name="is recorded")).to_be_visible()
    assert len(set(seen)) == Vote.objects.count() == 10
    assert set(Claim.objects.values_list("end", flat=True)) == {"decided"}
    assert views() == 20
