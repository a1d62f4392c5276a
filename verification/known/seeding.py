"""Now and then a known case follows a real one into the queue, and nothing that a reviewer sees tells the two apart.

When a real case goes to people, one known case is made with probability share / (1 - share), so that in the long run
`KNOWN_CASE_SHARE` of the cases in the queue are known. Half of those call for a no, as far as the stock has such pairs.

What makes them alike:

- A known case follows only a case of one live image that a relying party filmed, and takes its programme, kind and
  consent from it. A clip answers a challenge that was drawn for it alone, which no stock can imitate; a known still
  among clips would give itself away. The share is thus one of such cases.
- It enters like any other, sealed and unchecked, at a random moment within `KNOWN_CASE_SPREAD_MINUTES`, and passes the
  same checks. Two cases in the same breath would be a sign where little comes in.
- Its id and its subject are random, as they are (or look) everywhere.
- The page says which questions the machine left open. Where it left none, a real case lends its own: only known cases
  come to people without a doubt.

A real case never depends on this: it is committed before, and whatever fails here costs a known case and no more.
"""

from __future__ import annotations

import random
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Random
from django.utils import timezone

from verification.audit import log
from verification.audit.events import WORKER, Event
from verification.cases.lifecycle import begin
from verification.cases.models import Case
from verification.cases.states import CapturedBy
from verification.checks.reasons import Reason

from . import sets, stock
from .models import KnownCase, KnownPair

logger = structlog.get_logger(__name__)

CHANCE = random.SystemRandom()
# Doubts that no look at a good picture refutes. The others ("too dark") would stand beside a picture that is not.
_LENT = (
    Reason.DIFFERENT_PERSON,
    Reason.MATCH_UNCLEAR,
    Reason.NOT_LIVE,
    Reason.LIVENESS_UNCLEAR,
    Reason.CAPTURE_NOT_OURS,
)
_LENDERS = 20


class Wanted(StrEnum):
    """What the right answer to the next known case is to be."""

    GENUINE = "genuine"
    IMPOSTOR = "impostor"


def draw(share: float, chance: random.Random = CHANCE) -> Wanted | None:
    """Whether a known case follows a real one, and which. `share` is 0 (never) to 0.5 (always)."""
    if chance.random() >= share / (1 - share):
        return None
    return chance.choice(tuple(Wanted))


def follow(case_id: UUID, chance: random.Random = CHANCE) -> Case | None:
    """Perhaps make a known case after the real one of this id went to people. None where none was made."""
    wanted = draw(settings.KNOWN_CASE_SHARE, chance)
    if wanted is None:
        return None
    like = _to_be_followed(case_id)
    pair_id = _take(wanted) if like else None
    if like is None or pair_id is None:
        return None
    seconds = chance.uniform(0, 60 * settings.KNOWN_CASE_SPREAD_MINUTES)
    try:
        return _seed(pair_id, like, timezone.now() + timedelta(seconds=seconds))
    except (stock.PairRetired, stock.PairDamaged) as unusable:
        # It counts as used, so that the next known case is not held up by it.
        logger.warning("a known pair cannot be used", pair=str(pair_id), error=type(unusable).__name__)
        return None


def _to_be_followed(case_id: UUID) -> Case | None:
    filmed_by_party = Q(captured_by=CapturedBy.RELYING_PARTY.value, live_images=1)
    return Case.objects.filter(filmed_by_party, pk=case_id, known=False).select_related("programme").first()


@transaction.atomic
def _take(wanted: Wanted) -> UUID | None:
    """Use up one of the least used pairs that may be shown now; one of the other kind where there is none."""
    for label in (sets.GENUINE, ~sets.GENUINE) if wanted is Wanted.GENUINE else (~sets.GENUINE, sets.GENUINE):
        least_used = sets.ready().filter(label).order_by("used", Random()).select_for_update(skip_locked=True)
        pair = least_used.only("pk", "used").first()
        if pair is not None:
            KnownPair.objects.filter(pk=pair.pk).update(used=pair.used + 1, last_used_at=timezone.now())
            return pair.pk
    return None


@transaction.atomic
def _seed(pair_id: UUID, like: Case, at: datetime) -> Case:
    """The case, its answer, its entry and its frames, all or nothing.

    `at` may lie ahead: it is when the case is received, and no worker is told of it before.
    """
    pair, images = stock.open_pair(pair_id)
    case = begin(
        programme=like.programme,
        kind=like.kind,
        captured_by=like.captured_by,
        subject=secrets.token_hex(32),
        notice_version=like.notice_version,
        scopes=list(like.scopes),
        live_images=1,
        known=True,
        received_at=at,
    )
    KnownCase.objects.create(case=case, pair=pair, same=pair.same, live=pair.live)
    log.record(Event.KNOWN_SEEDED, actor=WORKER, case_id=case.pk, pair=str(pair.pk))
    stock.seal_as_frames(case.pk, images)
    return case


def lend_reasons(case: Case, chance: random.Random = CHANCE) -> None:
    """Give a known case that passed every check the open questions of a real one, before it is offered to people.

    The log keeps what the checks said. Call it in the transaction that moves the case to `in_review`.
    """
    if case.reasons:
        return
    case.reasons = _lent_by_a_real_case(case, chance) or [
        chance.choice((Reason.MATCH_UNCLEAR, Reason.LIVENESS_UNCLEAR)).value
    ]
    case.save(update_fields=["reasons"])


def _lent_by_a_real_case(case: Case, chance: random.Random) -> list[str]:
    alike = Case.objects.filter(
        programme=case.programme_id, captured_by=case.captured_by, live_images=1, known=False, review__isnull=False
    )
    latest = alike.order_by("-received_at").values_list("reasons", flat=True)[:_LENDERS]
    lent = [[reason for reason in reasons if reason in _LENT] for reasons in latest]
    usable = [reasons for reasons in lent if reasons]
    return chance.choice(usable) if usable else []
