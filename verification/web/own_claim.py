"""Views under a claim: somebody else's claim and one that never was look the same from outside."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from verification.review.claims import NoSuchClaim

from .permission import View


def own_claim(view: View) -> View:
    """Answer "not found" where a room knows no such claim of the person who asks."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NoSuchClaim:
            raise Http404 from None

    return answered
