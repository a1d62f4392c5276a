"""The person learns that more than their face was seen: how much, why, when, and by whose leave; never by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.capture.answers import an_upload, drawn_for, send
from tests.factories import (
    Invited,
    a_capture_programme,
    a_consenting_session,
    a_person,
    a_ready_view,
    a_session,
    ask_wider,
    make_ready,
    sent_to_people,
)
from tests.web.capture.browser import Browser
from verification import tasks
from verification.access.assignment import take_role
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case, Programme
from verification.cases.review_settings import ReviewSettings, change_review
from verification.retention.erase import expire_case
from verification.review import queue
from verification.subject.held import View, held_about
from verification.web.capture.texts import LOCALES, texts
from verification.wider.looks import mint_ticket, redeem
from verification.wider.models import Tier, WiderView

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)


def seen(view: WiderView) -> Case:
    token = mint_ticket(view.pk, view.asked_by, "session")
    redeem(token, session_key="session", asker=view.asked_by)
    return Case.objects.get(pk=view.claim.item_id)


def close(case: Case) -> Case:
    assert expire_case(case, actor=OPERATOR)
    return Case.objects.get(pk=case.pk)


def views(case: Case) -> list[View]:
    return [replace(view, at=case.received_at) for view in held_about(case).views]


@pytest.mark.parametrize(
    ("tier", "agreed"), [(Tier.FACE_AND_NECK, ("risk_officer",)), (Tier.FRAME, ("risk_officer", "senior_reviewer"))]
)
def test_once_the_case_is_closed_it_is_told_in_full(tier: Tier, agreed: tuple[str, ...]) -> None:
    case = close(seen(a_ready_view(tier)))
    assert views(case) == [View("senior_reviewer", case.received_at, "welfare", tier.value, agreed)]


def test_while_it_is_open_it_is_told_as_a_look_and_no_worry_is_given_away() -> None:
    case = seen(a_ready_view())
    assert views(case) == [View("senior_reviewer", case.received_at, "review")]


def test_what_was_asked_for_and_not_seen_is_no_look() -> None:
    view = a_ready_view()
    assert held_about(close(view.claim.item.case)).views == ()


def test_roles_are_those_that_people_had_then() -> None:
    view = a_ready_view()
    case = seen(view)
    for answer in view.answers.all():
        take_role(a_person(Role.ADMINISTRATOR), answer.approver, Role.RISK_OFFICER)
    assert views(close(case))[0].agreed == ("risk_officer",)


def a_captured_case_seen_wider(locale: str) -> tuple[Invited, WiderView]:
    programme = a_capture_programme(capture_region=Programme.Region.FACE_AND_NECK)
    change_review(OPERATOR, programme, replace(ReviewSettings(), wider_neck=True))
    invited = a_consenting_session(programme, locale=locale)
    send(invited, an_upload(drawn_for(invited)))
    sent_to_people(Case.objects.get(pk=invited.session.case_id))
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    view = make_ready(ask_wider(claim))
    close(seen(view))
    return invited, view


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_says_it_in_the_person_s_language_and_names_nobody(locale: str) -> None:
    invited, view = a_captured_case_seen_wider(locale)
    browser = Browser(invited)
    browser.client.cookies["capture"] = invited.cookie
    page = browser.get("/capture/mine").content.decode()
    words = texts(locale)
    for key in ("role_reviewer", "wider_neck", "reason_welfare", "agreed_by", "role_risk_officer"):
        assert words[key] in page, key
    for person in (view.asked_by, view.answers.get().approver):
        assert str(person) not in page
        assert person.username not in page
    assert view.sentence not in page


def notice(invited: Invited) -> str:
    return str(Browser(invited).get(f"/c/{invited.token}").content.decode())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("region", "neck", "told"),
    [
        (Programme.Region.FACE_AND_NECK, True, True),
        (Programme.Region.FACE_AND_NECK, False, False),
        # What is not filmed cannot be seen, so there is nothing to tell.
        (Programme.Region.FACE, True, False),
    ],
)
def test_the_notice_tells_of_wider_views_where_there_can_be_any(
    locale: str, region: str, neck: bool, told: bool
) -> None:
    programme = a_capture_programme(capture_region=region)
    change_review(OPERATOR, programme, replace(ReviewSettings(), wider_neck=neck))
    assert (texts(locale)["looks_wider"] in notice(a_session(programme, locale=locale))) is told
