"""From a person's upload to an outcome with the real models: what a capture must show before it closes by machine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.capture.answers import an_upload, drawn_for, send
from tests.factories import a_consenting_session
from tests.flows.photographs import as_jpeg, astronaut
from verification import pipeline, tasks
from verification.audit.events import Event
from verification.audit.pseudonyms import entries_of
from verification.capture.judging import AnswerRefused
from verification.capture.models import Challenge
from verification.cases.models import Case
from verification.cases.states import CaseStatus
from verification.checks.asked import best_moment
from verification.checks.challenge_facts import ChallengeFacts
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import CheckRun
from verification.policy.thresholds import CAPTURE
from verification.review import order, queue
from verification.review.models import ReviewItem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)


def captured(**wanted: Any) -> Case:
    invited = a_consenting_session(reference=as_jpeg(astronaut()), **wanted)
    send(invited, an_upload(drawn_for(invited)))
    return Case.objects.get(pk=invited.session.case_id)


def settled(case: Case) -> Case:
    pipeline.process_case(case.pk)
    return Case.objects.get(pk=case.pk)


def found(name: str, reason: Reason | None = None) -> CheckResult:
    return CheckResult(name, Band.AMBIGUOUS if reason else Band.PASS, 1.0, "", 0, 1, (reason,) if reason else ())


def checks_that_find(monkeypatch: pytest.MonkeyPatch, **reasons: Reason) -> list[ChallengeFacts]:
    """Every check of the policy passes, save those named; the facts that the checks were given are recorded."""
    given: list[ChallengeFacts] = []

    def run(_reference: bytes, _clip: object, facts: ChallengeFacts, *_rest: object) -> CheckRun:
        given.append(facts)
        results = tuple(found(name, reasons.get(name)) for name in CAPTURE.bands)
        return CheckRun(results, facts={"steps": [], "frames": 30, "best_ms": 1400})

    monkeypatch.setattr(pipeline, "run_capture_checks", run)
    return given


def test_a_clip_without_a_face_goes_to_a_person_and_each_opening_is_in_the_log() -> None:
    case = settled(captured())
    assert case.status == CaseStatus.IN_REVIEW
    assert case.policy.startswith("capture-")
    assert "no_face" in case.reasons
    assert set(case.results.values_list("name", flat=True)) == set(CAPTURE.bands)
    assert entries_of(case.pk).filter(event=Event.FRAME_OPENED).count() == 2


def test_a_capture_whose_every_check_passes_closes_and_its_clip_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    checks_that_find(monkeypatch)
    case = settled(captured())
    assert case.status == CaseStatus.PASSED
    assert not case.media.filter(deleted_at__isnull=True).exists()
    assert not case.results.filter(name="origin").exists()


def test_the_checks_are_told_what_was_asked_and_what_was_measured_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    given = checks_that_find(monkeypatch)
    settled(captured(locale="zh-hant"))
    (facts,) = given
    challenge = Challenge.objects.get()
    assert [step.kind.value for step in facts.steps] == [step["step"] for step in challenge.steps]
    assert (facts.attempt, facts.nonce_fresh, facts.seen_before, facts.voice) == (1, True, False, False)
    assert (facts.device.width, facts.locale, facts.recorder_started_ms) == (640, "zh-hant", 40)
    assert challenge.facts["evidence"] == {"steps": [], "frames": 30, "best_ms": 1400}


def test_the_moment_of_the_best_frame_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    checks_that_find(monkeypatch)
    case = captured()
    assert best_moment(case.pk) is None
    assert best_moment(settled(case).pk) == 1400


def test_an_earlier_sign_of_an_injection_reaches_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    given = checks_that_find(monkeypatch)
    invited = a_consenting_session()
    with pytest.raises(AnswerRefused):
        send(invited, an_upload(drawn_for(invited), shown=[]))
    send(invited, an_upload(drawn_for(invited)))
    settled(Case.objects.get(pk=invited.session.case_id))
    assert not given[0].nonce_fresh


def test_being_late_once_is_no_sign_of_an_injection(monkeypatch: pytest.MonkeyPatch) -> None:
    given = checks_that_find(monkeypatch)
    invited = a_consenting_session()
    with pytest.raises(AnswerRefused):
        send(invited, an_upload(drawn_for(invited)), after_ms=100_000)
    send(invited, an_upload(drawn_for(invited)))
    settled(Case.objects.get(pk=invited.session.case_id))
    assert given[0].nonce_fresh


def test_a_sign_that_a_person_may_need_help_goes_first_with_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    checks_that_find(monkeypatch, challenge=Reason.CHALLENGE_NOT_ANSWERED)
    ordinary = settled(captured())
    checks_that_find(monkeypatch, welfare=Reason.WELFARE_NO_RESPONSE)
    worrying = settled(captured())
    items = {item.case_id: (item.priority, item.flag) for item in ReviewItem.objects.all()}
    assert items == {ordinary.pk: (100, ""), worrying.pk: (order.CARE_PRIORITY, queue.WELFARE)}
    assert queue.care_waiting()


def test_a_capture_that_keeps_failing_ends_with_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(pipeline, "run_capture_checks", broken)
    case = captured()
    for _ in range(pipeline.MAX_ATTEMPTS + 1):
        case = settled(case)
    assert (case.status, case.reasons) == (CaseStatus.IN_REVIEW, ["check_error"])
    assert set(case.results.values_list("name", flat=True)) == set(CAPTURE.bands)
