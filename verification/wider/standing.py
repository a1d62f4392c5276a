"""What a case could show, and whether a view of it still stands. Asked of the database each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from verification.access.assignment import facts_about
from verification.access.rules import Denied
from verification.capture import consents
from verification.cases.models import Case, Programme
from verification.cases.states import CapturedBy
from verification.review import claims
from verification.review.models import Claim

from .models import Tier, WiderView
from .rules import Viewable, may_ask

ANSWER_FOR = timedelta(minutes=5)
SHOWN_FOR = timedelta(seconds=60)
MAX_ATTEMPTS = 3

_State = WiderView.State
_FILMED: dict[str, frozenset[Tier]] = {
    Programme.Region.FACE.value: frozenset(),
    Programme.Region.FACE_AND_NECK.value: frozenset({Tier.FACE_AND_NECK}),
}


class NoSuchView(LookupError):
    """There is no such view for this person. A foreign view and a missing one look the same."""


def viewable(case: Case) -> Viewable:
    """What the capture page did not film left nobody's device; a relying party's frames are whole.

    The capture page's own notice says what is filmed and which wider views there are, so a case is held to the notice
    that its person read. What a relying party tells people is between the two of them.
    """
    captured = case.captured_by == CapturedBy.CAPTURE_PAGE
    told = not captured or case.notice_version == consents.notice_version(case.programme)
    holds = _FILMED[case.programme.capture_region] if captured else frozenset(Tier)
    switches = {Tier.FACE_AND_NECK: case.programme.wider_neck, Tier.FRAME: case.programme.wider_frame}
    return Viewable(case.human_view, told, holds, frozenset(tier for tier, on in switches.items() if on))


def locked(view_id: UUID | str) -> WiderView:
    """The view, locked until the end of the caller's transaction: claim before case before view (before key).

    An erasure and a decision take them in this order too, so that nobody waits in a circle. Raises `NoSuchView`.
    """
    claim = Claim.objects.select_for_update(no_key=True, of=("self",)).filter(wider_views__pk=view_id).first()
    if claim is None:
        raise NoSuchView
    Case.objects.select_for_update(no_key=True).filter(pk=claim.item_id).first()
    views = WiderView.objects.select_related("claim__item__case__programme", "claim__reviewer")
    view = views.select_for_update(of=("self",)).filter(pk=view_id).first()
    if view is None:
        raise NoSuchView
    return view


def end_of(view: WiderView, now: datetime) -> WiderView.End | None:
    """Why a view no longer stands at `now`; None while it does."""
    if view.state == _State.ENDED:
        return WiderView.End(view.end)
    if claims.end_of(view.claim, now) is not None:
        return WiderView.End.CLAIM_ENDED
    ruling = may_ask(facts_about(view.claim.reviewer), Tier(view.tier), viewable(view.claim.item.case))
    if isinstance(ruling, Denied):
        return WiderView.End.NOTHING_WIDER if ruling.reason == "nothing_wider" else WiderView.End.NOT_ALLOWED
    if view.state == _State.ASKED and now >= view.answer_by:
        return WiderView.End.UNANSWERED
    if view.ends_at is not None and now >= view.ends_at:
        return WiderView.End.MINUTE_OVER
    if view.state == _State.APPROVED and _given_up(view, now):
        return WiderView.End.NOT_RENDERED
    return None


def _given_up(view: WiderView, now: datetime) -> bool:
    """Every attempt to draw it killed its worker."""
    return view.attempts >= MAX_ATTEMPTS and view.leased_until is not None and now >= view.leased_until
