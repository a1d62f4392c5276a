"""One look, by the asker, in one session, within the minute, on the record; and after it nothing is left to look at."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from tests.factories import a_person, a_picture, a_ready_view, an_asked_view, approve
from verification.access.assignment import take_role
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.audit.pseudonyms import name_of
from verification.cases.review_settings import ReviewSettings, change_review
from verification.retention.erase import destroy_media
from verification.review import claims
from verification.review.marking import STRIP
from verification.vault import objects
from verification.vault.models import CaseKey, Purpose, SealedMedia
from verification.wider import endings
from verification.wider.looks import TICKET_FOR, WiderRefused, mint_ticket, redeem
from verification.wider.models import Tier, WiderView
from verification.wider.standing import SHOWN_FOR, NoSuchView

from .told import facts_of, last_refusal

pytestmark = pytest.mark.django_db
SESSION = "session-one"


def a_ticket(tier: Tier = Tier.FACE_AND_NECK) -> tuple[WiderView, str]:
    view = a_ready_view(tier)
    return view, mint_ticket(view.pk, view.asked_by, SESSION)


def look(view: WiderView, token: str, **changes: Any) -> bytes:
    given: dict[str, Any] = {"session_key": SESSION, "asker": view.asked_by} | changes
    return redeem(token, **given).png


def refusal(view: WiderView, token: str, **changes: Any) -> str:
    with pytest.raises(WiderRefused) as refused:
        look(view, token, **changes)
    assert refused.value.sentence
    assert last_refusal() == refused.value.reason
    assert views() == 0
    return refused.value.reason


def no_ticket(view: WiderView) -> str:
    with pytest.raises(WiderRefused) as refused:
        mint_ticket(view.pk, view.asked_by, SESSION)
    assert last_refusal() == refused.value.reason
    return refused.value.reason


def views() -> int:
    return Entry.objects.filter(event=Event.WIDER_VIEWED).count()


def living_keys() -> int:
    return CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).count()


@pytest.mark.parametrize("tier", list(Tier))
def test_a_look_is_one_marked_picture_and_one_line_with_everybody_in_it(tier: Tier) -> None:
    view, token = a_ticket(tier)
    png = look(view, token)
    with Image.open(io.BytesIO(png)) as shown:
        assert shown.size == (512, 512 + STRIP)
    entry = Entry.objects.get(event=Event.WIDER_VIEWED)
    assert (entry.actor_id, entry.case_id) == (str(view.asked_by_id), name_of(view.claim.item_id))
    (facts,) = facts_of(Event.WIDER_VIEWED)
    approvers = [str(pk) for pk in view.answers.values_list("approver_id", flat=True)]
    assert len(approvers) == tier.value
    assert facts == {
        "view": str(view.pk), "claim": str(view.claim_id), "tier": tier.value,
        "reason": "welfare", "approvers": approvers,
    }  # fmt: skip


def test_the_mark_is_in_the_pixels() -> None:
    view, token = a_ticket()
    with Image.open(io.BytesIO(look(view, token))) as shown, Image.open(io.BytesIO(a_picture())) as bare:
        assert shown.convert("RGB").crop((0, 0, 512, 512)).tobytes() != bare.convert("RGB").tobytes()


@pytest.mark.django_db(transaction=True)
def test_once_seen_no_key_and_no_bytes_are_left() -> None:
    view, token = a_ticket()
    look(view, token)
    view.refresh_from_db()
    assert view.state == WiderView.State.SEEN
    assert view.seen_at is not None
    assert living_keys() == 0
    assert not SealedMedia.objects.filter(purpose=Purpose.WIDER, deleted_at=None).exists()


def test_it_is_seen_once() -> None:
    view, token = a_ticket()
    look(view, token)
    with pytest.raises(WiderRefused, match="ticket_used"):
        look(view, token)
    assert no_ticket(view) == "seen_already"
    assert views() == 1


def test_if_the_log_cannot_be_written_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    view, token = a_ticket()

    def full(*_args: object, **_facts: object) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr("verification.vault.store.record", full)
    with pytest.raises(OSError, match="the log is full"):
        look(view, token)
    assert views() == 0
    assert living_keys() == 1


@pytest.mark.parametrize("state", ["asked", "approved"])
def test_before_it_is_ready_there_is_no_ticket_and_nothing_to_see(state: str) -> None:
    view = an_asked_view()
    if state == "approved":
        view = approve(view)
    assert no_ticket(view) == "not_ready"
    assert not CaseKey.objects.filter(purpose=Purpose.WIDER).exists()
    assert not SealedMedia.objects.filter(purpose=Purpose.WIDER).exists()


def test_a_ticket_is_good_for_twenty_seconds() -> None:
    assert timedelta(seconds=20) >= TICKET_FOR
    view, token = a_ticket()
    with time_machine.travel(timezone.now() + TICKET_FOR):
        assert refusal(view, token) == "ticket_late"


def test_the_minute_ends_whatever_the_ticket_says() -> None:
    view, token = a_ticket()
    assert view.ends_at is not None
    assert view.ready_at is not None
    assert view.ends_at - view.ready_at == SHOWN_FOR == timedelta(seconds=60)
    WiderView.objects.update(ends_at=timezone.now())
    assert refusal(view, token) == "minute_over"
    assert no_ticket(view) == "minute_over"


def test_a_ticket_is_good_in_its_own_session_only() -> None:
    view, token = a_ticket()
    assert refusal(view, token, session_key="session-two") == "ticket_unknown"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER])
def test_a_ticket_is_good_for_the_asker_only(role: Role) -> None:
    view, token = a_ticket()
    assert refusal(view, token, asker=a_person(role)) == "ticket_unknown"


@pytest.mark.parametrize("role", [Role.RISK_OFFICER, Role.ADMINISTRATOR])
def test_others_are_refused_even_with_a_ticket(role: Role) -> None:
    view, token = a_ticket()
    assert refusal(view, token, asker=a_person(role)) == "role_missing"


def test_an_approver_does_not_see_what_they_approved() -> None:
    view, token = a_ticket(Tier.FRAME)
    for answered in view.answers.select_related("approver"):
        assert refusal(view, token, asker=answered.approver) in {"role_missing", "ticket_unknown"}
        with pytest.raises(NoSuchView):
            mint_ticket(view.pk, answered.approver, SESSION)


@pytest.mark.parametrize("invented", ["x" * 43, "", "\x00", "ü" * 500])
def test_an_invented_ticket_opens_nothing(invented: str) -> None:
    view, _token = a_ticket()
    assert refusal(view, invented) == "ticket_unknown"


def test_a_changed_ticket_opens_nothing() -> None:
    view, token = a_ticket()
    assert refusal(view, token[:-1] + ("A" if token[-1] != "A" else "B")) == "ticket_unknown"
    assert look(view, token)


def test_a_new_ticket_takes_the_place_of_the_one_before() -> None:
    view, token = a_ticket()
    newer = mint_ticket(view.pk, view.asked_by, SESSION)
    assert refusal(view, token) == "ticket_unknown"
    assert look(view, newer)


def test_a_ticket_dies_with_the_claim() -> None:
    view, token = a_ticket()
    claims.release(view.claim_id, view.asked_by)
    assert refusal(view, token) == "claim_ended"


@pytest.mark.parametrize("tier", list(Tier))
def test_a_ticket_dies_with_the_role(tier: Tier) -> None:
    view, token = a_ticket(tier)
    take_role(a_person(Role.ADMINISTRATOR), view.asked_by, Role.SENIOR_REVIEWER)
    assert refusal(view, token) == "role_missing"


def test_a_ticket_dies_with_the_programme_s_switch() -> None:
    view, token = a_ticket()
    change_review(OPERATOR, view.claim.item.case.programme, ReviewSettings())
    assert refusal(view, token) == "not_allowed"


def test_a_ticket_dies_with_the_media() -> None:
    view, token = a_ticket()
    destroy_media(view.claim.item_id, actor=OPERATOR, reason="requested")
    assert refusal(view, token) == "media_destroyed"


def test_a_ticket_dies_with_the_view() -> None:
    view, token = a_ticket()
    WiderView.objects.update(ends_at=timezone.now())
    endings.end_overdue()
    assert refusal(view, token) == "ticket_unknown"
    assert no_ticket(view) == "ended"


def test_a_damaged_picture_is_a_sentence_and_not_a_crash() -> None:
    view, token = a_ticket()
    media = SealedMedia.objects.get(purpose=Purpose.WIDER)
    with objects.media_storage().open(media.object_name, "r+b") as stored:
        stored.seek(20)
        stored.write(b"\x00\x01\x02")
    assert refusal(view, token) == "media_damaged"


def test_while_the_storage_is_away_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    view, token = a_ticket()

    def away(_name: str) -> bytes:
        raise objects.StorageFailed

    with monkeypatch.context() as patch:
        patch.setattr(objects, "read", away)
        assert refusal(view, token) == "media_unreachable"
    assert look(view, mint_ticket(view.pk, view.asked_by, SESSION))


def test_the_database_keeps_no_ticket() -> None:
    view, token = a_ticket()
    view.refresh_from_db()
    assert token.encode() not in bytes(view.ticket_digest or b"")
