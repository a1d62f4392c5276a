"""Other people's yes or no to a request, and the asker's change of mind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import Refused, facts_about
from verification.access.models import User
from verification.access.roles import Permission, Role
from verification.access.rules import Denied, may
from verification.audit import attempts, log
from verification.audit.events import Actor, Event
from verification.notices import board
from verification.notices.models import Notice

from . import endings
from .models import Tier, WiderAnswer, WiderView
from .rules import APPROVERS, Asked, may_answer
from .standing import NoSuchView, end_of, locked

Ring = Callable[[UUID], object]


def answer(view_id: UUID | str, approver: User, *, approves: bool, ring: Ring) -> WiderView:
    """Record a yes or a no. One no ends the request; the last yes that is needed has it drawn.

    `ring` tells a worker so, once this is committed: tasks stand above this room. Raises `NoSuchView`, and `Refused`,
    which is logged.
    """
    try:
        return _answer(view_id, approver, approves, ring)
    except Refused as refused:
        _log_refusal(view_id, approver, refused.ruling.reason)
        raise


@transaction.atomic
def _answer(view_id: UUID | str, approver: User, approves: bool, ring: Ring) -> WiderView:
    view = locked(view_id)
    ruling = may_answer(facts_about(approver), asked(view), approves=approves)
    if isinstance(ruling, Denied):
        raise Refused(ruling)
    WiderAnswer.objects.create(view=view, approver=approver, approves=approves)
    actor = Actor.person(approver.pk)
    log.record(
        Event.WIDER_ANSWERED,
        actor=actor,
        case_id=view.claim.item_id,
        view=str(view.pk),
        tier=view.tier,
        approves=approves,
    )
    if not approves:
        endings.end(view, WiderView.End.REFUSED, actor=actor)
        _tell_the_asker(view)
    elif len(agreed(view)) >= APPROVERS[Tier(view.tier)]:
        _approve(view, ring)
    return view


def _approve(view: WiderView, ring: Ring) -> None:
    """The lock on the view makes this happen once, however many answer at the same moment."""
    view.state, view.approved_at = WiderView.State.APPROVED, timezone.now()
    view.save(update_fields=["state", "approved_at"])
    board.settle(Notice.Kind.WIDER_ASKED, view.pk)
    _tell_the_asker(view)
    transaction.on_commit(partial(ring, view.pk))


def _tell_the_asker(view: WiderView) -> None:
    board.notify(Notice.Kind.WIDER_ANSWERED, view.pk, [view.asked_by])


def asked(view: WiderView) -> Asked:
    """The request as facts, read now."""
    return Asked(
        tier=Tier(view.tier),
        asked_by=view.asked_by_id,
        answered_by=frozenset(view.answers.values_list("approver_id", flat=True)),
        agreed=tuple(agreed(view).values()),
        over=_over(view),
    )


def agreed(view: WiderView) -> dict[UUID, frozenset[Role]]:
    """Who has said yes, with their roles now. A yes of somebody who lost the right to it no longer counts."""
    people = [facts_about(answer.approver) for answer in view.answers.filter(approves=True).select_related("approver")]
    return {person.id: person.roles for person in people if may(person, Permission.WIDER_APPROVE)}


def _over(view: WiderView) -> str:
    end = end_of(view, timezone.now())
    if end is not None:
        return end.value
    return "" if view.state == WiderView.State.ASKED else "answered"


@transaction.atomic
def withdraw(view_id: UUID | str, asker: User) -> bool:
    """The asker needs it no longer. False when it had ended. Raises `NoSuchView`, also for somebody else's."""
    view = locked(view_id)
    if view.asked_by_id != asker.pk:
        raise NoSuchView
    return endings.end(view, WiderView.End.WITHDRAWN, actor=Actor.person(asker.pk))


@transaction.atomic
def _log_refusal(view_id: UUID | str, approver: User, reason: str) -> None:
    view = WiderView.objects.select_related("claim").get(pk=view_id)
    attempts.refused(
        Event.WIDER_REFUSED,
        actor=Actor.person(approver.pk),
        case_id=view.claim.item_id,
        view=str(view.pk),
        claim=str(view.claim_id),
        tier=view.tier,
        reason=reason,
    )
