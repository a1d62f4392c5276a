"""Nothing of a wider view exists before approval or after its minute, its claim or its case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from tests.factories import a_person, a_ready_view, an_asked_view, approve
from verification.access.assignment import take_role
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Event
from verification.cases.models import Case
from verification.cases.review_settings import ReviewSettings, change_review
from verification.retention import due
from verification.retention.erase import erase_case, expire_case, withdraw_case
from verification.review import claims
from verification.review.decisions import decide
from verification.review.models import Claim
from verification.sweeper import sweep_once
from verification.vault import objects, store
from verification.vault.models import CaseKey, Purpose, SealedMedia
from verification.wider import endings
from verification.wider.answers import withdraw
from verification.wider.models import WiderAnswer, WiderView
from verification.wider.standing import MAX_ATTEMPTS, locked

from .told import facts_of

pytestmark = pytest.mark.django_db(transaction=True)


def sealed() -> int:
    """Keys of wider views that live, and bytes of theirs that are not deleted."""
    keys = CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).count()
    return keys + SealedMedia.objects.filter(purpose=Purpose.WIDER, deleted_at=None).count()


def gone(view: WiderView) -> str:
    """Why it ended, once nothing of it is left."""
    assert sealed() == 0
    view.refresh_from_db()
    assert view.state == WiderView.State.ENDED
    assert view.ended_at is not None
    assert (view.ticket_digest, view.session_digest) == (None, None)
    assert [facts["reason"] for facts in facts_of(Event.WIDER_ENDED)] == [view.end]
    return view.end


def let_the_minute_pass(_view: WiderView) -> None:
    WiderView.objects.update(ends_at=timezone.now())


def release(view: WiderView) -> None:
    claims.release(view.claim_id, view.asked_by)


def let_the_claim_pass(_view: WiderView) -> None:
    Claim.objects.update(ends_at=timezone.now())


def fall_silent(_view: WiderView) -> None:
    Claim.objects.update(heard_at=timezone.now() - timedelta(minutes=1))


def decide_the_case(view: WiderView) -> None:
    decide(view.claim_id, view.asked_by, same_person="same", alive="live", confidence="4", reasons=["features_agree"])


def take_the_role(view: WiderView) -> None:
    take_role(a_person(Role.ADMINISTRATOR), view.asked_by, Role.SENIOR_REVIEWER)


def switch_off(view: WiderView) -> None:
    change_review(OPERATOR, view.claim.item.case.programme, ReviewSettings())


@pytest.mark.parametrize(
    ("happens", "end"),
    [
        (let_the_minute_pass, "minute_over"),
        (release, "claim_ended"),
        (let_the_claim_pass, "claim_ended"),
        (fall_silent, "claim_ended"),
        (decide_the_case, "claim_ended"),
        (take_the_role, "claim_ended"),
        (switch_off, "not_allowed"),
    ],
)
def test_a_ready_view_is_gone_at_the_next_turn_of_the_sweeper(happens: Callable[[WiderView], None], end: str) -> None:
    view = a_ready_view()
    assert sealed() == 2
    happens(view)
    sweep_once(1)
    assert gone(view) == end


def test_one_that_stands_is_left_alone() -> None:
    view = a_ready_view()
    sweep_once()
    view.refresh_from_db()
    assert (view.state, sealed()) == (WiderView.State.READY, 2)


def test_a_request_that_nobody_answered_ends_after_its_time() -> None:
    view = an_asked_view()
    WiderView.objects.update(answer_by=timezone.now())
    assert endings.end_overdue() == 1
    assert gone(view) == "unanswered"
    assert endings.end_overdue() == 0


def test_one_that_killed_every_worker_ends() -> None:
    view = approve(an_asked_view())
    WiderView.objects.update(attempts=MAX_ATTEMPTS, leased_until=timezone.now())
    sweep_once(1)
    assert gone(view) == "not_rendered"


def test_withdrawing_destroys_what_is_ready() -> None:
    view = a_ready_view()
    assert withdraw(view.pk, view.asked_by)
    assert gone(view) == "withdrawn"


def test_the_crops_and_the_frames_live_on() -> None:
    view = a_ready_view()
    withdraw(view.pk, view.asked_by)
    living = CaseKey.objects.filter(wrapped__isnull=False).values_list("purpose", flat=True)
    assert set(living) == {Purpose.FRAME, Purpose.CROP}
    assert store.open_frame(view.claim.item_id, "live-0")


def test_erasing_the_case_leaves_nothing_of_its_view() -> None:
    view = a_ready_view()
    erase_case(view.claim.item_id, actor=OPERATOR)
    assert sealed() == 0
    assert not WiderView.objects.exists()
    assert not WiderAnswer.objects.exists()
    assert endings.end_overdue() == 0


def test_withdrawing_consent_destroys_it_at_once() -> None:
    view = a_ready_view()
    withdraw_case(view.claim.item_id, actor=OPERATOR)
    assert sealed() == 0
    sweep_once(1)
    view.refresh_from_db()
    assert view.end == "claim_ended"


def test_a_case_out_of_time_takes_it_along() -> None:
    view = a_ready_view()
    expire_case(Case.objects.get(pk=view.claim.item_id), actor=OPERATOR)
    assert sealed() == 0


def test_bytes_that_the_storage_would_not_delete_are_deleted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    view = a_ready_view()

    def stuck(_name: str) -> None:
        raise objects.StorageFailed

    with monkeypatch.context() as patch:
        patch.setattr(objects, "delete", stuck)
        withdraw(view.pk, view.asked_by)
    assert not CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).exists()
    assert SealedMedia.objects.filter(purpose=Purpose.WIDER, deleted_at=None).count() == 1
    due.delete_leftover_bytes()
    assert sealed() == 0


def test_one_that_an_erasure_takes_in_between_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    view = an_asked_view()
    WiderView.objects.update(answer_by=timezone.now())

    def erased_first(view_id: UUID) -> WiderView:
        erase_case(view.claim.item_id, actor=OPERATOR)
        return locked(view_id)

    monkeypatch.setattr(endings, "locked", erased_first)
    assert endings.end_overdue() == 0
