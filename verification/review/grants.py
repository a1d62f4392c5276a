"""The right to one look. A ticket is good once, for seconds, in one session, under one claim, for one crop.

No look without a log line: first the ticket is used up, then the vault commits the view entry, and only then does it
give a byte. If the log cannot be written, nothing is shown. What fails after the entry leaves a view in the log that
showed nothing: the log may say more looks than there were, never fewer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from verification.access.assignment import Refused, facts_about
from verification.access.models import User
from verification.access.roles import Permission
from verification.access.rules import may
from verification.audit import attempts, log
from verification.audit.events import Actor, Event

from . import budget, rendering
from .claims import ClaimEnded, NoSuchClaim, open_claim
from .models import Claim, LookTicket

TICKET_FOR = timedelta(seconds=20)

_SENTENCES = {
    "ticket_unknown": "This link to the picture is not valid here. Reload the case.",
    "ticket_used": "This link to the picture was used already. Reload the case.",
    "ticket_late": "This link to the picture is too old. Reload the case.",
    "claim_ended": "Your time with this case is over, so its pictures are closed.",
    "role_missing": "Your role does not include looking at pictures.",
    "budget_spent": "You have looked at as many pictures within an hour as anybody may. Wait a while, then reload.",
    "media_destroyed": "The pictures of this case have been destroyed.",
    "media_damaged": "This picture cannot be opened. Decide without it, or release the case and tell an administrator.",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One redacted, marked crop as WebP bytes, without loss."""

    webp: bytes


class LookRefused(Exception):
    """Nothing is shown. `reason` is a code, `sentence` is for the reviewer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = _SENTENCES[reason]


def mint_tickets(claim_id: UUID | str, reviewer: User, session_key: str, wanted: Iterable[str]) -> dict[str, str]:
    """A fresh ticket for each wanted crop that the claimed case has, by media kind.

    Raises `NoSuchClaim`, `ClaimEnded`, and `LookRefused` when the budget of looks is spent.
    The page asks for what it shows: a filmstrip that stays shut costs no look and leaves no right to one.
    """
    claim = open_claim(claim_id, reviewer)
    try:
        budget.insist_on_some(reviewer)
    except Refused:
        raise LookRefused("budget_spent") from None
    tokens = {media: secrets.token_urlsafe(32) for media in sorted({*wanted} & {*claim.item.crops})}
    LookTicket.objects.bulk_create(
        LookTicket(
            digest=_digest(token),
            claim=claim,
            media=media,
            session_digest=_digest(session_key),
            ends_at=timezone.now() + TICKET_FOR,
        )
        for media, token in tokens.items()
    )
    return tokens


def redeem(token: str, *, session_key: str, reviewer: User) -> Look:
    """Use a ticket and see its crop. Raises `LookRefused`; every refusal is logged too."""
    used = False
    try:
        claim, media = _admit(token, session_key, reviewer)
        used = True
        return Look(rendering.marked_crop(claim, media, at=timezone.now()))
    except rendering.CropUnavailable as unavailable:
        refusal = LookRefused(unavailable.reason)
    except LookRefused as refused:
        refusal = refused
    _log_refusal(token, reviewer, refusal.reason, used=used)
    raise refusal


@transaction.atomic
def _admit(token: str, session_key: str, reviewer: User) -> tuple[Claim, str]:
    """Use the ticket up, if everything holds. Each condition on its own line."""
    if not may(facts_about(reviewer), Permission.CROP_LOOK):
        raise LookRefused("role_missing")
    ticket = LookTicket.objects.select_for_update().filter(digest=_digest(token)).first()
    if ticket is None:
        raise LookRefused("ticket_unknown")
    if bytes(ticket.session_digest) != _digest(session_key):
        raise LookRefused("ticket_unknown")
    if ticket.used_at is not None:
        raise LookRefused("ticket_used")
    if timezone.now() >= ticket.ends_at:
        raise LookRefused("ticket_late")
    try:
        claim = open_claim(ticket.claim_id, reviewer)
    except NoSuchClaim:
        raise LookRefused("ticket_unknown") from None
    except ClaimEnded:
        raise LookRefused("claim_ended") from None
    # A case that was begun may be seen to its end; a hoard of tickets may not.
    if budget.opens_again(reviewer, beyond=len(claim.item.crops)):
        raise LookRefused("budget_spent")
    ticket.used_at = timezone.now()
    ticket.save(update_fields=["used_at"])
    return claim, ticket.media


@transaction.atomic
def _log_refusal(token: str, reviewer: User, reason: str, *, used: bool) -> None:
    """A ticket that was used up has an entry of its own in any case: reports look for it."""
    ticket = LookTicket.objects.filter(digest=_digest(token)).select_related("claim").first()
    say = log.record if used else attempts.refused
    say(
        Event.CROP_REFUSED,
        actor=Actor.person(reviewer.pk),
        case_id=ticket.claim.item_id if ticket else None,
        media=ticket.media if ticket else None,
        claim=str(ticket.claim_id) if ticket else None,
        reason=reason,
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
