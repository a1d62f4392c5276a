"""The one door to pixels: tickets are asked for under a claim, and each is exchanged once for one marked crop.

Tickets travel in the bodies of POST requests, never in an address, so that no log or history holds one.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from verification.access.roles import Permission
from verification.review import grants
from verification.review.claims import ClaimEnded

from .denials import because, on_record
from .ended import sentence_for
from .middleware import sent_by_the_page
from .own_claim import own_claim
from .permission import needs, signed_in


@sent_by_the_page
@needs(Permission.CROP_LOOK)
@own_claim
@require_POST
def tickets(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    try:
        wanted = request.POST.getlist("media")
        minted = grants.mint_tickets(claim_id, signed_in(request), _session_key(request), wanted)
    except ClaimEnded as over:
        return JsonResponse({"reason": over.reason, "sentence": sentence_for(over.reason)}, status=410)
    except grants.LookRefused as refused:
        because(request, refused.reason)
        return JsonResponse({"reason": refused.reason, "sentence": refused.sentence}, status=403)
    return JsonResponse({"tickets": minted})


@sent_by_the_page
@needs(Permission.CROP_LOOK)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Answers WebP bytes, once per ticket; every refusal answers 403 with a sentence."""
    ticket = request.POST.get("ticket", "")
    try:
        seen = grants.redeem(ticket, session_key=_session_key(request), reviewer=signed_in(request))
    except grants.LookRefused as refused:
        on_record(request)
        return JsonResponse({"reason": refused.reason, "sentence": refused.sentence}, status=403)
    return HttpResponse(seen.webp, content_type="image/webp", headers={"Content-Disposition": "inline"})


def _session_key(request: HttpRequest) -> str:
    key = request.session.session_key
    assert key is not None
    return key
