"""The site as it stands: every address with the methods that it answers, and every name in its place."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.management import get_commands
from django.urls import reverse

from tests.crawl.visitors import undone
from tests.web.test_permissions import TABLE, World
from verification.audit.acts import ROUTES, Act
from verification.audit.models import Entry

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

ROWS: dict[str, Act] = {key: act for part in ROUTES.values() for key, act in part.items()}


def answered_methods(world: World, name: str) -> Iterator[str]:
    """The methods that an address knows, each asked for as if none had been before, with a key where it wants one."""
    row = TABLE[name]
    address = reverse(name, args=[getattr(world, row.arg).pk] if row.arg else [])
    headers = {"Authorization": f"Bearer {world.presented}"} if name.startswith("api:") else {}
    for method in METHODS:
        with undone(world.client):
            status = world.client.generic(method, address, headers=headers).status_code
        if status != 405:
            yield method


def newest() -> int:
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def written_since(entry_id: int) -> set[str]:
    return set(Entry.objects.filter(id__gt=entry_id).values_list("event", flat=True))


def own_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app == "verification"}
