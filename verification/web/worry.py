"""“Worried about this person”, as the case page sends it. In place, so that what was chosen on the page stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from verification.access.roles import Permission
from verification.incidents.models import Incident
from verification.incidents.raising import InvalidWorry, raise_worry, raised_under
from verification.review.claims import ClaimEnded, NoSuchClaim
from verification.review.models import Claim

from . import worry_words
from .permission import needs, signed_in


def on_the_page(claim: Claim) -> dict[str, Any]:
    """What the part of the case page needs."""
    kinds = enumerate(Incident.Kind, start=1)
    return {
        "worried_at": raised_under(claim),
        "worry_kinds": [(kind.value, kind.label, worry_words.SIGNS[kind], str(key)) for key, kind in kinds],
    }


@needs(Permission.INCIDENT_RAISE)
@require_POST
def raise_(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    kind, sentence = request.POST.get("kind", ""), request.POST.get("sentence", "")
    try:
        raised = raise_worry(claim_id, signed_in(request), kind=kind, sentence=sentence)
    except InvalidWorry as invalid:
        return _refused(str(invalid).replace("; ", " "), 422)
    except NoSuchClaim:
        return _refused(worry_words.GONE, 404)
    except ClaimEnded:
        return _refused(worry_words.TOO_LATE, 410)
    return JsonResponse({"at": raised.at.isoformat(), "sentence": worry_words.said(raised)}, status=201)


def _refused(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"sentence": sentence}, status=status)
