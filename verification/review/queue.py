"""The queue. Reviewers take the next case; they cannot browse, and they cannot pick.

The table is the queue of record. A case is taken by one conditional statement over partial indexes of the waiting rows
(`FOR UPDATE SKIP LOCKED`; `order.py` says which comes next), so that reviewers never collide and never wait for each
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from verification.access.assignment import Refused, facts_about
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import Denied, Person, may
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.models import Case
from verification.policy.risk import due_after, is_risky

from . import budget, order
from .claims import CLAIM_FOR, end_overdue
from .models import Claim, ReviewItem
from .order import CARE_PRIORITY
from .setting_aside import settle_notices

_BUCKETS: tuple[tuple[str, timedelta], ...] = (
    ("under 5 minutes", timedelta(minutes=5)),
    ("5 to 60 minutes", timedelta(hours=1)),
    ("1 to 24 hours", timedelta(days=1)),
)
_OLDEST = "over 24 hours"
COUNT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """Counts only. `by_age` is (label, cases), youngest first; `oldest_seconds` is None when nothing waits.

    Each age class is counted up to `COUNT_LIMIT`; `at_least` says that the true numbers may be larger.
    """

    waiting: int
    oldest_seconds: float | None
    by_age: tuple[tuple[str, int], ...]

    @property
    def at_least(self) -> bool:
        return any(count >= COUNT_LIMIT for _, count in self.by_age)


WELFARE = "welfare"


def offer(
    case: Case,
    *,
    crops: list[str],
    strip: Sequence[Mapping[str, str]] = (),
    priority: int = 100,
    with_care: bool = False,
) -> None:
    """Put a case into the queue, in the transaction that moves it to `in_review`.

    `strip` lists the crops of the filmstrip: `kind` of each, and a code of what it `shows`. `with_care` puts the case
    first, with a flag: there is a sign that the person may not be well or not be free.
    """
    now = timezone.now()
    ReviewItem.objects.create(
        case=case,
        crops=crops,
        strip=list(strip),
        priority=CARE_PRIORITY if with_care else priority,
        flag=WELFARE if with_care else "",
        queued_at=now,
        due_at=now + due_after(case.programme.due_minutes, risky=is_risky(case.reasons)),
        votes_needed=case.programme.reviewers,
    )


def care_waiting() -> bool:
    """Whether a case is waiting that is to be looked at with care; such a case is the next one to be taken."""
    return ReviewItem.objects.filter(state=ReviewItem.State.WAITING, flag=WELFARE).exists()


def take_next(reviewer: User) -> Claim | None:
    """Claim the next case; the reviewer's own open claim if there is one; None when nothing waits.

    Raises `Refused`: the role is missing, or the budget of looks is spent.
    """
    facts = _insist_on_reviewing(reviewer)
    end_overdue()
    mine = _own(reviewer)
    if mine is not None:
        return mine
    budget.insist_on_some(reviewer)
    try:
        return _take(reviewer, facts)
    except IntegrityError:
        # The same reviewer took one in another tab at the same moment: one claim each.
        return _own(reviewer)


@transaction.atomic
def _take(reviewer: User, facts: Person) -> Claim | None:
    with connection.cursor() as cursor:
        cursor.execute(order.TAKE, order.parameters(reviewer, facts, timezone.now()))
        row: tuple[UUID, int, datetime, bool] | None = cursor.fetchone()
    if row is None:
        return None
    case_id, fence, queued_at, was_kept = row
    # Not before the case was theirs: the claim before it may have ended while they asked.
    now = timezone.now()
    claim = Claim.objects.create(
        item_id=case_id, reviewer=reviewer, fence=fence, claimed_at=now, heard_at=now, ends_at=now + CLAIM_FOR
    )
    log.record(
        Event.CLAIM_TAKEN,
        actor=Actor.person(reviewer.pk),
        case_id=case_id,
        claim=str(claim.pk),
        fence=fence,
        waited_seconds=int((now - queued_at).total_seconds()),
    )
    if was_kept:
        settle_notices(case_id)
    return claim


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What would come next: enough to get ready for it, and nothing by which a case could be known or chosen."""

    kind: str
    programme: str
    with_care: bool
    # Negative when it is overdue.
    due_in_seconds: int


def look_ahead(reviewer: User) -> Upcoming | None:
    """What `take_next` would give just now, without taking or locking anything; None when nothing waits.

    Raises `Refused`.
    """
    facts = _insist_on_reviewing(reviewer)
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(order.LOOK, order.parameters(reviewer, facts, now))
        row: tuple[str, str, str, datetime] | None = cursor.fetchone()
    if row is None:
        return None
    kind, programme, flag, due_at = row
    return Upcoming(kind, programme, flag == WELFARE, int((due_at - now).total_seconds()))


def _insist_on_reviewing(reviewer: User) -> Person:
    facts = facts_about(reviewer)
    ruling = may(facts, Permission.CASE_REVIEW)
    if isinstance(ruling, Denied):
        raise Refused(ruling)
    return facts


def _own(reviewer: User) -> Claim | None:
    return Claim.objects.filter(reviewer=reviewer, ended_at__isnull=True).select_related("item__case").first()


def count_waiting() -> int:
    """How many cases wait, counted up to `COUNT_LIMIT`."""
    return ReviewItem.objects.filter(state=ReviewItem.State.WAITING)[:COUNT_LIMIT].count()


def health() -> QueueHealth:
    """How much is waiting and how old it is, from the index of waiting rows by age."""
    now = timezone.now()
    waiting = ReviewItem.objects.filter(state=ReviewItem.State.WAITING)
    oldest = waiting.aggregate(oldest=Min("queued_at"))["oldest"]
    counts = _count_by_age(waiting, now)
    return QueueHealth(
        waiting=sum(count for _, count in counts),
        oldest_seconds=(now - oldest).total_seconds() if oldest else None,
        by_age=counts,
    )


def _count_by_age(waiting: QuerySet[ReviewItem], now: datetime) -> tuple[tuple[str, int], ...]:
    """Each class is counted up to `COUNT_LIMIT`: nobody needs the exact number beyond, and the page stays quick."""
    counts, younger = [], now
    for label, age in _BUCKETS:
        counts.append((label, waiting.filter(queued_at__lte=younger, queued_at__gt=now - age)[:COUNT_LIMIT].count()))
        younger = now - age
    return (*counts, (_OLDEST, waiting.filter(queued_at__lte=younger)[:COUNT_LIMIT].count()))
