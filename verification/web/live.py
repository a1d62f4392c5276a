"""What open pages ask every two seconds: how many notices wait, and whether anything on the page has changed.

A topic is something that pages show in a live region (`static/js/live.js` says how a page uses one). Its version is a
short text that is another one whenever the region would show something else. Whoever builds a page adds its topic here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.roles import Permission
from verification.incidents import stamps
from verification.notices import board
from verification.review import queue
from verification.review.models import Claim, ReviewItem
from verification.wider import waiting

from .middleware import sent_by_the_page
from .permission import signed_in


@dataclass(frozen=True, slots=True)
class Topic:
    """`needs` is the permission that its page asks for; `state` is cheap to read and holds all that the page shows."""

    needs: Permission | None
    state: Callable[[User], object]


def _notices(person: User) -> object:
    """Every change of a notice writes the present moment into one of its times."""
    return board.all_for(person).aggregate(Count("pk"), Max("at"), Max("read_at"), Max("settled_at"))


def _queue(person: User) -> object:
    """What waits and what is the person's own; and the minute, for ages go on while nothing happens."""
    kept = ReviewItem.objects.filter(handed_to=person).exclude(state=ReviewItem.State.DONE)
    claimed = Claim.objects.filter(reviewer=person, ended_at__isnull=True).values_list("pk", flat=True)
    mine = [*kept.order_by("pk").values_list("pk", "state", "handed_until"), *claimed]
    return queue.count_waiting(), queue.care_waiting(), mine, _minute()


def _health(_person: User) -> object:
    """Nobody needs these counts by the second, and reading them all costs more than a question should."""
    at_work = ReviewItem.objects.filter(state__in=[ReviewItem.State.CLAIMED, ReviewItem.State.HELD])
    return queue.count_waiting(), at_work.count(), timezone.now().timestamp() // 15


def _minute() -> float:
    return timezone.now().timestamp() // 60


TOPICS: dict[str, Topic] = {
    "notices": Topic(None, _notices),
    "queue": Topic(Permission.CASE_REVIEW, _queue),
    "health": Topic(Permission.QUEUE_OVERSEE, _health),
    "wider": Topic(Permission.WIDER_APPROVE, lambda _person: waiting.state()),
    "worries": Topic(Permission.INCIDENT_HANDLE, lambda _person: stamps.of_worries()),
    "holds": Topic(Permission.HOLD_APPROVE, lambda _person: stamps.of_holds()),
}


@sent_by_the_page
@require_POST
def live(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    answer = {"notices": board.open_for(person).count(), "versions": versions(person, *request.POST.getlist("topic"))}
    return JsonResponse(answer)


def versions(person: User, *topics: str) -> dict[str, str]:
    """The version of each topic as it is now, for the page's template; without those that are not for this person.

    A view asks for it before it reads what the page shows: a change in between then costs one look too many, and never
    leaves the page behind.
    """
    allowed = facts_about(person).permissions
    known = [(name, TOPICS[name]) for name in set(topics) & TOPICS.keys()]
    return {name: _digest(topic.state(person)) for name, topic in known if not topic.needs or topic.needs in allowed}


def _digest(state: object) -> str:
    """16 hexadecimal digits of anything whose `repr` tells it apart."""
    return blake2b(repr(state).encode(), digest_size=8).hexdigest()
