"""A fortnight of a small bank's work, counted for the reports: something to look at."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from tests import factories
from tests.benchmarks.days_of_work import Work
from verification.access.models import User
from verification.access.roles import Role
from verification.audit import log
from verification.audit.events import Actor, Event
from verification.cases.models import Programme
from verification.wider import looks as wider_looks
from verification.wider.models import Tier

from .days import count_everything

NAMES = ("Ines Ferro", "Jonas Brandt", "林雪", "Amara Okoye", "Petra Novak", "陈思远")


def some_weeks(days: int = 35, a_day: int = 60) -> tuple[list[Programme], list[User]]:
    """Programmes and people with a past, one wider view, one odd night, and what was refused."""
    programmes = [factories.a_programme() for _ in range(2)]
    for programme, name in zip(programmes, ("Account opening", "Branch visits 网点"), strict=True):
        Programme.objects.filter(pk=programme.pk).update(name=name)
    people = [factories.a_person(Role.REVIEWER) for _ in NAMES]
    for person, name in zip(people, NAMES, strict=True):
        User.objects.filter(pk=person.pk).update(display_name=name)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Work(midnight, days, a_day, programmes, people).write()
    _an_odd_night(people[1])
    view = factories.make_ready(factories.an_asked_view(Tier.FACE_AND_NECK))
    token = wider_looks.mint_ticket(view.pk, view.claim.reviewer, "session")
    wider_looks.redeem(token, session_key="session", asker=view.claim.reviewer)
    count_everything()
    return programmes, people


@transaction.atomic
def _an_odd_night(person: User) -> None:
    for number in range(40):
        claim, case = {"claim": f"night-{number}"}, uuid4()
        for event, facts in (
            (Event.CLAIM_TAKEN, {"fence": 2, "waited_seconds": 60}),
            (Event.CROP_VIEWED, {"media": "crop-live", "reason": "review"}),
            (Event.CLAIM_ENDED, {"reason": "released"}),
        ):
            log.record(event, actor=Actor.person(person.pk), case_id=case, **claim, **facts)
    log.record(Event.BUDGET_SPENT, actor=Actor.person(person.pk), looks=300)


def yesterday_and_before(days: int = 7) -> dict[str, str]:
    """The choice of a period on a page."""
    today = timezone.localdate()
    return {"from": (today - timedelta(days=days)).isoformat(), "to": today.isoformat()}
