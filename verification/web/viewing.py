"""Keeping how a reviewer likes to look. The case page sends it by itself whenever a tool is used."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from verification.access.roles import Permission
from verification.review.viewing import InvalidViewing, keep_viewing

from .middleware import sent_by_the_page
from .permission import needs, signed_in

_LONGEST = 400


@sent_by_the_page
@needs(Permission.CASE_REVIEW)
@require_POST
def viewing(request: HttpRequest) -> HttpResponse:
    """`viewing` is a JSON object of what changed; 400 for anything that no page sends."""
    try:
        keep_viewing(signed_in(request), _object(request.POST.get("viewing", "")))
    except InvalidViewing:
        return JsonResponse({"sentence": "This choice is not known here. Nothing was kept."}, status=400)
    return HttpResponse(status=204)


def _object(text: str) -> dict[str, object]:
    try:
        values = json.loads(text) if len(text) <= _LONGEST else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InvalidViewing("viewing")
    return values
