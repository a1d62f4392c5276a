"""Not deciding a case now: putting it aside, handing it over, skipping it, and taking back what was put aside.

Each address answers a form with a redirect, and a script of the page (`Accept: application/json`) with `next`, the
address to go to, or with the sentence of a refusal: then the page stays as it is, with everything chosen on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from verification.access.roles import Permission
from verification.review import setting_aside
from verification.review.claims import ClaimEnded
from verification.review.models import Claim
from verification.review.setting_aside import MINUTES, WITH_CARE, HoldReason, NotSetAside

from .ended import sentence_for
from .own_claim import own_claim
from .permission import needs, signed_in

_STEPS = tuple(range(MINUTES[0], MINUTES[-1] + 1, 5))
_SENIOR = "senior"


def choices(claim: Claim) -> dict[str, Any]:
    """What `review/parts/setting_aside.html` offers on the page of a case."""
    care = bool(claim.item.flag)
    return {
        "hold_reasons": [(reason.value, reason.sentence) for reason in HoldReason],
        "hold_minutes": [step for step in _STEPS if not care or step * 60 <= WITH_CARE.total_seconds()],
        "colleagues": setting_aside.colleagues(claim),
    }


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def hold(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    minutes = request.POST.get("minutes", "")
    number = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 4 else 0
    reason = request.POST.get("reason", "")

    def act() -> str:
        setting_aside.hold(claim_id, signed_in(request), reason=reason, minutes=number)
        return f"Put aside for {number} minutes. Then it comes back to you before anybody else."

    return _do(request, claim_id, act, Claim.End.HELD)


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def hand_over(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """One answer whoever was chosen: it must not tell who could take the case and who has voted on it."""

    def act() -> str:
        setting_aside.hand_over(claim_id, signed_in(request), _receiver(request))
        return "Handed over. If nobody comes for it in time, it goes to the next reviewer."

    return _do(request, claim_id, act, Claim.End.HANDED_OVER)


@needs(Permission.CASE_REVIEW)
@own_claim
@require_POST
def skip(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    def act() -> str:
        setting_aside.skip(claim_id, signed_in(request))
        return "Skipped. The case waits for the next reviewer."

    return _do(request, claim_id, act, Claim.End.SKIPPED)


@needs(Permission.CASE_REVIEW)
@require_POST
def fetch_back(request: HttpRequest) -> HttpResponse:
    """What the reviewer put aside comes back now; they find it by taking the next case."""
    if not setting_aside.fetch_back(signed_in(request)):
        messages.info(request, "Nothing of yours is put aside any more.")
    return redirect("review")


def _receiver(request: HttpRequest) -> UUID | None:
    """None for any senior. Raises `NotSetAside` for what is no choice at all."""
    chosen = request.POST.get("to", "")
    if chosen == _SENIOR:
        return None
    try:
        return UUID(chosen)
    except ValueError:
        raise NotSetAside("Choose a colleague from the list, or a senior. The case is still yours.") from None


def _do(request: HttpRequest, claim_id: UUID, act: Callable[[], str], done: Claim.End) -> HttpResponse:
    try:
        sentence = act()
    except NotSetAside as refused:
        return _stays(request, claim_id, str(refused))
    except ClaimEnded as over:
        if over.reason != done:
            return _over(request, over.reason)
        # A second press of the same button finds everything as the first one left it.
        return _gone(request)
    messages.success(request, sentence)
    return _gone(request)


def _gone(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"next": reverse("review")}) if _by_script(request) else redirect("review")


def _stays(request: HttpRequest, claim_id: UUID, sentence: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"sentence": sentence}, status=422)
    messages.error(request, sentence)
    return redirect("case", claim_id)


def _over(request: HttpRequest, reason: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"reason": reason, "sentence": sentence_for(reason)}, status=410)
    return render(request, "review/ended.html", {"sentence": sentence_for(reason)}, status=410)


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
