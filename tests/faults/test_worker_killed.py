"""A real Celery worker is killed in the middle of a case: nothing is lost, nothing passes by it, the case ends once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from tests.flows.photographs import astronaut, astronaut_again
from tests.flows.test_pipeline import a_capture
from verification import pipeline, tasks
from verification.audit.events import Event
from verification.audit.pseudonyms import entries_of
from verification.cases.models import Case
from verification.cases.states import CaseStatus, Outcome
from verification.checks.models import StoredResult
from verification.policy.thresholds import RELYING_PARTY
from verification.review.models import ReviewItem

pytestmark = pytest.mark.django_db(transaction=True)


class Worker:
    """A worker of one process, on the database and the broker of this test."""

    def __init__(self, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "celery", "-A", "reviewconsole", "worker", "--concurrency", "1"]
        with log.open("wb") as said:
            self.main = subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
                env=environment(), cwd=settings.BASE_DIR, stdout=said, stderr=said,
            )  # fmt: skip

    def kill_the_one_at_work(self) -> None:
        children = Path(f"/proc/{self.main.pid}/task/{self.main.pid}/children").read_text().split()
        assert children
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def has_noticed(self) -> bool:
        """Whether the message of the task that died was given back; Celery rings again for it."""
        return "WorkerLostError" in self.log.read_text()

    def end(self) -> None:
        # Not gently: a test that failed may have left it hanging.
        self.main.terminate()
        try:
            self.main.wait(15)
        except subprocess.TimeoutExpired:
            self.main.kill()
            self.main.wait()


def environment() -> dict[str, str]:
    """That of this test run, with the test's database, and with the keys of a worker only."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CROP_PRIVATE_KEY", "TRACE_KEY"))}
    return kept | {"PROCESS_ROLE": "worker", "DATABASE_URL": address, "DATA_DIR": str(settings.DATA_DIR)}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    running = Worker(tmp_path / "worker.log")
    yield running
    running.end()


def wait_until(holds: Callable[[], object], what: str, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.005)


def at_work(case_id: UUID, attempt: int) -> bool:
    return Case.objects.filter(pk=case_id, status=CaseStatus.CHECKING, attempts=attempt).exists()


def a_minute_passes(case_id: UUID) -> None:
    """Moved in the row, because the worker reads the clock of the machine."""
    minute = timedelta(minutes=1, seconds=1)
    Case.objects.filter(pk=case_id).update(
        received_at=F("received_at") - minute, announced_at=F("announced_at") - minute,
        leased_until=F("leased_until") - minute,
    )  # fmt: skip


def kill_in_the_middle(worker: Worker, case_id: UUID, attempt: int) -> None:
    wait_until(lambda: at_work(case_id, attempt), f"attempt {attempt} began")
    worker.kill_the_one_at_work()


def ends(case_id: UUID) -> list[str]:
    """Where the case was moved to, by what the log says."""
    return [entry.body for entry in entries_of(case_id).filter(event=Event.CASE_ADVANCED)]


def test_a_case_whose_worker_was_killed_ends_once(worker: Worker) -> None:
    case = a_capture(astronaut(), astronaut_again())
    tasks.ring(case.pk)
    kill_in_the_middle(worker, case.pk, attempt=1)

    # The message comes back, about when the first of these two is sent, but the lease of the dead still stands.
    wait_until(worker.has_noticed, "the loss was noticed")
    for other in (a_capture(astronaut(), astronaut_again()), a_capture(astronaut(), astronaut_again())):
        tasks.ring(other.pk)
        wait_until(partial(ends, other.pk), "the worker went on with another case")
    assert not ends(case.pk)
    assert not StoredResult.objects.filter(case=case).exists()
    assert tasks.ring_again() == 0

    a_minute_passes(case.pk)
    assert tasks.ring_again() == 1
    wait_until(partial(ends, case.pk), "the case ended")
    case.refresh_from_db()
    assert (case.status, case.outcome, case.attempts) == (CaseStatus.PASSED, Outcome.VERIFIED, 2)
    assert len(ends(case.pk)) == 1
    assert StoredResult.objects.filter(case=case).count() == len(RELYING_PARTY.bands)
    assert entries_of(case.pk).filter(event=Event.CHECKS_STARTED).count() == 2


def test_a_case_that_kills_every_worker_goes_to_a_person(worker: Worker) -> None:
    case = a_capture(astronaut(), astronaut_again())
    tasks.ring(case.pk)
    for attempt in range(1, pipeline.MAX_ATTEMPTS + 1):
        kill_in_the_middle(worker, case.pk, attempt)
        a_minute_passes(case.pk)
        assert tasks.ring_again() == 1
    wait_until(partial(ends, case.pk), "the case ended")
    case.refresh_from_db()
    assert (case.status, case.reasons) == (CaseStatus.IN_REVIEW, ["check_error"])
    assert len(ends(case.pk)) == 1
    assert ReviewItem.objects.get(case=case).crops == []


def test_a_case_whose_message_was_lost_is_checked_all_the_same(worker: Worker) -> None:
    """The broker was away when it was sent in: nobody rang."""
    case = a_capture(astronaut(), astronaut_again())
    assert case.announced_at is None
    Case.objects.filter(pk=case.pk).update(received_at=timezone.now() - timedelta(seconds=3))
    assert tasks.ring_again() == 1
    wait_until(partial(ends, case.pk), "the case ended")
    case.refresh_from_db()
    assert (case.status, case.attempts) == (CaseStatus.PASSED, 1)
