"""`manage.py audit_verify`: recompute the audit log's whole chain. Exit code 0 when it holds, 1 when it does not."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from verification.audit.chain import Verification
from verification.audit.events import OPERATOR
from verification.reports.chain import result_of, verify


class Command(BaseCommand):
    help = "Verify the audit log's chain from its first entry. Exits with 1 at the first entry that does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a sentence")

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify(OPERATOR)
        self.stdout.write(_as_json(found) if options["json"] else _as_sentence(found))
        if not found:
            raise SystemExit(1)


def _as_json(found: Verification) -> str:
    return json.dumps(
        {
            "result": result_of(found),
            "entries": found.entries,
            "unchained": found.unchained,
            "head": found.head,
            "bad_index": found.bad_index,
            "reason": found.reason,
        }
    )


def _as_sentence(found: Verification) -> str:
    if not found:
        return f"BROKEN at index {found.bad_index}: {found.reason}. The {found.entries} entries before it hold."
    waiting = f"; {found.unchained} newer not chained yet" if found.unchained else ""
    return f"OK: {found.entries} entries hold{waiting}. Head {found.head}"
