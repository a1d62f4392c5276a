"""THE ORDER OF THE STAGES: what happens to a case between its receipt and its outcome, on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from verification.audit import log
from verification.audit.events import WORKER, Event
from verification.cases.lifecycle import LostRace, advance, end_lease, lease_for_checks
from verification.cases.models import Case
from verification.cases.states import CapturedBy, CaseStatus, Outcome
from verification.checks.asked import challenge_of, keep_evidence
from verification.checks.capture import run_capture_checks
from verification.checks.clips import unpack
from verification.checks.engines.lock import ModelRefused
from verification.checks.match import turned_away
from verification.checks.models import StoredResult
from verification.checks.origin import origin
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import CheckRun, engines_of_this_process, run_checks
from verification.known import seeding
from verification.policy.decide import Decision, Verdict, decide
from verification.policy.thresholds import CAPTURE, RELYING_PARTY, Policy, capture_policy
from verification.retention.erase import destroy_media
from verification.review import queue, rendering
from verification.vault import objects, store

logger = structlog.get_logger(__name__)

# After so many attempts that raised or killed their worker, a person decides.
MAX_ATTEMPTS = 3


def process_case(case_id: UUID | str) -> None:
    """Check one case and settle it. Safe to run twice, at once or after a crash: only the lease's holder writes."""
    case = lease_for_checks(case_id)
    if case is None:
        return
    try:
        findings = _examine(case) if case.attempts <= MAX_ATTEMPTS else _not_examined(case)
        _settle(case, findings)
    except (LostRace, store.MediaDestroyed):
        # Somebody erased the case, or took over a lease that had ended: this work no longer counts.
        logger.info("case moved on while it was checked", case=str(case.pk))
    except (objects.StorageFailed, ModelRefused) as outage:
        # Not this case's fault: it waits until the storage or the models are back, and the attempt does not count.
        logger.exception("checking has to wait", case=str(case.pk))
        _give_back(case, type(outage).__name__, counted=False)
    except Exception as error:
        # Whatever it was, the case must not be stuck: it is tried again, and in the end a person decides.
        logger.exception("checking a case failed", case=str(case.pk), attempt=case.attempts)
        _give_back(case, type(error).__name__)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks said, the policy that judges it, and what the crops can be made from.

    `run` is None when nothing could be examined.
    """

    results: tuple[CheckResult, ...]
    policy: Policy
    run: CheckRun | None = None

    @property
    def needs_care(self) -> bool:
        """Whether there is a sign that the person may not be well or not be free."""
        return any(reason.startswith("welfare_") for result in self.results for reason in result.reasons)


def _examine(case: Case) -> Findings:
    """Open the frames, each on the record, and run the checks over them."""
    reference = store.open_frame(case.pk, "reference")
    if case.captured_by == CapturedBy.CAPTURE_PAGE:
        return _examine_capture(case, reference)
    live = [store.open_frame(case.pk, f"live-{number}") for number in range(case.live_images)]
    run = run_checks(reference, live, engines_of_this_process(), RELYING_PARTY.bands)
    return Findings((*run.results, _origin(case)), RELYING_PARTY, run)


def _examine_capture(case: Case, reference: bytes) -> Findings:
    asked = challenge_of(case.pk)
    policy = capture_policy(asked)
    clip = unpack(store.open_capture(case.pk))
    run = run_capture_checks(reference, clip, asked, engines_of_this_process(), policy.bands)
    return Findings(run.results, policy, run)


def _not_examined(case: Case) -> Findings:
    """Errors in the place of results. Looks at nothing that may have been what broke the attempts."""
    policy = CAPTURE if case.captured_by == CapturedBy.CAPTURE_PAGE else RELYING_PARTY
    errors = (CheckResult(name, Band.ERROR, None, "", 0, 1, (Reason.CHECK_ERROR,)) for name in policy.bands)
    return Findings(tuple(errors), policy)


def _origin(case: Case) -> CheckResult:
    return origin(RELYING_PARTY.bands["origin"], trusted=case.programme.trusts_own_capture)


def _settle(case: Case, findings: Findings) -> None:
    """Results, judgement and consequence in one transaction."""
    decision = decide(findings.results, human_view=case.human_view, policy=findings.policy)
    case.policy = findings.policy.name
    with transaction.atomic():
        _keep_results(case, findings)
        if case.known:
            # It is there to be looked at, whatever the checks say of it.
            _to_people(case, findings, decision)
        elif decision.verdict is Verdict.PASS:
            _close(case, CaseStatus.PASSED, Outcome.VERIFIED, decision)
        elif decision.verdict is Verdict.UNRESOLVED:
            _close(case, CaseStatus.UNRESOLVED, Outcome.UNRESOLVED, decision)
        else:
            _to_people(case, findings, decision)
            transaction.on_commit(partial(seeding.follow, case.pk), robust=True)


def _close(case: Case, to: CaseStatus, outcome: Outcome, decision: Decision) -> None:
    """The media dies with the case: its keys in this transaction, its bytes right after."""
    _advance(case, to, decision, outcome)
    destroy_media(case.pk, actor=WORKER, reason=to.value)


def _to_people(case: Case, findings: Findings, decision: Decision) -> None:
    crops, strip = _shown(case, findings.run) if findings.run else ({}, [])
    kinds = rendering.keep_crops(case.pk, crops)
    _advance(case, CaseStatus.IN_REVIEW, decision, None)
    if case.known:
        seeding.lend_reasons(case)
    with_care = findings.needs_care and not case.known
    queue.offer(case, crops=kinds, strip=strip, with_care=with_care)


def _shown(case: Case, run: CheckRun) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """Crops of the reference, of the best live image that has one, and of what else there is to see; and what it is.

    A capture's images come with the best one first, and then a frame for each step that was answered. Of a relying
    party's images the most frontal is the best, and the others follow as they were sent.
    """
    made = run.crops()
    captured = case.captured_by == CapturedBy.CAPTURE_PAGE
    images = run.live if captured else sorted(run.live, key=turned_away)
    best = next((image.name for image in images if image.name in made), None)
    further = [name for name in run.shows if name in made and name != best]
    strip = rendering.strip_of([run.shows[name] for name in further])
    named = {rendering.CROP_REFERENCE: "reference", rendering.CROP_LIVE: best}
    named |= {frame["kind"]: name for frame, name in zip(strip, further, strict=False)}
    return {kind: made[name] for kind, name in named.items() if name in made}, strip


def _advance(case: Case, to: CaseStatus, decision: Decision, outcome: Outcome | None) -> None:
    advance(
        case,
        to,
        actor=WORKER,
        outcome=outcome,
        reasons=[reason.value for reason in decision.reasons],
        policy=case.policy,
        settled_at=timezone.now(),
    )


def _keep_results(case: Case, findings: Findings) -> None:
    if findings.run and findings.run.facts:
        keep_evidence(case.pk, findings.run.facts)
    StoredResult.objects.filter(case=case).delete()
    StoredResult.objects.bulk_create(
        StoredResult(
            case=case,
            position=position,
            name=result.name,
            band=result.band.value,
            score=result.score,
            unit=result.unit,
            low=result.low,
            high=result.high,
            reasons=[reason.value for reason in result.reasons],
            model=result.model or "",
            model_sha256=result.model_sha256 or "",
            milliseconds=result.milliseconds,
        )
        for position, result in enumerate(findings.results)
    )


def _give_back(case: Case, error: str, *, counted: bool = True) -> None:
    """End the lease, so that the case is tried again; the log gets the kind of error, never its message."""
    with transaction.atomic():
        end_lease(case, counted=counted)
        log.record(Event.CHECKS_FAILED, actor=WORKER, case_id=case.pk, attempt=case.attempts, error=error)
