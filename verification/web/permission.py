"""Who may open a view. Asked of the database at every request, so that a role taken away is gone at the next one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import Denied, may

from .denials import because

View = Callable[..., HttpResponseBase]


def needs(permission: Permission) -> Callable[[View], View]:
    """Let in only people whose roles hold `permission`. Others get 403 with the rule's sentence, and an audit entry."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            ruling = may(facts_about(signed_in(request)), permission)
            if isinstance(ruling, Denied):
                because(request, ruling.reason)
                raise PermissionDenied(ruling.sentence)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def signed_in(request: HttpRequest) -> User:
    """The member of staff who asks. `LoginRequiredMiddleware` lets nobody else come this far."""
    assert isinstance(request.user, User)
    return request.user
