"""What is drawn cannot be known before, and is drawn three times at most."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.capture.answers import DEVICE, drawn_for, reread
from tests.factories import a_bound_session, a_capture_programme, a_consenting_session
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.capture import challenges, consents, doors
from verification.capture.models import CaptureSession, Challenge
from verification.intake.sessions import take_other_way

pytestmark = pytest.mark.django_db


def refused_with(session: CaptureSession) -> str:
    with pytest.raises(doors.Closed) as closed:
        challenges.draw(session, DEVICE)
    return closed.value.code


def test_three_different_steps_fill_the_programmes_time_without_gaps() -> None:
    drawn = drawn_for(a_consenting_session(a_capture_programme(challenge_seconds=8)))
    assert len({step["step"] for step in drawn.steps}) == 3
    edges = [(step["from_ms"], step["to_ms"]) for step in drawn.steps]
    assert (edges[0][0], edges[-1][1], drawn.total_ms) == (0, 8_000, 8_000)
    assert all(one[1] == other[0] for one, other in pairwise(edges))
    assert 67_000 < drawn.deadline_ms <= 68_000


def test_hardly_ever_the_same_twice() -> None:
    session = a_consenting_session()
    drawn = {tuple(challenges._steps(voice=False)) for _ in range(200)}
    assert len(drawn) > 30  # of 60
    assert len({drawn_for(session).nonce for _ in range(3)}) == 3


@pytest.mark.parametrize(("asks", "agrees", "spoken"), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_digits_are_said_only_where_asked_for_and_agreed_to(asks: bool, agrees: bool, spoken: int) -> None:
    scopes = ["compare", "transmit", *(["voice"] if agrees else [])]
    drawn = drawn_for(a_consenting_session(a_capture_programme(asks_voice=asks), scopes=scopes))
    digits = [step["digits"] for step in drawn.steps if step["step"] == "say_digits"]
    assert len(digits) == spoken
    assert all(len(said) == 4 and said.isdigit() for said in digits)
    assert all("digits" not in step for step in drawn.steps if step["step"] != "say_digits")


def test_the_nonce_is_stored_nowhere() -> None:
    drawn = drawn_for(a_consenting_session())
    assert drawn.nonce not in str(Challenge.objects.values().get())
    assert not Entry.objects.filter(body__contains=drawn.nonce).exists()


def test_each_drawing_is_on_the_record_and_the_fourth_is_refused() -> None:
    invited = a_consenting_session()
    for _ in range(challenges.MAX_ATTEMPTS):
        drawn_for(invited)
    assert refused_with(reread(invited)) == "no_attempts_left"
    assert challenges.attempts_left(reread(invited)) == 0
    assert Entry.objects.filter(event=Event.CHALLENGE_DRAWN).count() == Challenge.objects.count() == 3


def test_a_tab_that_is_behind_draws_no_fourth_one() -> None:
    invited = a_consenting_session()
    behind = reread(invited)
    for _ in range(challenges.MAX_ATTEMPTS):
        drawn_for(invited)
    assert refused_with(behind) == "no_attempts_left"


def test_nothing_is_drawn_before_consent_or_after_the_other_way() -> None:
    invited = a_bound_session()
    assert refused_with(reread(invited)) == "no_consent"
    take_other_way(reread(invited))
    assert refused_with(reread(invited)) == "other_way"


def test_nothing_is_drawn_after_the_sessions_time() -> None:
    invited = a_consenting_session()
    with time_machine.travel(timezone.now() + doors.OPEN_FOR + timedelta(seconds=1)):
        assert refused_with(reread(invited)) == "expired"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {"label_is_virtual": False}),
        ({"label_is_virtual": True, "width": 640.0}, {"label_is_virtual": True, "width": 640}),
        ({"label_is_virtual": "yes", "width": True, "height": -1}, {"label_is_virtual": False}),
        ({"label": "Somebody's camera", "width": 1e9, "frame_rate": "30"}, {"label_is_virtual": False}),
    ],
)
def test_of_the_device_only_plain_facts_are_kept(said: dict[str, Any], kept: dict[str, Any]) -> None:
    assert challenges.read_device(said) == kept


def test_consent_without_what_is_needed_is_no_consent() -> None:
    invited = a_bound_session()
    for scopes in ([], ["compare"], ["transmit", "human_view", "voice", "everything"]):
        with pytest.raises(consents.ScopesMissing):
            consents.give(reread(invited), scopes)
    assert reread(invited).consents == {}
    assert not Entry.objects.filter(event=Event.CONSENT_GIVEN).exists()


def test_a_consent_is_kept_scope_by_scope_with_its_time_and_the_words_it_was_given_to() -> None:
    programme = a_capture_programme()
    session = reread(a_consenting_session(programme, scopes=["compare", "transmit", "voice", "everything"]))
    assert session.consents.keys() == {"compare", "transmit"}
    assert session.case.scopes == ["compare", "transmit"]
    assert not session.case.human_view
    assert session.notice_version == session.case.notice_version == f"capture-2.{programme.notice_number}"


def test_a_consent_can_be_given_anew_before_the_capture() -> None:
    invited = a_consenting_session()
    consents.give(reread(invited), ["compare", "transmit"])
    assert reread(invited).case.scopes == ["compare", "transmit"]
