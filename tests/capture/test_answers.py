"""An answer is taken once, in its time and order. Everything that looks injected is refused, logged and not stored."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.capture.answers import a_clip, an_upload, drawn_for, later, reread, send, shown_in_time, suspicions
from tests.factories import Invited, a_bound_session, a_consenting_session
from verification.audit.events import OPERATOR, Event
from verification.audit.models import Entry
from verification.capture import doors
from verification.capture.judging import MAX_SUSPICIONS, AnswerRefused
from verification.capture.models import Challenge
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.checks.clips import unpack
from verification.intake.clips import ClipNotTaken, Upload
from verification.intake.sessions import take_other_way
from verification.retention.erase import erase_case
from verification.vault import store
from verification.vault.models import SealedMedia

pytestmark = pytest.mark.django_db


def refused(invited: Invited, upload: Upload, **when: Any) -> str:
    """The code of the refusal; nothing of the clip may have been kept."""
    with pytest.raises((AnswerRefused, ClipNotTaken, doors.Closed)) as refusal:
        send(invited, upload, **when)
    assert not SealedMedia.objects.filter(kind="clip").exists()
    error = refusal.value
    assert isinstance(error, AnswerRefused | ClipNotTaken | doors.Closed)
    return str(error.code)


def test_an_answer_in_time_moves_the_case_and_rings(
    rung: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    invited = a_consenting_session()
    with django_capture_on_commit_callbacks(execute=True):
        assert send(invited, an_upload(drawn_for(invited)))
    case = Case.objects.get(pk=invited.session.case_id)
    assert (case.status, reread(invited).end) == (CaseStatus.RECEIVED, "captured")
    assert case.captured_at is not None
    assert rung == [str(case.pk)]
    assert suspicions() == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_reads_the_clip_and_no_storage_holds_a_picture_in_the_clear(media: Path) -> None:
    invited = a_consenting_session()
    send(invited, an_upload(drawn_for(invited)))
    clip = unpack(store.open_capture(invited.session.case_id))
    assert len(clip.frames) > 20
    stored = [path.read_bytes() for path in media.rglob("*") if path.is_file()]
    assert len(stored) == 2
    assert not any(b"JFIF" in content or b"webm" in content for content in stored)


def test_what_the_page_said_is_kept_with_its_challenge() -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    send(invited, an_upload(drawn))
    facts = Challenge.objects.get().facts
    assert facts["device"] == {"label_is_virtual": False, "width": 640, "height": 480, "frame_rate": 30}
    assert facts["timings"]["shown"] == shown_in_time(drawn)
    assert facts["seen_before"] is False


def test_a_lost_answer_asked_for_again_is_the_same_answer() -> None:
    invited = a_consenting_session()
    upload = an_upload(drawn_for(invited))
    assert send(invited, upload)
    assert not send(invited, upload)
    assert suspicions() == []
    assert SealedMedia.objects.filter(kind="clip").count() == 1


def test_another_clip_under_a_used_nonce_is_a_replay() -> None:
    invited = a_consenting_session()
    upload = an_upload(drawn_for(invited))
    send(invited, upload)
    with pytest.raises(AnswerRefused) as refusal:
        send(invited, replace(upload, clip=a_clip(9)))
    assert refusal.value.code == "nonce_used"
    assert suspicions() == ["nonce_used"]


def test_a_recorded_upload_replayed_into_a_new_session_is_foreign() -> None:
    victim, attacker = a_consenting_session(), a_consenting_session()
    upload = an_upload(drawn_for(victim))
    drawn_for(attacker)
    assert refused(attacker, upload) == "nonce_unknown"
    assert suspicions() == ["nonce_foreign"]
    assert reread(attacker).case.status == CaseStatus.AWAITING_CAPTURE


@pytest.mark.parametrize("nonce", ["", "A" * 43, "é" * 43, "A" * 100_000])
def test_an_invented_nonce_is_unknown(nonce: str) -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    assert refused(invited, replace(an_upload(drawn), nonce=nonce)) == "nonce_unknown"
    assert suspicions() == ["nonce_unknown"]


def test_too_late_is_by_the_servers_clock_alone() -> None:
    invited = a_consenting_session()
    assert refused(invited, an_upload(drawn_for(invited)), after_ms=67_500) == "too_late"
    assert suspicions() == ["too_late"]


def test_at_the_last_moment_is_in_time() -> None:
    invited = a_consenting_session()
    assert send(invited, an_upload(drawn_for(invited)), after_ms=66_000)


def test_an_answer_cannot_come_before_it_could_be_filmed() -> None:
    invited = a_consenting_session()
    assert refused(invited, an_upload(drawn_for(invited)), after_ms=6_000) == "too_early"
    assert suspicions() == ["too_early"]


def test_reordered_steps_are_refused_and_use_the_challenge_up() -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    assert refused(invited, an_upload(drawn, shown=shown_in_time(drawn)[::-1])) == "steps_reordered"
    assert refused(invited, an_upload(drawn)) == "nonce_used"
    assert suspicions() == ["steps_reordered", "nonce_used"]


def test_a_missing_or_an_added_step_is_another_order() -> None:
    for change in (lambda shown: shown[1:], lambda shown: [*shown, shown[0]], lambda _shown: []):
        invited = a_consenting_session()
        drawn = drawn_for(invited)
        assert refused(invited, an_upload(drawn, shown=change(shown_in_time(drawn)))) == "steps_reordered"


@pytest.mark.parametrize("by_ms", [-4_000, 4_500])
def test_steps_that_were_shown_at_other_times_are_out_of_time(by_ms: int) -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    shown = [step | {"at_ms": step["at_ms"] + by_ms} for step in shown_in_time(drawn)]
    assert refused(invited, an_upload(drawn, shown=shown)) == "steps_out_of_time"


def test_a_recorder_that_started_after_the_first_step_is_out_of_time() -> None:
    invited = a_consenting_session()
    assert refused(invited, an_upload(drawn_for(invited), recorder_started_ms=6_000)) == "steps_out_of_time"


@pytest.mark.parametrize(
    "timings",
    ["", "[]", "null", "{}", '{"shown": 1, "recorder_started_ms": 0}', "[" * 3_000, "x" * 5_000,
     '{"shown": [], "recorder_started_ms": true}', '{"shown": [{"step": 1, "at_ms": 0}], "recorder_started_ms": 0}',
     '{"shown": [{"step": "x", "at_ms": 1e999}], "recorder_started_ms": 0}'],
)  # fmt: skip
def test_times_that_cannot_be_read_are_refused_and_leave_the_challenge_open(timings: str) -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    assert refused(invited, replace(an_upload(drawn), timings=timings)) == "timings_unreadable"
    assert send(invited, an_upload(drawn))


def test_an_older_window_is_told_so_without_suspicion() -> None:
    invited = a_consenting_session()
    older, newer = drawn_for(invited), drawn_for(invited)
    assert refused(invited, an_upload(older)) == "nonce_replaced"
    assert suspicions() == []
    assert send(invited, an_upload(newer))


def test_nothing_is_taken_without_consent() -> None:
    invited = a_consenting_session()
    upload = an_upload(drawn_for(invited))
    session = reread(invited)
    session.consents = {}
    session.save()
    assert refused(invited, upload) == "no_consent"


def test_nothing_is_taken_from_a_session_that_drew_nothing() -> None:
    assert refused(a_bound_session(), Upload("A" * 43, b"", "{}")) == "no_consent"


def test_nothing_is_taken_after_the_other_way_or_an_erasure() -> None:
    one, other = a_consenting_session(), a_consenting_session()
    uploads = [an_upload(drawn_for(invited)) for invited in (one, other)]
    take_other_way(reread(one))
    erase_case(other.session.case_id, actor=OPERATOR)
    assert refused(one, uploads[0]) == "other_way"
    assert refused(other, uploads[1]) == "erased"


def test_a_clip_that_is_none_leaves_its_challenge_open_and_the_relying_party_reads_why() -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    assert refused(invited, an_upload(drawn, data=b"#EXTM3U\n")) == "clip_type_not_accepted"
    assert refused(invited, an_upload(drawn, data=a_clip()[:-400])).startswith("clip_")
    assert reread(invited).refusal.startswith("clip_")
    assert Entry.objects.filter(event=Event.CAPTURE_REFUSED).count() == 2
    assert suspicions() == []
    assert send(invited, an_upload(drawn))


def test_an_answer_drawn_at_the_last_moment_may_come_after_the_sessions_time() -> None:
    invited = a_consenting_session()
    with time_machine.travel(later(minutes=14, seconds=58)):
        drawn = drawn_for(invited)
        assert send(invited, an_upload(drawn))


def test_a_flood_of_signs_is_counted_and_logged_up_to_a_bound() -> None:
    invited = a_consenting_session()
    drawn = drawn_for(invited)
    for _ in range(MAX_SUSPICIONS + 5):
        refused(invited, replace(an_upload(drawn), nonce="A" * 43))
    assert len(suspicions()) == reread(invited).suspicions == MAX_SUSPICIONS


def test_the_log_holds_no_nonce_and_no_subject() -> None:
    invited = a_consenting_session(subject="identity card 110101")
    drawn = drawn_for(invited)
    send(invited, an_upload(drawn))
    bodies = " ".join(Entry.objects.values_list("body", flat=True))
    assert not [secret for secret in (drawn.nonce, invited.token, invited.cookie, "110101") if secret in bodies]
    kinds = {json.loads(body)["actor"]["kind"] for body in Entry.objects.values_list("body", flat=True)}
    assert "subject" in kinds
