"""Sixteen people at a thousand cases at once: each case is decided once by as many as it needs, and held by one.

They work through the pages, each over a connection of their own, and do what people do: they differ, change their
minds, walk away from an open case and come back too late. Nobody sleeps off the ten seconds in which a vote can be
taken back: one thread makes pending votes due and settles them, as the sweeper does, and whoever is idle helps.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from tests.factories import ALL_SCOPES, a_person, a_programme
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import OPERATOR, WORKER, Event
from verification.audit.models import Entry, Pseudonym
from verification.cases.lifecycle import advance, begin, lease_for_checks
from verification.cases.models import Case, Programme
from verification.cases.review_settings import ReviewSettings, change_review
from verification.cases.states import CaseKind, CaseStatus
from verification.review import queue
from verification.review.models import Claim, ReviewItem, Vote
from verification.review.settling import settle_due

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 1000
REVIEWERS, SENIORS = 12, 4
AT_MOST = 600
"""Seconds before somebody says that it hangs; on two idle cores it takes a tenth of that."""


def a_waiting_case(programme: Programme) -> UUID:
    """A case that went to people without a picture: nothing is looked at here, and sealing is tested elsewhere."""
    received = begin(
        programme=programme, kind=CaseKind.ENROLMENT, notice_version="2026-01", scopes=ALL_SCOPES, live_images=1
    )
    case = lease_for_checks(received.pk)
    assert case is not None
    with transaction.atomic():
        advance(case, CaseStatus.IN_REVIEW, actor=WORKER, reasons=["liveness_unclear"])
        queue.offer(case, crops=[])
    return case.pk


def a_full_queue() -> None:
    alone, together = a_programme(), a_programme()
    change_review(OPERATOR, together, ReviewSettings(reviewers=2))
    for number in range(CASES):
        a_waiting_case(together if number % 2 else alone)


class AtWork(threading.Thread):
    """Somebody who works until everything is done. What goes wrong is kept for the test."""

    def __init__(self, done: threading.Event) -> None:
        super().__init__(daemon=True)
        self.done = done
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.done.is_set():
                self.turn()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.failed = error
        finally:
            connection.close()

    def turn(self) -> None:
        raise NotImplementedError


class Desk(AtWork):
    """One member of staff. `random` is their own, so that a run can be repeated by its seed."""

    def __init__(self, person: User, seed: int, done: threading.Event) -> None:
        super().__init__(done)
        self.person = person
        self.random = Random(seed)  # noqa: S311 - nothing secret
        self.client = Client()
        self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        self.did: Counter[str] = Counter()

    def turn(self) -> None:
        claim = self._taken(self.client.post(reverse("review-take"))["Location"])
        while claim is not None and not self.done.is_set():
            claim = self._worked_on(claim)
        # Nothing waits: others hold the last cases, or votes are still to count.
        settle_due()
        self.done.wait(0.5)

    def _taken(self, location: str) -> UUID | None:
        match = resolve(urlsplit(location).path)
        return match.kwargs["claim_id"] if match.view_name == "case" else None

    def _worked_on(self, claim: UUID) -> UUID | None:
        """Answers with the claim on the next case, if one was taken along."""
        mood = self.random.random()
        if mood < 0.02:
            self._come_back_too_late(claim)
            return None
        if mood < 0.06:
            self.did["given back"] += 1
            self.client.post(reverse("case-release", args=[claim]))
            return None
        following = self._decide(claim)
        return self._undo(claim, following) if mood > 0.95 else following

    def _decide(self, claim: UUID) -> UUID | None:
        answer = self.client.post(reverse("case-decide", args=[claim]), self._answers(claim) | {"then": "next"})
        assert answer.status_code == 302, answer.content
        self.did["decided"] += 1
        return self._taken(answer["Location"])

    def _undo(self, claim: UUID, following: UUID | None) -> UUID | None:
        """A slip. Whoever is too late for it goes on with what they have."""
        again = self._taken(self.client.post(reverse("case-undo", args=[claim]))["Location"])
        self.did["undone" if again else "undone too late"] += 1
        return again or following

    def _come_back_too_late(self, claim: UUID) -> None:
        Claim.objects.filter(pk=claim).update(ends_at=timezone.now())
        late = self.client.post(
            reverse("case-decide", args=[claim]), self._answers(claim) | {"note": "typed meanwhile"}
        )
        assert late.status_code == 410
        assert "typed meanwhile" in late.content.decode()
        self.did["too late"] += 1

    def _answers(self, claim: UUID) -> dict[str, object]:
        """Most see the same; one in eight sees something else, and always the same in the same case."""
        case = Claim.objects.values_list("item_id", flat=True).get(pk=claim)
        odd = hashlib.sha256(f"{case} {self.person.pk}".encode()).digest()[0] < 32
        return {
            "same_person": "different" if odd else "same",
            "alive": "live",
            "confidence": "5",
            "reasons": ["features_differ" if odd else "features_agree"],
        }


class Settler(AtWork):
    """Lets votes count: a moment after they were given, not ten seconds."""

    def turn(self) -> None:
        time.sleep(0.2)
        now = timezone.now()
        pending = Vote.objects.filter(state=Vote.State.PENDING, decided_at__lt=now - timedelta(seconds=0.1))
        pending.update(takes_effect_at=now)
        settle_due()
        if not ReviewItem.objects.exclude(state=ReviewItem.State.DONE).exists():
            self.done.set()


@pytest.fixture
def worked() -> Counter[str]:
    """The queue worked through to its end by sixteen people at once; what they did, counted."""
    a_full_queue()
    done = threading.Event()
    people = [a_person(Role.REVIEWER) for _ in range(REVIEWERS)]
    people += [a_person(Role.SENIOR_REVIEWER) for _ in range(SENIORS)]
    threads = [Settler(done), *(Desk(person, number, done) for number, person in enumerate(people))]
    for thread in threads:
        thread.start()
    done.wait(AT_MOST)
    done.set()
    for thread in threads:
        thread.join(30)
    assert [thread.failed for thread in threads if thread.failed] == []
    return sum((thread.did for thread in threads if isinstance(thread, Desk)), Counter())


def test_each_case_is_decided_once_by_as_many_as_it_needs_and_held_by_one(worked: Counter[str]) -> None:
    # One test, because the thousand cases are worked through once.
    everything_happened(worked)
    each_case_was_decided_once()
    nobody_voted_twice_or_on_what_they_settled()
    no_two_leases_overlap()
    the_log_tells_the_same()


def everything_happened(did: Counter[str]) -> None:
    """Else the rest of the test would prove less than it says."""
    assert min(did[what] for what in ("too late", "given back", "undone")) >= 10, did
    assert Vote.objects.filter(adjudicates=True, state=Vote.State.COUNTED).count() >= 50
    assert not Vote.objects.filter(state__in=[Vote.State.PENDING, Vote.State.VOID]).exists()
    assert Vote.objects.filter(state=Vote.State.UNDONE).count() == did["undone"]
    assert Claim.objects.filter(end=Claim.End.EXPIRED).count() == did["too late"]


def each_case_was_decided_once() -> None:
    assert set(Case.objects.values_list("status", flat=True)) == {CaseStatus.DECIDED.value}
    counted = defaultdict(list)
    for case, settles in Vote.objects.filter(state=Vote.State.COUNTED).values_list("case_id", "adjudicates"):
        counted[case].append(settles)
    log = Entry.objects.filter(event=Event.ADJUDICATION_ASKED.value).values_list("case_id", flat=True)
    case_of = {one.name: one.case_id for one in Pseudonym.objects.all()}
    asked = Counter(case_of[name] for name in log if name)
    assert max(asked.values()) == 1
    for item in ReviewItem.objects.all():
        votes = Counter(counted[item.pk])
        assert votes[False] == item.votes_needed
        assert votes[True] == asked[item.pk]
        assert (item.stage == ReviewItem.Stage.ADJUDICATION) == bool(votes[True])
    differing = answers_that_differ()
    assert len(differing) >= 50
    assert differing <= asked.keys()


def answers_that_differ() -> set[UUID]:
    """Cases whose votes, without a senior's word, are not all the same."""
    given = defaultdict(set)
    plain = Vote.objects.filter(state=Vote.State.COUNTED, adjudicates=False)
    for case, same, alive in plain.values_list("case_id", "same_person", "alive"):
        given[case].add((same, alive))
    return {case for case, answers in given.items() if len(answers) > 1}


def nobody_voted_twice_or_on_what_they_settled() -> None:
    cast = Vote.objects.filter(state=Vote.State.COUNTED).values_list("case_id", "reviewer_id")
    assert len(set(cast)) == len(cast)


def no_two_leases_overlap() -> None:
    """Of a case and of a person, from the rows. A lease is over when it was ended or ran out, whichever came first."""
    held = list(Claim.objects.order_by("claimed_at"))
    assert all(claim.ended_at for claim in held)
    for owner in ("item_id", "reviewer_id"):
        by_owner = defaultdict(list)
        for claim in held:
            by_owner[getattr(claim, owner)].append(claim)
        for claims in by_owner.values():
            assert list(overlapping(claims)) == []
    for claims in grouped_by_case(held).values():
        fences = [claim.fence for claim in claims]
        assert fences == sorted(set(fences))


def overlapping(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    for earlier, later in pairwise(claims):
        assert earlier.ended_at is not None
        if later.claimed_at < earlier.ended_at:
            yield earlier, later


def grouped_by_case(claims: Sequence[Claim]) -> dict[UUID, list[Claim]]:
    grouped: dict[UUID, list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[claim.item_id].append(claim)
    return grouped


def the_log_tells_the_same() -> None:
    """Of each case: a claim is taken only when none is open, and one ends only when it is."""
    kinds = [Event.CLAIM_TAKEN.value, Event.CLAIM_ENDED.value]
    by_case = defaultdict(list)
    for case, event in Entry.objects.filter(event__in=kinds).order_by("id").values_list("case_id", "event"):
        by_case[case].append(event)
    assert len(by_case) == CASES
    for events in by_case.values():
        assert events == kinds * (len(events) // 2)
    assert Entry.objects.filter(event=Event.CLAIM_TAKEN.value).count() == Claim.objects.count()
    counted = Vote.objects.filter(state=Vote.State.COUNTED).count()
    assert Entry.objects.filter(event=Event.DECISION_COUNTED.value).count() == counted
