"""Nothing that a reviewer can open tells a known case from a real one, before their answer counts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import time_machine
from django.db import transaction
from PIL import Image

from tests import factories
from tests.factories import ALL_SCOPES, a_case_in_review, a_person, a_programme
from tests.flows.photographs import as_jpeg, astronaut, astronaut_again, group
from tests.web.test_permissions import TABLE, World
from verification import pipeline
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR, Actor
from verification.cases.lifecycle import begin
from verification.cases.models import Case, Programme
from verification.cases.states import CaseKind, CaseStatus
from verification.known import stock
from verification.review import queue
from verification.review import rendering as review
from verification.review.claims import release
from verification.review.grants import mint_tickets, redeem
from verification.review.models import Claim, ReviewItem
from verification.review.tracing.carrier import carrier_of
from verification.review.tracing.payload import LENGTH
from verification.vault import store
from verification.wider import rendering as wider

from .stocked import a_known_case_in_review, follow

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MADE = Callable[[Programme | None], Case]

_RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "an id"),
    (re.compile(r'(class="code"[^>]*>|Case )[0-9A-F]{4}\b'), r"\1 a code"),
    # The version of a live region is a digest of what it shows, ids included.
    (re.compile(r"\b[0-9a-f]{16}\b"), "a version"),
    (re.compile(r"\b[A-Za-z0-9_-]{43}\b"), "a ticket"),
    (re.compile(r"\b[A-Za-z0-9]{64}\b"), "a token"),
)

# Pages of the person in the picture are open to everybody, draw challenges at random, and show no case to reviewers.
OPEN = [name for name, row in TABLE.items() if Role.REVIEWER in row.who and not name.startswith("capture-")]


@pytest.fixture(autouse=True)
def _one_hidden_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture hides the entry of its own look, which is as if drawn at random; here all looks hide the same."""
    tile = carrier_of(bytes(32)).tile(np.zeros(LENGTH, np.uint8))
    for room in (review, wider):
        monkeypatch.setattr(room, "tile_of", lambda _entry, _key: tile)


def without_chance(text: str) -> str:
    """The text without what is drawn at random for every case, session or form."""
    for pattern, word in _RANDOM:
        text = pattern.sub(word, text)
    return text


class Beside(World):
    """A reviewer with one case of this kind under their claim, and one that they have just answered."""

    def __init__(self, made: MADE) -> None:
        self.made = made
        super().__init__(Role.REVIEWER)

    def _claim(self, holder: User, programme: Programme | None = None) -> Claim:
        case = self.made(programme)
        claim = queue.take_next(holder)
        assert claim is not None
        assert claim.item_id == case.pk
        return claim


def seen(made: MADE, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What each address that is open to reviewers answers; in a world of its own, in which time stands still."""
    found = {}
    monkeypatch.setattr(factories, "_numbers", itertools.count(5_000))
    outside = transaction.savepoint()
    with time_machine.travel(NOON, tick=False):
        world = Beside(made)
        cookies = world.client.cookies.output().replace("Set-Cookie: ", "")
        for name in OPEN:
            world.client.cookies.load(cookies)
            before = transaction.savepoint()
            monkeypatch.setattr(factories, "_numbers", itertools.count(9_000))
            found[name] = answer_of(world.open(name))
            transaction.savepoint_rollback(before)
    transaction.savepoint_rollback(outside)
    return found


def answer_of(response: Any) -> tuple[Any, ...]:
    headers = {name: without_chance(value) for name, value in response.headers.items()}
    body = response.content
    text = "image" in response.headers.get("Content-Type", "")
    return response.status_code, headers, body if text else without_chance(body.decode())


@pytest.mark.django_db
def test_every_address_answers_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    real, known = seen(a_case_in_review, monkeypatch), seen(a_known_case_in_review, monkeypatch)
    assert {"case", "case-pulse", "case-findings", "review", "live", "review-look"} <= real.keys()
    assert real["review-look"][0] == 200
    for name, answer in real.items():
        assert known[name] == answer, name


def a_man() -> Image.Image:
    return group().crop((392, 180, 742, 530)).resize((700, 700))


PAIRS = {
    "another person": (astronaut, a_man, False),
    "the same person, past every check": (astronaut, astronaut_again, True),
}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.django_db(transaction=True)
def test_the_same_pictures_become_the_same_work(pair: str) -> None:
    reference, live, same = PAIRS[pair]
    images = as_jpeg(reference()), as_jpeg(live())
    real = a_real_case(*images)
    pipeline.process_case(real.pk)
    stock.put("twins", "Shipped with a package", [labelled(images, same)], actor=OPERATOR)
    known = follow(real)
    assert known is not None
    pipeline.process_case(known.pk)
    reviewer = a_person(Role.REVIEWER)
    works = [work_on(case, reviewer) for case in (real, known)]
    assert works[0] == works[1]
    assert len(works[0]["pictures"]) == 2


@transaction.atomic
def a_real_case(reference: bytes, live: bytes) -> Case:
    case = begin(
        programme=a_programme(), kind=CaseKind.ENROLMENT, subject="5" * 64, notice_version="2026-01",
        scopes=ALL_SCOPES, live_images=1,
    )  # fmt: skip
    store.seal_frames(case.pk, {"reference": reference, "live-0": live}, actor=Actor.relying_party("test"))
    return case


def labelled(images: tuple[bytes, bytes], same: bool) -> stock.Labelled:
    return stock.Labelled(stock.digest_of(*images), same, True, *images)


def work_on(case: Case, reviewer: User) -> dict[str, Any]:
    """All that the review of a case is made from, and the very bytes of its pictures."""
    with time_machine.travel(NOON, tick=False):
        item = ReviewItem.objects.get(case=case)
        # What the queue holds is taken in turn, so the other case waits elsewhere meanwhile.
        ReviewItem.objects.exclude(pk=item.pk).update(state=ReviewItem.State.HELD)
        ReviewItem.objects.filter(pk=item.pk).update(state=ReviewItem.State.WAITING)
        claim = queue.take_next(reviewer)
        assert claim is not None
        tickets = mint_tickets(claim.pk, reviewer, "session", item.crops)
        pictures = {
            kind: redeem(token, session_key="session", reviewer=reviewer).webp for kind, token in tickets.items()
        }
        release(claim.pk, reviewer)
    case.refresh_from_db()
    alike = ("kind", "status", "outcome", "reasons", "captured_by", "notice_version", "scopes", "live_images", "policy")
    item_alike = ("priority", "flag", "crops", "strip", "stage", "votes_needed", "holds", "hold_reason")
    return {
        "case": {name: getattr(case, name) for name in alike},
        "item": {name: getattr(item, name) for name in item_alike},
        "due": (item.due_at - item.queued_at).total_seconds(),
        "checks": list(case.results.values_list("name", "band", "score", "reasons")),
        "pictures": pictures,
        "in review": case.status == CaseStatus.IN_REVIEW,
    }
