"""The one look at a ready view. A ticket is good once, for seconds, in one session, within the minute, for the asker.

No look without a log line, as in `review.grants`: the ticket is used up, then the vault commits the view entry and with
it destroys the key, and only then gives the picture. A look that fails because the storage is away leaves the picture
where it is: it can be tried again within the minute.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import facts_about
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import may
from verification.audit import attempts
from verification.audit.events import Actor, Event

from . import rendering
from .models import WiderView
from .standing import NoSuchView, end_of, locked

TICKET_FOR = timedelta(seconds=20)

_SENTENCES = {
    "ticket_unknown": "This link to the wider view is not valid here. Nothing was shown.",
    "ticket_used": "This link to the wider view was used already.",
    "ticket_late": "This link to the wider view is too old. Open it again while its minute lasts.",
    "role_missing": "Your role does not include wider views.",
    "not_ready": "The wider view is not ready.",
    "seen_already": "You have seen this view; it is shown once.",
    "minute_over": "The minute of this view is over, and it is destroyed.",
    "claim_ended": "Your time with this case is over, so its pictures are closed.",
    "not_allowed": "This view is not allowed any more: the programme or your role has changed.",
    "ended": "This view is over. Ask again if you still need it.",
    "media_destroyed": "This view has been destroyed.",
    "media_damaged": "This view cannot be opened. Ask again, or decide without it.",
    "media_unreachable": "The picture could not be fetched just now. It is kept while its minute lasts: try again.",
}


@dataclass(frozen=True, slots=True)
class WiderLook:
    """One marked picture as PNG bytes."""

    png: bytes


class WiderRefused(Exception):
    """Nothing is shown. `reason` is a code, `sentence` is for the asker."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = _SENTENCES[reason]


def mint_ticket(view_id: UUID | str, asker: User, session_key: str) -> str:
    """A ticket to the ready view, in the place of an earlier one. Raises `NoSuchView`; `WiderRefused`, logged."""
    token = secrets.token_urlsafe(32)
    try:
        _mint(view_id, asker, session_key, token)
    except WiderRefused as refused:
        _log_refusal(WiderView.objects.select_related("claim").filter(pk=view_id).first(), asker, refused.reason)
        raise
    return token


@transaction.atomic
def _mint(view_id: UUID | str, asker: User, session_key: str, token: str) -> None:
    view = locked(view_id)
    if view.asked_by_id != asker.pk:
        raise NoSuchView
    _insist_showable(view)
    now = timezone.now()
    view.ticket_digest, view.session_digest = _digest(token), _digest(session_key)
    view.ticket_ends_at = now + TICKET_FOR
    view.save(update_fields=["ticket_digest", "session_digest", "ticket_ends_at"])


def redeem(token: str, *, session_key: str, asker: User) -> WiderLook:
    """Use a ticket and see the view, once. Raises `WiderRefused`; every refusal is logged too."""
    try:
        view = _admit(token, session_key, asker)
        look = WiderLook(rendering.open_once(view, _approvers(view), at=timezone.now()))
    except rendering.WiderUnavailable as unavailable:
        refusal = WiderRefused(unavailable.reason)
    except WiderRefused as refused:
        refusal = refused
    else:
        _note_seen(view)
        return look
    _log_refusal(_view_of(token), asker, refusal.reason)
    raise refusal


@transaction.atomic
def _admit(token: str, session_key: str, asker: User) -> WiderView:
    """Use the ticket up, if everything holds. Each condition on its own line."""
    if not may(facts_about(asker), Permission.WIDER_ASK):
        raise WiderRefused("role_missing")
    view = _locked_view_of(token)
    if view is None:
        raise WiderRefused("ticket_unknown")
    if view.session_digest is None or bytes(view.session_digest) != _digest(session_key):
        raise WiderRefused("ticket_unknown")
    if view.asked_by_id != asker.pk:
        raise WiderRefused("ticket_unknown")
    if view.ticket_ends_at is None:
        raise WiderRefused("ticket_used")
    if timezone.now() >= view.ticket_ends_at:
        raise WiderRefused("ticket_late")
    _insist_showable(view)
    view.ticket_ends_at = None
    view.save(update_fields=["ticket_ends_at"])
    return view


def _insist_showable(view: WiderView) -> None:
    """Ready, within its minute, under an open claim, still allowed. Raises `WiderRefused`."""
    if view.state == WiderView.State.ENDED:
        raise WiderRefused("ended")
    over = end_of(view, timezone.now())
    if over is not None:
        raise WiderRefused(over.value if over.value in _SENTENCES else "ended")
    if view.state == WiderView.State.SEEN:
        raise WiderRefused("seen_already")
    if view.state != WiderView.State.READY:
        raise WiderRefused("not_ready")


def _note_seen(view: WiderView) -> None:
    """No sealed copy is left; until its minute is over the page may show what it was given."""
    ready = WiderView.objects.filter(pk=view.pk, state=WiderView.State.READY)
    ready.update(state=WiderView.State.SEEN, seen_at=timezone.now())


def _approvers(view: WiderView) -> list[str]:
    agreed = view.answers.filter(approves=True).values_list("approver_id", flat=True)
    return [str(person) for person in agreed]


def _view_of(token: str) -> WiderView | None:
    return WiderView.objects.select_related("claim").filter(ticket_digest=_digest(token)).first()


def _locked_view_of(token: str) -> WiderView | None:
    found = _view_of(token)
    if found is None:
        return None
    try:
        view = locked(found.pk)
    except NoSuchView:
        return None
    # Another ticket may have taken its place while the lock was waited for.
    return view if view.ticket_digest is not None and bytes(view.ticket_digest) == _digest(token) else None


@transaction.atomic
def _log_refusal(view: WiderView | None, asker: User, reason: str) -> None:
    attempts.refused(
        Event.WIDER_REFUSED,
        actor=Actor.person(asker.pk),
        case_id=view.claim.item_id if view else None,
        view=str(view.pk) if view else None,
        claim=str(view.claim_id) if view else None,
        tier=view.tier if view else None,
        reason=reason,
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
