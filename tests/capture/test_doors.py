"""An address opens once, for one browser, for a quarter of an hour by the server's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.capture.answers import reread
from tests.factories import a_bound_session, a_session
from verification.audit.events import OPERATOR
from verification.capture import doors
from verification.capture.models import CaptureSession
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.intake.sessions import choose
from verification.retention.erase import erase_case
from verification.vault.models import CaseKey

pytestmark = pytest.mark.django_db


def closed_with(session: CaptureSession, choice: str = "camera", cookie: str = "") -> str:
    with pytest.raises(doors.Closed) as closed:
        choose(session, choice, cookie=cookie)
    return closed.value.code


def test_the_address_leads_to_its_session() -> None:
    invited = a_session()
    assert doors.by_address(invited.token) == invited.session


@pytest.mark.parametrize("token", ["", "A" * 43, "A" * 42, "é" * 43, "A" * 5_000, "\0" * 43])
def test_a_guessed_address_leads_nowhere(token: str) -> None:
    a_session()
    assert doors.by_address(token) is None
    assert doors.by_cookie(token) is None


def test_neither_secret_is_stored() -> None:
    invited = a_bound_session()
    stored = str(CaptureSession.objects.filter(pk=invited.session.pk).values().get())
    assert invited.token not in stored
    assert invited.cookie not in stored
    assert reread(invited).token_digest != reread(invited).browser_digest


def test_another_key_makes_another_address(settings: object) -> None:
    invited = a_session()
    settings.PSEUDONYM_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="  # type: ignore[attr-defined]  # pytest-django's fixture
    assert doors.token_of(invited.session.case.programme_id, invited.session.pk) != invited.token


def test_the_first_browser_gets_the_session_and_may_choose_again() -> None:
    invited = a_bound_session()
    assert doors.by_cookie(invited.cookie) == invited.session
    assert choose(reread(invited), "camera", cookie=invited.cookie) is None


@pytest.mark.parametrize("cookie", ["", "A" * 43])
def test_a_second_browser_gets_nothing(cookie: str) -> None:
    invited = a_bound_session()
    assert closed_with(reread(invited), cookie=cookie) == "opened_elsewhere"
    assert closed_with(reread(invited), "other_way", cookie=cookie) == "opened_elsewhere"
    assert doors.by_cookie(invited.cookie) == invited.session


def test_two_browsers_at_the_same_moment_are_one_browser() -> None:
    invited = a_session()
    one, other = reread(invited), reread(invited)
    assert choose(one, "camera", cookie="")
    assert closed_with(other) == "opened_elsewhere"


def test_the_cookie_of_another_session_opens_only_that_one() -> None:
    one, other = a_bound_session(), a_bound_session()
    assert doors.by_cookie(one.cookie) == one.session
    assert closed_with(reread(other), cookie=one.cookie) == "opened_elsewhere"


def test_an_address_that_was_not_opened_in_time_is_closed() -> None:
    invited = a_session()
    with time_machine.travel(timezone.now() + doors.OPEN_FOR):
        assert closed_with(reread(invited)) == "expired"


def test_an_address_is_open_until_its_last_moment() -> None:
    invited = a_session()
    with time_machine.travel(invited.session.expires_at - timedelta(seconds=1)):
        assert choose(reread(invited), "camera", cookie="")


def test_a_choice_that_nobody_offers_is_none() -> None:
    invited = a_session()
    assert closed_with(invited.session, "neither") == "unknown_choice"
    assert reread(invited).browser_digest is None


def test_the_session_of_an_erased_case_is_closed_and_scrubbed() -> None:
    invited = a_bound_session()
    erase_case(invited.session.case_id, actor=OPERATOR)
    assert closed_with(reread(invited), cookie=invited.cookie) in {"erased", "opened_elsewhere"}
    assert doors.by_cookie(invited.cookie) is None


def test_the_cookie_opens_nothing_after_a_week() -> None:
    invited = a_bound_session()
    with time_machine.travel(timezone.now() + doors.COME_BACK_FOR + timedelta(seconds=1)):
        assert doors.by_cookie(invited.cookie) is None


def test_the_other_way_destroys_the_reference_and_is_no_refusal() -> None:
    invited = a_session()
    assert choose(invited.session, "other_way", cookie="")
    case = Case.objects.get(pk=invited.session.case_id)
    assert (case.status, case.outcome, case.reasons) == (CaseStatus.OTHER_WAY, Outcome.OTHER_WAY, [])
    assert not CaseKey.objects.filter(case=case, wrapped__isnull=False).exists()
    assert reread(invited).end == "other_way"


def test_the_other_way_can_be_taken_after_the_camera_was_chosen_but_not_the_reverse() -> None:
    invited = a_bound_session()
    choose(reread(invited), "other_way", cookie=invited.cookie)
    assert choose(reread(invited), "other_way", cookie=invited.cookie) is None
    assert closed_with(reread(invited), "camera", cookie=invited.cookie) == "other_way"
