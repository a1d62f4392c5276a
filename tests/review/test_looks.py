"""No look without a log line, and no line without a right: a ticket is good once, briefly, here, for its holder."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.factories import a_case_in_review, a_claim, a_person
from verification.access.assignment import take_role
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.retention.erase import destroy_media
from verification.review import claims, queue
from verification.review.grants import TICKET_FOR, LookRefused, mint_tickets, redeem
from verification.review.models import Claim, LookTicket
from verification.vault import objects

SESSION = "session-one"


def a_ticket() -> tuple[Claim, str]:
    claim = a_claim()
    return claim, mint_tickets(claim.pk, claim.reviewer, SESSION, ["crop-live"])["crop-live"]


def refusal(token: str, claim: Claim, **changes: Any) -> str:
    given: dict[str, Any] = {"session_key": SESSION, "reviewer": claim.reviewer} | changes
    with pytest.raises(LookRefused) as refused:
        redeem(token, **given)
    assert refused.value.sentence
    return refused.value.reason


def views() -> int:
    return Entry.objects.filter(event=Event.CROP_VIEWED).count()


@pytest.mark.django_db
def test_a_look_shows_a_picture_and_leaves_a_line() -> None:
    claim, token = a_ticket()
    look = redeem(token, session_key=SESSION, reviewer=claim.reviewer)
    assert look.webp[8:12] == b"WEBP"
    entry = Entry.objects.get(event=Event.CROP_VIEWED)
    assert entry.case_id == name_of(claim.item_id)
    assert entry.actor_id == str(claim.reviewer_id)
    assert f'"claim":"{claim.pk}"' in entry.body


@pytest.mark.django_db
def test_if_the_log_cannot_be_written_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, token = a_ticket()

    def refuse(*_args: object, **_facts: object) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr("verification.vault.store.record", refuse)
    with pytest.raises(OSError, match="the log is full"):
        redeem(token, session_key=SESSION, reviewer=claim.reviewer)
    assert views() == 0


@pytest.mark.django_db
def test_a_ticket_is_good_once() -> None:
    claim, token = a_ticket()
    redeem(token, session_key=SESSION, reviewer=claim.reviewer)
    assert refusal(token, claim) == "ticket_used"
    assert views() == 1
    assert Entry.objects.get(event=Event.CROP_REFUSED).case_id == name_of(claim.item_id)


@pytest.mark.django_db
def test_a_ticket_is_good_for_twenty_seconds() -> None:
    assert timedelta(seconds=20) >= TICKET_FOR
    claim, token = a_ticket()
    with time_machine.travel(timezone.now() + TICKET_FOR):
        assert refusal(token, claim) == "ticket_late"
    assert views() == 0


@pytest.mark.django_db
def test_a_ticket_is_good_in_its_own_session_only() -> None:
    claim, token = a_ticket()
    assert refusal(token, claim, session_key="session-two") == "ticket_unknown"
    assert views() == 0


@pytest.mark.django_db
def test_a_ticket_is_good_for_its_own_reviewer_only() -> None:
    claim, token = a_ticket()
    assert refusal(token, claim, reviewer=a_person(Role.REVIEWER)) == "ticket_unknown"
    assert views() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_others_are_refused_even_with_a_ticket(role: Role) -> None:
    claim, token = a_ticket()
    assert refusal(token, claim, reviewer=a_person(role)) == "role_missing"


@pytest.mark.django_db
def test_an_invented_ticket_opens_nothing() -> None:
    claim, _token = a_ticket()
    assert refusal("x" * 43, claim) == "ticket_unknown"


@pytest.mark.django_db
def test_a_ticket_dies_with_its_claim() -> None:
    claim, token = a_ticket()
    claims.release(claim.pk, claim.reviewer)
    assert refusal(token, claim) == "claim_ended"
    assert views() == 0


@pytest.mark.django_db
def test_a_ticket_dies_with_the_role() -> None:
    claim, token = a_ticket()
    take_role(a_person(Role.ADMINISTRATOR), claim.reviewer, Role.REVIEWER)
    assert refusal(token, claim) == "role_missing"


@pytest.mark.django_db
def test_destroyed_media_is_not_shown() -> None:
    claim, token = a_ticket()
    destroy_media(claim.item_id, actor=OPERATOR, reason="requested")
    assert refusal(token, claim) == "media_destroyed"


@pytest.mark.django_db
def test_a_damaged_crop_is_a_sentence_and_not_a_crash() -> None:
    claim, token = a_ticket()
    media = claim.item.case.media.get(kind="crop-live")
    with objects.media_storage().open(media.object_name, "r+b") as stored:
        stored.seek(20)
        stored.write(b"\x00\x01\x02")
    assert refusal(token, claim) == "media_damaged"
    assert views() == 0


@pytest.mark.django_db
def test_a_case_without_an_outline_has_no_tickets() -> None:
    a_case_in_review(crops=False)
    claim = queue.take_next(a_person(Role.REVIEWER))
    assert claim is not None
    assert mint_tickets(claim.pk, claim.reviewer, SESSION, ["crop-live"]) == {}


@pytest.mark.django_db
def test_the_database_keeps_no_ticket() -> None:
    _claim, token = a_ticket()
    stored = LookTicket.objects.values_list("digest", flat=True)
    assert all(token.encode() not in bytes(digest) for digest in stored)


@pytest.mark.django_db
def test_the_log_refuses_a_fact_that_its_event_does_not_declare() -> None:
    with pytest.raises(log.UndeclaredFact):
        log.record(Event.CROP_VIEWED, actor=OPERATOR, name="somebody")
