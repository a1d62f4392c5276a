"""One case under a claim: looking at it, keeping or giving back the claim, deciding, and what the machine had found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from verification.access.roles import Permission
from verification.review import claims, decisions
from verification.review import findings as evidence
from verification.review.answers import Alive, Reason, SamePerson
from verification.review.claims import AlreadyExtended, ClaimEnded, NoSuchClaim
from verification.review.models import Claim
from verification.review.rendering import CROP_LIVE, CROP_REFERENCE

from .ended import sentence_for
from .middleware import sent_by_the_page
from .permission import needs, signed_in

# Letters that no other action has: e extends, f swaps, x flips, z zooms, r gives back, t goes to the note.
_REASON_KEYS = "abcdghijkl"
_KEYS = [
    ("1 – 3", "Same person, different person, cannot tell"),
    ("4 – 6", "Live, not live, cannot tell"),
    ("A – L", "Reasons, as shown on each"),
    ("T", "Write a note"),
    ("Enter", "Record the decision"),
    ("E", "Extend the claim, once"),
    ("Z", "Zoom"),
    ("X", "Flip both pictures"),
    ("F", "Swap the two pictures"),
    ("R", "Give the case back"),
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on the page: its value, its words, its key, and whether it was chosen in a form that came back."""

    value: str
    label: str
    key: str
    chosen: bool


@needs(Permission.CASE_REVIEW)
@require_safe
def show(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        claim = claims.open_claim(claim_id, signed_in(request))
    except NoSuchClaim:
        raise Http404 from None
    except ClaimEnded as over:
        return _ended(request, claim_id, over.reason)
    return _case(request, claim)


@sent_by_the_page
@needs(Permission.CASE_REVIEW)
@require_POST
def pulse(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        state = claims.pulse(claim_id, signed_in(request))
    except NoSuchClaim:
        raise Http404 from None
    answer = {"open": state.open, "seconds_left": state.seconds_left, "extended": state.extended}
    return JsonResponse(answer | {"sentence": "" if state.open else sentence_for(state.reason)})


@needs(Permission.CASE_REVIEW)
@require_POST
def extend(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Asked for by the page in place, so that what was chosen on it stays. A second press changes nothing."""
    try:
        claims.extend(claim_id, signed_in(request))
    except NoSuchClaim:
        raise Http404 from None
    except ClaimEnded as over:
        return JsonResponse({"sentence": sentence_for(over.reason)}, status=410)
    except AlreadyExtended:
        return JsonResponse({"extended": True, "again": True})
    return JsonResponse({"extended": True, "again": False})


@needs(Permission.CASE_REVIEW)
@require_POST
def release(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        claims.release(claim_id, signed_in(request))
    except NoSuchClaim:
        raise Http404 from None
    except ClaimEnded as over:
        return _ended(request, claim_id, over.reason)
    return redirect("review")


@needs(Permission.CASE_REVIEW)
@require_POST
def decide(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    reviewer = signed_in(request)
    try:
        decisions.decide(claim_id, reviewer, **_answers(request))
    except decisions.InvalidDecision as invalid:
        return _again(request, claim_id, invalid.problems)
    except NoSuchClaim:
        raise Http404 from None
    except decisions.AlreadyDecided:
        return render(request, "review/already_decided.html", {"claim_id": claim_id}, status=409)
    except ClaimEnded as over:
        return _ended(request, claim_id, over.reason, answered=True)
    return redirect("case-findings", claim_id)


@needs(Permission.CASE_REVIEW)
@require_safe
def findings(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        found = evidence.findings_after(claim_id, signed_in(request))
    except NoSuchClaim:
        raise Http404 from None
    reasons = [Reason(reason).sentence for reason in found.vote.reasons]
    context = {"found": found, "reasons": reasons, "page_keys": [("N", "Take the next case")]}
    return render(request, "review/findings.html", context)


def _answers(request: HttpRequest) -> dict[str, Any]:
    return {
        "same_person": request.POST.get("same_person", ""),
        "alive": request.POST.get("alive", ""),
        "reasons": request.POST.getlist("reasons"),
        "note": request.POST.get("note", ""),
    }


def _again(request: HttpRequest, claim_id: UUID, problems: dict[str, str]) -> HttpResponse:
    """The form as it was sent, with what is wrong beside each field."""
    try:
        claim = claims.open_claim(claim_id, signed_in(request))
    except NoSuchClaim:
        raise Http404 from None
    except ClaimEnded as over:
        return _ended(request, claim_id, over.reason, answered=True)
    return _case(request, claim, problems=problems, status=422)


def _case(
    request: HttpRequest, claim: Claim, *, problems: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    answers = _answers(request)
    context = {
        "claim": claim,
        "case": claim.item.case,
        "seconds_left": max(0, int((claim.ends_at - timezone.now()).total_seconds())),
        "pictures": [("Reference", CROP_REFERENCE), ("Live", CROP_LIVE)],
        "care": evidence.care_sentences(claim.item.case) if claim.item.flag else (),
        "questions": evidence.open_questions(claim.item.case),
        "same_person": _choices(list(SamePerson), "123", [answers["same_person"]]),
        "alive": _choices(list(Alive), "456", [answers["alive"]]),
        "reasons": [
            Choice(reason.value, reason.sentence, key, reason.value in answers["reasons"])
            for reason, key in zip(Reason, _REASON_KEYS, strict=True)
        ],
        "note": answers["note"],
        "problems": problems or {},
        "page_keys": _KEYS,
    }
    return render(request, "review/case.html", context, status=status)


def _choices(answers: Sequence[SamePerson | Alive], keys: str, chosen: list[str]) -> list[Choice]:
    return [
        Choice(answer.value, answer.label, key, answer.value in chosen)
        for answer, key in zip(answers, keys, strict=True)
    ]


def _ended(request: HttpRequest, claim_id: UUID, reason: str, *, answered: bool = False) -> HttpResponse:
    """The claim is over. 410, with what became of the case and of what the reviewer had entered."""
    if reason == Claim.End.DECIDED and not answered:
        return redirect("case-findings", claim_id)
    context = {"sentence": sentence_for(reason), "answered": answered}
    return render(request, "review/ended.html", context, status=410)
