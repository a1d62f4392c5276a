"""The asker's side of a wider view: asking, withdrawing, and the second door to pixels, which opens once.

Tickets travel in the bodies of POST requests, as for crops. Every answer but the picture is JSON with a sentence.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from verification.access.assignment import Refused
from verification.access.models import User
from verification.access.roles import Permission
from verification.review.claims import ClaimEnded
from verification.review.models import Claim
from verification.wider import answers, ask, looks, waiting
from verification.wider.models import WiderView
from verification.wider.standing import NoSuchView

from .denials import on_record
from .ended import sentence_for
from .middleware import sent_by_the_page
from .own_claim import own_claim
from .permission import needs, signed_in
from .wider_words import how_it_stands, nothing_to_ask, tier_choices


def on_the_page(claim: Claim) -> dict[str, Any]:
    """What the case page's part needs: the tiers, the reasons, or why there is nothing to ask for."""
    rulings = ask.rulings(claim)
    return {
        "tiers": tier_choices(rulings),
        "reasons": WiderView.Reason.choices,
        "closed": nothing_to_ask(rulings),
        "shortest": ask.SENTENCE[0],
        "longest": ask.SENTENCE[-1],
    }


def in_the_pulse(claim_id: UUID, asker: User) -> dict[str, Any] | None:
    """How the latest request under the claim stands; None when there was none."""
    own = waiting.own_view(claim_id, asker)
    if own is None:
        return None
    return {"state": own.state, "tier": own.view.tier, "seconds_left": own.seconds_left, "sentence": how_it_stands(own)}


@needs(Permission.WIDER_ASK)
@own_claim
@require_POST
def ask_for(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    asker = signed_in(request)
    sent = {name: request.POST.get(name, "") for name in ("tier", "reason", "sentence")}
    try:
        ask.ask(claim_id, asker, **sent)
    except ask.InvalidRequest as invalid:
        return JsonResponse({"problems": invalid.problems, "sentence": str(invalid)}, status=422)
    except ClaimEnded as over:
        return JsonResponse({"reason": over.reason, "sentence": sentence_for(over.reason)}, status=410)
    except Refused as refused:
        on_record(request)
        return JsonResponse({"reason": refused.ruling.reason, "sentence": refused.ruling.sentence}, status=403)
    return JsonResponse({"wider": in_the_pulse(claim_id, asker)}, status=201)


@needs(Permission.WIDER_ASK)
@require_POST
def withdraw(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Withdrawing what has ended already changes nothing."""
    asker = signed_in(request)
    try:
        answers.withdraw(_latest(claim_id, asker).pk, asker)
    except NoSuchView:
        raise Http404 from None
    return JsonResponse({"wider": in_the_pulse(claim_id, asker)})


@needs(Permission.WIDER_ASK)
@require_POST
def ticket(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    asker = signed_in(request)
    view = _latest(claim_id, asker)
    try:
        token = looks.mint_ticket(view.pk, asker, _session_key(request))
    except NoSuchView:
        raise Http404 from None
    except looks.WiderRefused as refused:
        on_record(request)
        return JsonResponse({"reason": refused.reason, "sentence": refused.sentence}, status=403)
    return JsonResponse({"ticket": token, "wider": in_the_pulse(claim_id, asker)})


@sent_by_the_page
@needs(Permission.WIDER_ASK)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Answers PNG bytes, once per view; every refusal answers 403 with a sentence."""
    token = request.POST.get("ticket", "")
    try:
        seen = looks.redeem(token, session_key=_session_key(request), asker=signed_in(request))
    except looks.WiderRefused as refused:
        on_record(request)
        return JsonResponse({"reason": refused.reason, "sentence": refused.sentence}, status=403)
    return HttpResponse(seen.png, content_type="image/png", headers={"Content-Disposition": "inline"})


def _latest(claim_id: UUID, asker: User) -> WiderView:
    own = waiting.own_view(claim_id, asker)
    if own is None:
        raise Http404
    return own.view


def _session_key(request: HttpRequest) -> str:
    key = request.session.session_key
    assert key is not None
    return key
