"""Cases with real faces, by the real verbs: taken in from a relying party, checked by the worker's own function."""

from __future__ import annotations

import json

from verification import pipeline
from verification.audit.events import OPERATOR
from verification.cases.models import Case
from verification.cases.programmes import create_programme, issue_key
from verification.cases.review_settings import ReviewSettings, change_review
from verification.intake.submit import Submission, submit
from verification.management.demo_captures import Capture, captures

CONSENT = {"notice_version": "2026-01", "scopes": ["compare", "transmit", "human_view"]}


def capture(name: str) -> Capture:
    return next(found for found in captures() if found.name == name)


def checked_case(*names: str, reviewers: int = 1, times: int = 1) -> list[Case]:
    """One case for each named capture, in order, after its checks. `reviewers` answer each, blind to each other.

    `times` over, each time as of other people.
    """
    programme = create_programme(OPERATOR, "Harbour Bank, new accounts", "Opening an account from afar")
    change_review(OPERATOR, programme, ReviewSettings(reviewers=reviewers))
    key, _ = issue_key(OPERATOR, programme, "Onboarding service")
    cases = []
    for number, name in enumerate(names * times):
        sent = capture(name)
        submission = Submission("enrolment", f"customer-{number}", json.dumps(CONSENT), sent.reference, sent.live)
        case = submit(key, f"request-{number}", submission).case
        pipeline.process_case(case.pk)
        case.refresh_from_db()
        cases.append(case)
    return cases
