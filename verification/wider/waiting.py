"""What of wider views waits for whom: the requests for those who answer them, and the asker's own for their page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.rules import Ruling

from .answers import agreed, asked
from .models import Tier, WiderAnswer, WiderView
from .rules import APPROVERS, may_answer
from .standing import end_of

HISTORY = timedelta(hours=24)
_SHOWN = 100
_State = WiderView.State


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as one person meets it: what is asked, who has agreed, and whether this person may say yes or no."""

    view: WiderView
    seconds_left: int
    agreed: tuple[User, ...]
    needed: int
    yes: Ruling
    no: Ruling
    own: bool


@dataclass(frozen=True, slots=True)
class Past:
    """A request that is answered or over, with everybody's answer."""

    view: WiderView
    answers: tuple[WiderAnswer, ...]


@dataclass(frozen=True, slots=True)
class OwnView:
    """The asker's latest request under a claim. `seconds_left` is to its answer or to the end of its minute."""

    view: WiderView
    state: str
    end: str
    seconds_since: int
    seconds_left: int
    agreed: int
    needed: int


def requests(person: User) -> list[Waiting]:
    """What waits for an answer now, the oldest first, whoever asked."""
    now = timezone.now()
    open_ones = _views().filter(state=_State.ASKED).order_by("asked_at")[:_SHOWN]
    return [_waiting(view, person, now) for view in open_ones if end_of(view, now) is None]


def _waiting(view: WiderView, person: User, now: datetime) -> Waiting:
    facts, request = facts_about(person), asked(view)
    counted = agreed(view)
    return Waiting(
        view=view,
        seconds_left=_seconds(view.answer_by - now),
        agreed=tuple(answer.approver for answer in _answers(view) if answer.approver_id in counted),
        needed=APPROVERS[request.tier],
        yes=may_answer(facts, request, approves=True),
        no=may_answer(facts, request, approves=False),
        own=person.pk == view.asked_by_id,
    )


def past(within: timedelta = HISTORY) -> list[Past]:
    """What was asked lately and waits no longer, the newest first."""
    now = timezone.now()
    lately = _views().filter(asked_at__gte=now - within).order_by("-asked_at")[:_SHOWN]
    over = (view for view in lately if view.state != _State.ASKED or end_of(view, now) is not None)
    return [Past(view, _answers(view)) for view in over]


def own_view(claim_id: UUID | str, asker: User) -> OwnView | None:
    """What the asker's page must know each second; None when nothing was asked under this claim."""
    view = _views().filter(claim_id=claim_id, asked_by=asker).order_by("-asked_at").first()
    if view is None:
        return None
    now = timezone.now()
    end = end_of(view, now)
    until = view.answer_by if view.state == _State.ASKED else view.ends_at
    return OwnView(
        view=view,
        state=_State.ENDED.value if end else view.state,
        end=end.value if end else "",
        seconds_since=_seconds(now - view.asked_at),
        seconds_left=_seconds(until - now) if until else 0,
        agreed=len(agreed(view)),
        needed=APPROVERS[Tier(view.tier)],
    )


def state() -> object:
    """All that the page of requests shows, in brief: another value whenever it would show something else."""
    recent = WiderView.objects.filter(asked_at__gte=timezone.now() - HISTORY).order_by("pk")
    answers = WiderAnswer.objects.filter(view__in=recent).order_by("pk")
    return list(recent.values_list("pk", "state", "end")), list(answers.values_list("pk"))


def _views() -> QuerySet[WiderView]:
    return WiderView.objects.select_related("claim__item__case__programme", "claim__reviewer", "asked_by")


def _answers(view: WiderView) -> tuple[WiderAnswer, ...]:
    return tuple(view.answers.select_related("approver"))


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))
