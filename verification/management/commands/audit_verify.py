"""`manage.py audit_verify`: verify the whole audit log in the database. Exit code 0 when it holds, 1 when it does not.

It runs the same code as `verification/audit/verify_log.py`, which needs no database and which others can run.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from verification.audit import verify_log
from verification.audit.events import OPERATOR
from verification.reports.log_state import log_state, result_of, verify


class Command(BaseCommand):
    help = "Verify the audit log from its first entry. Exits with 1 at the first entry that does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = log_state().waiting
        found = verify(OPERATOR)
        self.stdout.write(_as_json(found, waiting) if options["json"] else _in_words(found, waiting))
        if not found:
            raise SystemExit(1)


def _as_json(found: verify_log.Found, waiting: int) -> str:
    return json.dumps({"result": result_of(found), "waiting": waiting} | vars(found))


def _in_words(found: verify_log.Found, waiting: int) -> str:
    newer = [f"Note: {waiting} newer wait for their place."] if waiting else []
    return "\n".join([verify_log.in_words(found), *newer])
