"""The second door to pixels and the page of those who agree, tried by the wrong people, in the wrong order and late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    a_claim,
    a_person,
    a_programme_with_wider_views,
    a_ready_view,
    an_asked_view,
    approve,
    ask_wider,
    draw,
    make_ready,
)
from verification import tasks
from verification.access.assignment import take_role
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.audit.models import Entry
from verification.cases.review_settings import ReviewSettings, change_review
from verification.review.models import Claim
from verification.vault.models import CaseKey, Purpose, SealedMedia
from verification.web.wider_view import in_the_pulse
from verification.wider import answers, endings, looks
from verification.wider.models import Tier, WiderView
from verification.wider.standing import NoSuchView

pytestmark = pytest.mark.django_db
ASKING = {"tier": "1", "reason": "welfare", "sentence": "The mark below the chin may be a bruise."}


@pytest.fixture(autouse=True)
def nobody_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.render_wider, "delay", lambda _view_id: None)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def senior() -> User:
    return a_person(Role.SENIOR_REVIEWER)


@pytest.fixture
def claim(senior: User) -> Claim:
    return a_claim(senior, a_programme_with_wider_views())


@pytest.fixture
def desk(senior: User) -> Client:
    return signed_in(senior)


def ask(client: Client, claim: Claim, **changes: str) -> Any:
    return client.post(reverse("case-wider-ask", args=[claim.pk]), ASKING | changes)


def ticket(client: Client, claim: Claim) -> Any:
    return client.post(reverse("case-wider-ticket", args=[claim.pk]))


def look(client: Client, token: str) -> Any:
    return client.post(reverse("wider-look"), {"ticket": token})


def said(client: Client, claim: Claim) -> Any:
    """What the page's next pulse tells it of a wider view."""
    return client.post(reverse("case-pulse", args=[claim.pk])).json()["wider"]


def answer(client: Client, view: WiderView, word: str = "yes") -> Any:
    return client.post(reverse("wider-answer", args=[view.pk]), {"answer": word})


def views() -> int:
    return Entry.objects.filter(event="wider:viewed").count()


# From asking to seeing -----------------------------------------------------------------------------------------------


def test_the_whole_way_as_the_page_sees_it(desk: Client, claim: Claim) -> None:
    assert said(desk, claim) is None
    assert ask(desk, claim).status_code == 201
    asked = said(desk, claim)
    assert (asked["state"], asked["tier"]) == ("asked", 1)
    assert "waiting for one other person" in asked["sentence"]
    view = WiderView.objects.get()
    assert answer(signed_in(a_person(Role.RISK_OFFICER)), view).status_code == 302
    assert said(desk, claim)["state"] == "approved"
    draw(view)
    assert said(desk, claim)["state"] == "ready"
    response = look(desk, ticket(desk, claim).json()["ticket"])
    assert response.content.startswith(b"\x89PNG")
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/png", "no-store")
    assert said(desk, claim)["state"] == "seen"
    WiderView.objects.update(ends_at=timezone.now())
    assert said(desk, claim)["state"] == "ended"
    assert "destroyed" in said(desk, claim)["sentence"]


def test_what_is_wrong_with_a_request_is_said_in_a_sentence(desk: Client, claim: Claim) -> None:
    response = ask(desk, claim, sentence="why not", reason="")
    assert response.status_code == 422
    assert set(response.json()["problems"]) == {"reason", "sentence"}
    assert response.json()["sentence"]


def test_two_requests_at_once_are_one(desk: Client, claim: Claim) -> None:
    ask(desk, claim)
    again = ask(desk, claim)
    assert (again.status_code, again.json()["reason"]) == (403, "asked_already")


def test_a_request_after_the_claim_is_told_so(desk: Client, claim: Claim) -> None:
    Claim.objects.update(ends_at=timezone.now())
    assert ask(desk, claim).status_code == 410


def test_another_reviewer_s_claim_looks_like_a_missing_one(claim: Claim) -> None:
    make_ready(ask_wider(claim))
    other = signed_in(a_person(Role.SENIOR_REVIEWER))
    for name in ("case-wider-ask", "case-wider-withdraw", "case-wider-ticket"):
        assert other.post(reverse(name, args=[claim.pk]), ASKING).status_code == 404
    assert views() == 0


def test_withdrawing_twice_is_withdrawing_once(desk: Client, claim: Claim) -> None:
    ask(desk, claim)
    for _ in range(2):
        response = desk.post(reverse("case-wider-withdraw", args=[claim.pk]))
        assert response.json()["wider"]["state"] == "ended"
    assert Entry.objects.filter(event="wider:ended").count() == 1


# The door ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_else_can_use_a_ticket_whatever_their_role(tier: Tier, role: Role | None, senior: User) -> None:
    view = a_ready_view(tier, senior)
    token = ticket(signed_in(senior), view.claim).json()["ticket"]
    response = look(signed_in(a_person(*([role] if role else []))), token)
    assert response.status_code == 403
    assert "image" not in response["Content-Type"]
    assert views() == 0


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("role", [*Role, None])
def test_nobody_else_gets_a_ticket_whatever_their_role(tier: Tier, role: Role | None, senior: User) -> None:
    view = a_ready_view(tier, senior)
    client = signed_in(a_person(*([role] if role else [])))
    assert ticket(client, view.claim).status_code in {403, 404}
    assert Client().post(reverse("case-wider-ticket", args=[view.claim_id])).status_code == 302


def test_a_visitor_is_sent_to_sign_in(senior: User) -> None:
    view = a_ready_view(asker=senior)
    token = ticket(signed_in(senior), view.claim).json()["ticket"]
    assert look(Client(), token).status_code == 302
    assert views() == 0


def test_a_ticket_is_worth_nothing_in_another_session_of_the_same_person(senior: User) -> None:
    view = a_ready_view(asker=senior)
    response = look(signed_in(senior), ticket(signed_in(senior), view.claim).json()["ticket"])
    assert (response.status_code, response.json()["reason"]) == (403, "ticket_unknown")
    assert views() == 0


def test_a_ticket_is_good_once(desk: Client, senior: User) -> None:
    view = a_ready_view(asker=senior)
    token = ticket(desk, view.claim).json()["ticket"]
    assert look(desk, token).status_code == 200
    again = look(desk, token)
    assert (again.status_code, again.json()["reason"]) == (403, "ticket_used")
    third = ticket(desk, view.claim)
    assert (third.status_code, third.json()["reason"]) == (403, "seen_already")
    assert views() == 1


def test_a_ticket_in_the_address_opens_nothing(desk: Client, senior: User) -> None:
    view = a_ready_view(asker=senior)
    token = ticket(desk, view.claim).json()["ticket"]
    assert desk.get(reverse("wider-look"), {"ticket": token}).status_code == 405
    assert desk.post(f"{reverse('wider-look')}?ticket={token}").status_code == 403
    assert views() == 0


def test_a_ticket_to_a_crop_opens_no_wider_view_and_the_other_way_round(desk: Client, senior: User) -> None:
    view = a_ready_view(asker=senior)
    crop = desk.post(reverse("case-tickets", args=[view.claim_id]), {"media": "crop-live"}).json()["tickets"]
    wider = ticket(desk, view.claim).json()["ticket"]
    assert look(desk, crop["crop-live"]).status_code == 403
    assert desk.post(reverse("review-look"), {"ticket": wider}).status_code == 403
    for media in ("wider", "live-0", "reference", "clip"):
        answered = desk.post(reverse("case-tickets", args=[view.claim_id]), {"media": media})
        assert answered.json()["tickets"] == {}
    assert views() == 0


def test_before_approval_there_is_neither_a_ticket_nor_anything_sealed(desk: Client, claim: Claim) -> None:
    assert ticket(desk, claim).status_code == 404
    for _ in (ask(desk, claim), approve(WiderView.objects.get())):
        response = ticket(desk, claim)
        assert (response.status_code, response.json()["reason"]) == (403, "not_ready")
        assert not CaseKey.objects.filter(purpose=Purpose.WIDER).exists()
        assert not SealedMedia.objects.filter(purpose=Purpose.WIDER).exists()


def test_a_role_taken_between_approval_and_look_takes_the_look(desk: Client, senior: User) -> None:
    view = a_ready_view(asker=senior)
    token = ticket(desk, view.claim).json()["ticket"]
    take_role(a_person(Role.ADMINISTRATOR), senior, Role.SENIOR_REVIEWER)
    assert look(desk, token).status_code == 403
    assert endings.end_overdue() == 1
    assert views() == 0


def test_a_switch_turned_between_approval_and_look_takes_the_look(desk: Client, senior: User) -> None:
    view = a_ready_view(Tier.FRAME, senior)
    token = ticket(desk, view.claim).json()["ticket"]
    change_review(OPERATOR, view.claim.item.case.programme, ReviewSettings(wider_neck=True))
    assert look(desk, token).json()["reason"] == "not_allowed"
    assert "not allowed any more" in said(desk, view.claim)["sentence"]


# Those who agree -----------------------------------------------------------------------------------------------------


def page(client: Client) -> str:
    return client.get(reverse("wider")).content.decode()


def test_a_request_is_shown_with_all_that_an_answer_needs_and_no_picture() -> None:
    view = an_asked_view(Tier.FRAME)
    text = page(signed_in(a_person(Role.RISK_OFFICER)))
    case = view.claim.item.case
    for words in (case.code, case.programme.name, "Whole stored frame", "hurt or not free", view.sentence):
        assert words in text
    assert str(view.asked_by) in text
    assert "Two must, one of them a risk officer." in text
    assert "<canvas" not in text
    assert "<img" not in text


def test_a_sentence_is_shown_as_text_and_never_as_markup(desk: Client, claim: Claim) -> None:
    ask(desk, claim, sentence="<script>alert(1)</script> & more")
    text = page(signed_in(a_person(Role.RISK_OFFICER)))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_one_s_own_request_waits_for_somebody_else(desk: Client, senior: User) -> None:
    view = an_asked_view(asker=senior)
    text = page(desk)
    assert "Yours: somebody else must answer." in text
    assert reverse("wider-answer", args=[view.pk]) not in text


@pytest.mark.parametrize("word", ["yes", "no"])
def test_the_asker_who_answers_all_the_same_is_refused_and_on_the_record(desk: Client, senior: User, word: str) -> None:
    view = an_asked_view(asker=senior)
    response = answer(desk, view, word)
    assert response.status_code == 403
    assert "Nobody answers their own request." in response.content.decode()
    entry = Entry.objects.get(event="wider:refused")
    assert '"reason":"own_request"' in entry.body
    view.refresh_from_db()
    assert view.state == WiderView.State.ASKED


def test_an_answer_that_comes_late_is_told_so() -> None:
    view = an_asked_view()
    WiderView.objects.update(answer_by=timezone.now())
    response = answer(signed_in(a_person(Role.RISK_OFFICER)), view)
    assert response.status_code == 409
    assert "The time to answer this request is over." in response.content.decode()


def test_a_second_answer_is_told_that_somebody_was_first() -> None:
    view = approve(an_asked_view())
    response = answer(signed_in(a_person(Role.SENIOR_REVIEWER)), view)
    assert response.status_code == 409
    assert "Somebody else answered this request first." in response.content.decode()


def test_neither_yes_nor_no_changes_nothing() -> None:
    view = an_asked_view()
    assert answer(signed_in(a_person(Role.RISK_OFFICER)), view, "perhaps").status_code == 422
    assert not view.answers.exists()


def test_a_request_that_is_gone_is_not_found() -> None:
    view = an_asked_view()
    client = signed_in(a_person(Role.RISK_OFFICER))
    WiderView.objects.all().delete()
    assert answer(client, view).status_code == 404


def test_the_last_day_is_listed_with_everybody_s_answer() -> None:
    officer = a_person(Role.RISK_OFFICER)
    client = signed_in(officer)
    assert "Nobody asks for a wider view" in page(client)
    view = an_asked_view()
    answer(client, view, "no")
    text = page(client)
    assert f"No, {officer}" in text
    assert "Refused" in text
    WiderView.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert f"No, {officer}" not in page(client)


# The case page -------------------------------------------------------------------------------------------------------


def case_page(client: Client, claim: Claim) -> str:
    return client.get(reverse("case", args=[claim.pk])).content.decode()


def test_the_page_offers_what_may_be_asked_for(desk: Client, claim: Claim) -> None:
    text = case_page(desk, claim)
    assert "Ask for a wider view" in text
    assert "Two other people must agree, one of them a risk officer." in text


def test_a_reviewer_is_told_who_asks_for_the_frame() -> None:
    reviewer = a_person(Role.REVIEWER)
    claim = a_claim(reviewer, a_programme_with_wider_views())
    assert "Only a senior reviewer asks for the whole frame." in case_page(signed_in(reviewer), claim)


def test_where_nothing_may_be_asked_for_the_page_says_why(desk: Client, senior: User) -> None:
    text = case_page(desk, a_claim(senior))
    assert "No wider view: This programme does not allow it." in text
    assert "data-wider-act" not in text


def test_an_open_page_learns_of_each_change_and_only_where_it_may() -> None:
    officer, reviewer = signed_in(a_person(Role.RISK_OFFICER)), signed_in(a_person(Role.REVIEWER))

    def version(client: Client) -> Any:
        return client.post(reverse("live"), {"topic": "wider"}).json()["versions"].get("wider")

    seen = [version(officer)]
    view = an_asked_view(Tier.FRAME)
    seen.append(version(officer))
    approve(view, a_person(Role.RISK_OFFICER))
    seen.append(version(officer))
    WiderView.objects.update(answer_by=timezone.now())
    endings.end_overdue()
    seen.append(version(officer))
    assert len(set(seen)) == 4
    assert version(officer) == seen[-1]
    assert version(reviewer) is None


def test_a_page_that_answers_a_form_does_not_ask_for_itself_again(desk: Client, senior: User) -> None:
    view = an_asked_view(asker=senior)
    assert "data-live-region" in page(desk)
    assert "data-live-region" not in answer(desk, view).content.decode()


def test_the_history_tells_what_was_seen_from_what_nobody_opened(desk: Client, senior: User) -> None:
    seen, unopened = a_ready_view(asker=senior), a_ready_view()
    look(desk, ticket(desk, seen.claim).json()["ticket"])
    officer = signed_in(a_person(Role.RISK_OFFICER))
    assert "Ready to be seen" in page(officer)
    WiderView.objects.update(ends_at=timezone.now())
    assert "Nobody opened it in its minute" in str(in_the_pulse(unopened.claim_id, unopened.asked_by))
    endings.end_overdue()
    text = page(officer)
    assert "Seen, and destroyed" in text
    assert "Never opened, and destroyed" in text


def test_the_first_of_two_who_must_agree_is_told_that_another_must() -> None:
    view = an_asked_view(Tier.FRAME)
    client = signed_in(a_person(Role.RISK_OFFICER))
    text = client.get(answer(client, view)["Location"]).content.decode()
    assert "You agreed. One more person must." in text
    assert "You have answered this request already." in text


@pytest.mark.parametrize("name", ["case-wider-withdraw", "case-wider-ticket"])
def test_a_view_that_an_erasure_takes_in_between_is_missing(
    desk: Client, senior: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    view = a_ready_view(asker=senior)

    def gone(_view_id: object) -> None:
        raise NoSuchView

    for module in (answers, looks):
        monkeypatch.setattr(module, "locked", gone)
    assert desk.post(reverse(name, args=[view.claim_id])).status_code == 404
