"""Each act is performed, and the log then holds what its row says: no less, and nothing besides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crawl.visitors import undone
from tests.web.test_permissions import TABLE, World
from verification import tasks
from verification.access.roles import Role

from .driving import prepared
from .site import ROWS, newest, written_since

pytestmark = pytest.mark.django_db

# Where an address lets in several, the one who can do most.
BEST = (Role.SENIOR_REVIEWER, Role.REVIEWER, Role.RISK_OFFICER, Role.ADMINISTRATOR)
# Needs a published tree, for which it has a test of its own.
ELSEWHERE = {"GET reports-log-proof": "tests/reports/test_pages.py"}

# Nothing is there, so that nothing can come of it.
NOWHERE = {key for key in ROWS if key.endswith(" api:nowhere")}


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    for bell in ("ring", "ring_wider"):
        monkeypatch.setattr(tasks, bell, lambda _id: True)


def rows_of(who: str) -> list[str]:
    return [key for key in ROWS if key not in ELSEWHERE and performer(key.partition(" ")[2]) == who]


def performer(name: str) -> str:
    who = TABLE[name].who
    return next((role for role in BEST if role in who), Role.REVIEWER)


@pytest.mark.parametrize("who", BEST)
def test_every_act_leaves_what_its_row_says(who: str) -> None:
    world = World(who)
    wrong = {}
    for key in rows_of(who):
        with undone(world.client):
            perform = prepared(world, key)
            before = newest()
            response = perform()
            left = written_since(before)
        problem = what_is_wrong(key, response, left)
        if problem:
            wrong[key] = problem
    assert wrong == {}


def what_is_wrong(key: str, response: Any, left: set[str]) -> str:
    """Nothing where the log holds what the row says."""
    row = ROWS[key]
    missing = {event.value for event in row.always} - left
    if row.events and not left:
        missing = {event.value for event in row.events}
    besides = left - {event.value for event in row.events}
    if response.status_code >= 400 and key not in NOWHERE:
        return f"refused with {response.status_code}: {response.content[:200]!r}"
    return f"missing {sorted(missing)}, besides {sorted(besides)}" if missing or besides else ""


def test_every_row_is_performed_by_somebody() -> None:
    assert {key for who in BEST for key in rows_of(who)} | set(ELSEWHERE) == set(ROWS)
