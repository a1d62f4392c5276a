"""Decisions of an installation that was made before votes: each becomes a vote that counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

BEFORE, AFTER = ("verification", "0005_judgement"), ("verification", "0006_decisions_become_votes")


@pytest.fixture
def migrated() -> Any:
    """Put the tables back as they are now, whatever the test did."""
    yield
    newest = MigrationExecutor(connection)
    newest.migrate([node for node in newest.loader.graph.leaf_nodes() if node[0] == "verification"])


@pytest.mark.django_db(transaction=True)
def test_a_decision_becomes_a_vote_that_counted(migrated: None) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    old = executor.loader.project_state([BEFORE]).apps
    now = timezone.now()
    user = old.get_model("verification", "User").objects.create(username="somebody")
    programme = old.get_model("verification", "Programme").objects.create(name="Old", purpose="Accounts")
    case = old.get_model("verification", "Case").objects.create(
        programme=programme, kind="enrolment", status="decided", notice_version="1", live_images=1
    )
    item = old.get_model("verification", "ReviewItem").objects.create(case=case, state="done", queued_at=now)
    claim = old.get_model("verification", "Claim").objects.create(item=item, reviewer=user, fence=1, ends_at=now)
    old.get_model("verification", "Decision").objects.create(
        case=case, claim=claim, reviewer=user, same_person="same", alive="live", note="kept", seconds=31.5
    )
    executor = MigrationExecutor(connection)
    executor.migrate([AFTER])
    new = executor.loader.project_state([AFTER]).apps
    vote = new.get_model("verification", "Vote").objects.get()
    assert (vote.case_id, vote.claim_id, vote.reviewer_id) == (case.pk, claim.pk, user.pk)
    assert (vote.same_person, vote.alive, vote.confidence, vote.note) == ("same", "live", 3, "kept")
    assert (vote.state, vote.seconds) == ("counted", 31.5)
    item = new.get_model("verification", "ReviewItem").objects.get()
    assert item.due_at == item.queued_at + timedelta(minutes=240)
