"""What every template may use: the signed-in person's facts, and the parts of the console they may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.roles import Permission, Role
from verification.access.rules import Person
from verification.notices import board

from .middleware import by_itself


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    current: bool


# Label, URL name, the permission that its page asks for.
_PAGES: tuple[tuple[str, str, Permission], ...] = (
    ("Review", "review", Permission.CASE_REVIEW),
    ("Your results", "review-mine", Permission.CASE_REVIEW),
    ("Queue health", "queue-health", Permission.QUEUE_OVERSEE),
    ("Wider views", "wider", Permission.WIDER_APPROVE),
    ("Worries", "incidents", Permission.INCIDENT_HANDLE),
    ("Holds", "holds", Permission.HOLD_APPROVE),
    ("Reports", "reports", Permission.REPORT_READ),
    ("Audit log", "reports-log", Permission.LOG_READ),
    ("Trace a leak", "reports-trace", Permission.LEAK_TRACE),
    ("People", "people", Permission.PERSON_MANAGE),
    ("Programmes", "programmes", Permission.PROGRAMME_MANAGE),
)


def person(request: HttpRequest) -> dict[str, Any]:
    """`person`, `role_names`, `nav`, `open_notices` and `by_itself` for a signed-in user; nothing for a visitor."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    facts = facts_about(user)
    return {
        "person": facts,
        "role_names": [role.label for role in Role if role in facts.roles],
        "nav": _nav(facts, request.path),
        "open_notices": board.open_for(user).count(),
        "by_itself": by_itself(request),
    }


def _nav(facts: Person, path: str) -> list[NavItem]:
    items = [(label, reverse(name)) for label, name, permission in _PAGES if permission in facts.permissions]
    here = max((url for _, url in items if path.startswith(url)), key=len, default=None)
    return [NavItem(label, url, url == here) for label, url in items]
