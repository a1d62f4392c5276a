"""A worry and a legal hold keep pictures from their end; they open no picture to anybody."""

from __future__ import annotations

import pytest

from tests.factories import settled, vote
from verification.incidents import holds
from verification.incidents.models import LegalHold
from verification.incidents.raising import raise_worry

from .frames import FACE
from .world import HOLDER, OFFICER, OTHER, World, no_score_is_told, nobody_sees

pytestmark = pytest.mark.django_db


def test_a_worry_and_a_hold_open_no_picture_to_anybody() -> None:
    world = World()
    claim = world.take(HOLDER)
    raise_worry(claim.pk, world.people[HOLDER], kind="signs_of_harm", sentence="Marks on the neck.")
    holds.answer_hold(LegalHold.objects.get().pk, world.people[OFFICER], approves=True)
    tour = world.tour("worried, on hold", holder=HOLDER)
    nobody_sees(tour, FACE, but=HOLDER)
    no_score_is_told(tour)

    vote(claim, confidence=5)
    settled()
    vote(world.take(OTHER), confidence=5)
    settled()
    tour = world.tour("decided, still on hold")
    assert world.case.media.filter(purpose="frame", deleted_at__isnull=True).exists()
    nobody_sees(tour)
    no_score_is_told(tour, HOLDER, OTHER)
