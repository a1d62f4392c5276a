"""One case under a claim: looking at it, keeping or giving back the claim, deciding, and what the machine had found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from verification.access.assignment import Refused
from verification.access.models import User
from verification.access.roles import Permission
from verification.known.answers import answer_after_vote
from verification.review import claims, decisions, queue, settling
from verification.review import findings as evidence
from verification.review.answers import CONFIDENCE, Alive, Reason, SamePerson
from verification.review.claims import AlreadyExtended, ClaimEnded
from verification.review.models import Claim, Vote
from verification.review.rendering import CROP_LIVE, CROP_REFERENCE
from verification.review.viewing import viewing_of

from . import setting_aside, wider_view
from .denials import on_record
from .ended import sentence_for
from .middleware import sent_by_the_page
from .own_claim import own_claim
from .permission import needs, signed_in
from .queue import session_bar
from .strip_words import in_words
from .worry import on_the_page as worry_on_the_page

_DIGITS = "1234567890"
_KEYS = [
    ("1 – 0", "Answer the marked question"),
    ("↑ ↓", "Mark another question; pan while zoomed"),
    ("T", "Write a note"),
    ("Enter", "Record the decision"),
    ("A", "Take the next case by itself afterwards, or not"),
    ("Z + −", "Zoom both pictures"),
    ("F Space", "Flicker between the two; turn over by hand"),
    ("X", "Flip both pictures"),
    ("G B", "Greyscale, blur"),
    ("[ ] { }", "Light and contrast"),
    (".", "Plain pictures again"),
    ("S ← →", "Filmstrip; show another of its pictures"),
    ("V", "Ask for a wider view; open it when it is ready"),
    ("W", "Raise a worry about this person"),
    ("E", "Extend the claim, once"),
    ("H", "Put the case aside for some minutes"),
    ("O", "Hand the case over"),
    ("K", "Skip the case"),
    ("R", "Give the case back"),
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on the page: its value, its words, its digit, and whether it was chosen in a form that came back."""

    value: str
    label: str
    key: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question on the page. `missing` is what the page calls it while it has no answer."""

    name: str
    words: str
    missing: str
    choices: list[Choice]
    hint: str = ""
    kind: str = "one"


@needs(Permission.CASE_REVIEW)
@own_claim
@require_safe
def show(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        claim = claims.open_claim(claim_id, signed_in(request))
    except ClaimEnded as over:
        return _ended(request, claim_id, over.reason)
    return _case(request, claim)


@sent_by_the_page
@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def pulse(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    state = claims.pulse(claim_id, signed_in(request))
    answer = {"open": state.open, "seconds_left": state.seconds_left, "extended": state.extended}
    if state.open:
        return JsonResponse(answer | {"sentence": "", "wider": wider_view.in_the_pulse(claim_id, signed_in(request))})
    return JsonResponse(answer | {"sentence": sentence_for(state.reason)})


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def extend(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Asked for by the page in place, so that what was chosen on it stays. A second press changes nothing."""
    try:
        claims.extend(claim_id, signed_in(request))
    except ClaimEnded as over:
        return JsonResponse({"sentence": sentence_for(over.reason)}, status=410)
    except AlreadyExtended:
        return JsonResponse({"extended": True, "again": True})
    return JsonResponse({"extended": True, "again": False})


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def release(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        claims.release(claim_id, signed_in(request))
    except ClaimEnded as over:
        return _ended(request, claim_id, over.reason)
    return redirect("review")


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def decide(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Record the answers; with `then=next` the next case comes in the same breath."""
    reviewer = signed_in(request)
    try:
        decisions.decide(claim_id, reviewer, **_answers(request))
    except decisions.InvalidDecision as invalid:
        return _again(request, claim_id, invalid.problems)
    except decisions.AlreadyDecided:
        on_record(request)
        context = {"claim_id": claim_id, "note": _note(request)}
        return render(request, "review/already_decided.html", context, status=409)
    except ClaimEnded as over:
        on_record(request)
        return _ended(request, claim_id, over.reason, answered=True)
    following = _next_claim(reviewer) if request.POST.get("then") == "next" else None
    return redirect("case", following.pk) if following else redirect("case-findings", claim_id)


def _next_claim(reviewer: User) -> Claim | None:
    """None when nothing waits, or when this reviewer may take nothing now; the page of the vote says the rest."""
    try:
        return queue.take_next(reviewer)
    except Refused:
        return None


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def undo(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Take the vote back and go on with its case."""
    try:
        claim = decisions.undo(claim_id, signed_in(request))
    except (decisions.TooLate, ClaimEnded):
        messages.warning(request, "It was too late to undo: the answer counts, or its case was closed meanwhile.")
        return redirect("case-findings", claim_id)
    messages.info(request, "Undone. Nothing you answered before counts; answer anew.")
    return redirect("case", claim.pk)


@sent_by_the_page
@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def vote(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """How long the vote can still be taken back. Whoever asks when that is over settles it, if nobody did before."""
    reviewer = signed_in(request)
    found = evidence.recorded(claim_id, reviewer)
    if found.vote.state == Vote.State.PENDING and not found.seconds_left and settling.settle(found.vote.pk):
        found = evidence.recorded(claim_id, reviewer)
    return JsonResponse({"state": found.vote.state, "seconds_left": found.seconds_left})


@needs(Permission.CASE_REVIEW)
@own_claim
@require_safe
def findings(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    found = evidence.recorded(claim_id, signed_in(request))
    reasons = [Reason(reason).sentence for reason in found.vote.reasons]
    context = {
        "found": found,
        "reasons": reasons,
        "confidence": CONFIDENCE[str(found.vote.confidence)],
        "known_answer": answer_after_vote(claim_id, signed_in(request)),
        "page_keys": [("N", "Take the next case"), ("U", "Undo, while that is possible")],
    }
    return render(request, "review/findings.html", context)


def _answers(request: HttpRequest) -> dict[str, Any]:
    return {
        "same_person": request.POST.get("same_person", ""),
        "alive": request.POST.get("alive", ""),
        "confidence": request.POST.get("confidence", ""),
        "reasons": request.POST.getlist("reasons"),
        "note": request.POST.get("note", ""),
    }


def _note(request: HttpRequest) -> str:
    """What was typed goes back to whoever typed it, whatever became of the case."""
    return request.POST.get("note", "").strip()[: decisions.MAX_NOTE]


def _note_taken_back(claim: Claim) -> str:
    """A note is work: it comes back with the case when its vote is taken back."""
    undone = Vote.objects.filter(case_id=claim.item_id, reviewer=claim.reviewer, state=Vote.State.UNDONE)
    last = undone.order_by("decided_at").last()
    return last.note if last else ""


def _again(request: HttpRequest, claim_id: UUID, problems: dict[str, str]) -> HttpResponse:
    """The form as it was sent, with what is wrong beside each field."""
    try:
        claim = claims.open_claim(claim_id, signed_in(request))
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
        "strip": [{"kind": shown["kind"], "words": in_words(shown["shows"])} for shown in claim.item.strip],
        "viewing": viewing_of(claim.reviewer),
        "care": evidence.care_sentences(claim.item.case) if claim.item.flag else (),
        "questions": evidence.open_questions(claim.item.case),
        "asked": list(_questions(answers)),
        "wider": wider_view.on_the_page(claim),
        "note": answers["note"] or _note_taken_back(claim),
        "just_recorded": evidence.just_recorded(claim.reviewer),
        "problems": problems or {},
        "page_keys": _KEYS,
    }
    context |= setting_aside.choices(claim) | session_bar(request) | worry_on_the_page(claim)
    return render(request, "review/case.html", context, status=status)


def _questions(answers: dict[str, Any]) -> Iterator[Question]:
    """In the order in which they are asked: same person, alive, how sure, why."""
    same, alive = ([(one.value, one.label) for one in codes] for codes in (SamePerson, Alive))
    yield Question("same_person", "Same person?", "same person", _choices(same, [answers["same_person"]]))
    yield Question("alive", "Alive?", "alive", _choices(alive, [answers["alive"]]))
    sure = _choices(list(CONFIDENCE.items()), [answers["confidence"]])
    yield Question("confidence", "How sure?", "how sure you are", sure, "of both answers")
    why = _choices([(reason.value, reason.sentence) for reason in Reason], answers["reasons"])
    yield Question("reasons", "Reasons", "a reason", why, "at least one", "many")


def _choices(answers: Sequence[tuple[str, str]], chosen: list[str]) -> list[Choice]:
    return [
        Choice(value, label, digit, value in chosen) for (value, label), digit in zip(answers, _DIGITS, strict=False)
    ]


def _ended(request: HttpRequest, claim_id: UUID, reason: str, *, answered: bool = False) -> HttpResponse:
    """The claim is over. 410, with what became of the case and of what the reviewer had entered."""
    if reason == Claim.End.DECIDED and not answered:
        return redirect("case-findings", claim_id)
    context = {"sentence": sentence_for(reason), "answered": answered, "note": _note(request)}
    return render(request, "review/ended.html", context, status=410)
