"""The start page: each role's own first screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from verification.access.assignment import facts_about
from verification.access.roles import Permission

from .permission import signed_in

_FIRST_SCREENS: tuple[tuple[Permission, str], ...] = (
    (Permission.CASE_REVIEW, "review"),
    (Permission.REPORT_READ, "reports"),
    (Permission.PERSON_MANAGE, "people"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    permissions = facts_about(signed_in(request)).permissions
    for permission, name in _FIRST_SCREENS:
        if permission in permissions:
            return redirect(name)
    return render(request, "home.html")
