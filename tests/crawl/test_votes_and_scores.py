"""From the queue to the erasure of a case: who was shown or told what, at every address, in every state on the way."""

from __future__ import annotations

import pytest

from tests.factories import settled, vote
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.retention.erase import erase_case

from .frames import FACE
from .world import HOLDER, OTHER, SENIOR, SHOWN_SCORES, Tour, World, no_score_is_told, nobody_is_told, nobody_sees

pytestmark = pytest.mark.django_db
# Words that no page has of itself, in the notes of the two who vote.
FIRST_NOTE, SECOND_NOTE = "quagga behind the ear", "okapi above the lip"
NAMES = {who: f"{who.replace(' ', '-')}-kestrel".encode() for who in (HOLDER, OTHER, SENIOR)}


def no_vote_is_told(tour: Tour, *, voted: tuple[str, ...]) -> None:
    """Nobody reads what another one wrote, and nobody who votes learns who else did.

    A list of all colleagues, to hand a case over to, names those who voted among those who did not.
    """
    nobody_is_told(tour, b"quagga", HOLDER)
    nobody_is_told(tour, b"okapi", OTHER)
    for answer in tour.answers:
        if answer.who in NAMES and b"bystander-kestrel" not in answer.body.lower():
            named = {voter for voter in voted if NAMES[voter] in answer.body.lower()}
            assert named - {answer.who} == set(), (tour.state, str(answer))


def test_nobody_is_shown_or_told_what_is_not_for_them_while_two_vote_and_a_senior_settles() -> None:
    world = World()
    tour = world.tour("waiting")
    # Whoever reviews may take it, and then sees what its holder sees; the crawl does not go on to look.
    nobody_sees(tour)
    no_score_is_told(tour)

    first = world.take(HOLDER)
    tour = world.tour("claimed", holder=HOLDER)
    nobody_sees(tour, FACE, but=HOLDER)
    no_score_is_told(tour)

    vote(first, "same", note=FIRST_NOTE, confidence=5)
    tour = world.tour("vote pending")
    nobody_sees(tour)
    no_score_is_told(tour)
    no_vote_is_told(tour, voted=(HOLDER,))

    settled()
    tour = world.tour("counted, waits for the second")
    nobody_sees(tour)
    no_score_is_told(tour, HOLDER)
    no_vote_is_told(tour, voted=(HOLDER,))
    assert all(HOLDER in tour.told(score) for score in SHOWN_SCORES[:3])

    second = world.take(OTHER)
    tour = world.tour("claimed by the second", holder=OTHER)
    nobody_sees(tour, FACE, but=OTHER)
    no_score_is_told(tour, HOLDER)
    no_vote_is_told(tour, voted=(HOLDER,))

    vote(second, "different", note=SECOND_NOTE, confidence=5)
    settled()
    tour = world.tour("votes differ")
    nobody_sees(tour)
    no_score_is_told(tour, HOLDER, OTHER)
    no_vote_is_told(tour, voted=(HOLDER, OTHER))

    settling = world.take(SENIOR)
    tour = world.tour("with a senior", holder=SENIOR)
    nobody_sees(tour, FACE, but=SENIOR)
    no_score_is_told(tour, HOLDER, OTHER)
    no_vote_is_told(tour, voted=(HOLDER, OTHER))

    vote(settling, "different")
    settled()
    tour = world.tour("decided")
    assert Case.objects.get(pk=world.case.pk).status == "decided"
    nobody_sees(tour)
    no_score_is_told(tour, HOLDER, OTHER, SENIOR)
    no_vote_is_told(tour, voted=(HOLDER, OTHER, SENIOR))

    erase_case(world.case.pk, actor=OPERATOR)
    tour = world.tour("erased")
    nobody_sees(tour)
    no_score_is_told(tour)
    nobody_is_told(tour, b"quagga")
    nobody_is_told(tour, b"okapi")
