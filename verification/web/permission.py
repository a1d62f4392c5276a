"""Who may open a view. Asked of the database at every request, so that a role taken away is gone at the next one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import Denied, may
from verification.audit import log
from verification.audit.events import Actor, Event

View = Callable[..., HttpResponseBase]


def needs(permission: Permission) -> Callable[[View], View]:
    """Let in only people whose roles hold `permission`. Others get 403 with the rule's sentence, and an audit entry."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            ruling = may(facts_about(signed_in(request)), permission)
            if isinstance(ruling, Denied):
                log_denial(request, ruling)
                raise PermissionDenied(ruling.sentence)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def signed_in(request: HttpRequest) -> User:
    """The member of staff who asks. `LoginRequiredMiddleware` lets nobody else come this far."""
    assert isinstance(request.user, User)
    return request.user


def log_denial(request: HttpRequest, ruling: Denied) -> None:
    route = request.resolver_match.view_name if request.resolver_match else ""
    with transaction.atomic():
        actor = Actor.person(signed_in(request).pk)
        log.record(Event.ACCESS_DENIED, actor=actor, route=route, reason=ruling.reason)
