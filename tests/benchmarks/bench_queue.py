"""The queue at 100,000 open cases: `python3 manage.py test tests/benchmarks/bench_queue.py -s`.

Prints medians and 95th percentiles of the server's time for the queue page and for a claim, and checks that sixteen
reviewers claiming at once never get the same case. The figures are printed, not asserted: a claim about speed belongs
to the machine it was measured on.
"""

from __future__ import annotations

import statistics
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.factories import a_person, a_programme
from verification.access.models import User
from verification.access.roles import Role
from verification.audit.events import SWEEPER
from verification.cases.models import Case
from verification.cases.states import CaseKind, CaseStatus
from verification.review import claims, queue
from verification.review.models import Claim, OwnEnrolment, ReviewItem, Skip, Vote

CASES = 100_000
REVIEWERS = 16
ROUNDS = 20
# What stands before the first case that a burdened reviewer may have.
VOTED, SKIPPED, KEPT, DIFFERING = 2_000, 50, 100, 500


def fill() -> None:
    """Rows as the pipeline leaves them; written in bulk, for 100,000 real captures are not what is measured."""
    programme, now = a_programme(), timezone.now()
    for start in range(0, CASES, 5_000):
        cases = Case.objects.bulk_create(
            Case(
                programme=programme,
                kind=CaseKind.ENROLMENT,
                status=CaseStatus.IN_REVIEW,
                live_images=1,
                notice_version="1",
                scopes=["compare", "transmit", "human_view"],
                received_at=now - timedelta(seconds=start + number),
            )
            for number in range(5_000)
        )
        ReviewItem.objects.bulk_create(
            ReviewItem(case=case, queued_at=case.received_at, due_at=case.received_at + timedelta(hours=4))
            for case in cases
        )
    analyze()


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE review_item, review_vote, review_claim, review_skip, cases_case")


def burden(reviewer: User) -> None:
    """Everything that can keep a case from a reviewer, at the head of the queue where each taking has to pass it."""
    oldest = list(ReviewItem.objects.order_by("due_at").select_related("case")[: VOTED + SKIPPED + KEPT + DIFFERING])
    voted, rest = oldest[:VOTED], oldest[VOTED:]
    ended = Claim.objects.bulk_create(
        Claim(item=item, reviewer=reviewer, fence=0, ends_at=item.due_at, ended_at=item.due_at, end=Claim.End.DECIDED)
        for item in voted
    )
    Vote.objects.bulk_create(
        Vote(
            case=item.case,
            claim=claim,
            reviewer=reviewer,
            same_person="same",
            alive="live",
            seconds=60,
            state="counted",
        )
        for item, claim in zip(voted, ended, strict=True)
    )
    now = timezone.now()
    skipped, kept, differing = rest[:SKIPPED], rest[SKIPPED : SKIPPED + KEPT], rest[SKIPPED + KEPT :]
    Skip.objects.bulk_create(Skip(item=item, reviewer=reviewer, until=now + timedelta(hours=1)) for item in skipped)
    colleague = a_person(Role.REVIEWER)
    ReviewItem.objects.filter(pk__in=[item.pk for item in kept]).update(
        handed_to=colleague, handed_until=now + timedelta(hours=1)
    )
    ReviewItem.objects.filter(pk__in=[item.pk for item in differing]).update(stage=ReviewItem.Stage.ADJUDICATION)
    administrator = a_person(Role.ADMINISTRATOR)
    OwnEnrolment.objects.create(
        person=reviewer, programme=oldest[0].case.programme, subject="0" * 64, noted_by=administrator
    )
    analyze()


def show(what: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles(seconds, n=20)
    median, p95 = statistics.median(seconds) * 1e3, cuts[18] * 1e3
    print(f"{what:<44} median {median:6.1f} ms   p95 {p95:6.1f} ms   n={len(seconds)}")


@pytest.mark.django_db(transaction=True)
def test_queue_at_a_hundred_thousand_open_cases() -> None:
    fill()
    reviewers = [a_person(Role.REVIEWER) for _ in range(REVIEWERS)]
    page = pages(reviewers[0])
    alone = claims_alone(reviewers[0])
    burdened = a_person(Role.REVIEWER)
    burden(burdened)
    past = claims_alone(burdened)
    ahead = [timed(lambda: queue.look_ahead(burdened)) for _ in range(ROUNDS)]
    together, taken = claims_together(reviewers)
    print(f"\n{CASES:,} open cases")
    show("queue page, one reviewer", page)
    show("claim, one reviewer", alone)
    show("claim, past 2,650 cases that are not theirs", past)
    show("looking ahead, past the same", ahead)
    show(f"claim, {REVIEWERS} reviewers at once", together)
    assert len(taken) == len(set(taken)), "two reviewers got the same case"
    assert len(taken) == REVIEWERS * ROUNDS


def pages(reviewer: User) -> list[float]:
    client = Client()
    client.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
    return [timed(lambda: client.get("/review")) for _ in range(ROUNDS)]


def claims_alone(reviewer: User) -> list[float]:
    seconds = []
    for _ in range(ROUNDS):
        seconds.append(timed(lambda: queue.take_next(reviewer)))
        claim = queue.take_next(reviewer)
        assert claim is not None
        claims.release(claim.pk, reviewer)
    return seconds


def claims_together(reviewers: list[User]) -> tuple[list[float], list[object]]:
    seconds: list[float] = []
    taken: list[object] = []
    barrier = threading.Barrier(len(reviewers))

    def work(reviewer: User) -> None:
        barrier.wait()
        for _ in range(ROUNDS):
            started = time.perf_counter()
            claim = queue.take_next(reviewer)
            seconds.append(time.perf_counter() - started)
            assert claim is not None
            taken.append(claim.item_id)
            claims.end_claim(claim, Claim.End.CASE_CLOSED, actor=SWEEPER)
        connection.close()

    threads = [threading.Thread(target=work, args=(reviewer,)) for reviewer in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, taken


def timed(act: object) -> float:
    started = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - started
