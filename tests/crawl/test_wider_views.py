"""A wider view from its asking to its end: its tier reaches its asker, while it is ready, and nobody else ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.factories import approve, ask_wider
from verification import tasks
from verification.review.models import Claim
from verification.sweeper import sweep_once
from verification.wider import looks
from verification.wider.models import Tier, WiderView

from .frames import FACE, NECK, REST
from .world import OFFICER, SENIOR, World, nobody_sees

pytestmark = pytest.mark.django_db
MINUTE = timedelta(seconds=60)


def drawn(world: World, claim: Claim, tier: Tier) -> WiderView:
    """Ready for its one look, by the worker's own function."""
    view = ask_wider(claim, tier)
    approvers = [world.people[OFFICER]] if tier is Tier.FACE_AND_NECK else [world.people[OFFICER], world.second_senior]
    approve(view, *approvers)
    tasks.render_wider(str(view.pk))
    view.refresh_from_db()
    assert view.state == WiderView.State.READY, view.end
    return view


def test_face_and_neck_reach_the_asker_alone_and_only_while_they_are_ready() -> None:
    world = World()
    claim = world.take(SENIOR)
    view = ask_wider(claim)
    nobody_sees(world.tour("asked", holder=SENIOR), FACE, but=SENIOR)

    approve(view, world.people[OFFICER])
    nobody_sees(world.tour("approved", holder=SENIOR), FACE, but=SENIOR)

    tasks.render_wider(str(view.pk))
    nobody_sees(world.tour("ready", holder=SENIOR), FACE, NECK, but=SENIOR)

    looks.redeem(
        looks.mint_ticket(view.pk, world.people[SENIOR], "elsewhere"),
        session_key="elsewhere",
        asker=world.people[SENIOR],
    )
    nobody_sees(world.tour("seen", holder=SENIOR), FACE, but=SENIOR)

    with time_machine.travel(timezone.now() + MINUTE, tick=False):
        Claim.objects.filter(pk=claim.pk).update(heard_at=timezone.now())
        sweep_once(1)
        nobody_sees(world.tour("its minute is over", holder=SENIOR), FACE, but=SENIOR)


def test_the_whole_frame_reaches_the_asker_alone_and_not_a_moment_longer_than_its_minute() -> None:
    world = World()
    claim = world.take(SENIOR)
    drawn(world, claim, Tier.FRAME)
    nobody_sees(world.tour("frame ready", holder=SENIOR), FACE, NECK, REST, but=SENIOR)
    with time_machine.travel(timezone.now() + MINUTE, tick=False):
        # Nobody has swept yet: time alone closes it.
        Claim.objects.filter(pk=claim.pk).update(heard_at=timezone.now())
        nobody_sees(world.tour("frame's minute over", holder=SENIOR), FACE, but=SENIOR)
