"""`manage.py audit_proof ENTRY`: a file that proves that one entry stands in the log, for anybody to check anywhere."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from verification.audit.events import OPERATOR
from verification.audit.proof_file import SUFFIX
from verification.reports import export


class Command(BaseCommand):
    help = "Write the proof of one entry to a file, for verify_log.py --proof."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("entry", type=int, help="the entry's id, as the log page and the export show it")
        parser.add_argument("--file", type=Path, help="where to write it (otherwise entry-ID.tlog-proof)")

    def handle(self, *_args: Any, entry: int, file: Path | None, **_options: Any) -> None:
        try:
            proof = export.proof(entry, OPERATOR)
        except export.NotProvable as problem:
            raise CommandError(str(problem)) from None
        target = file or Path(f"entry-{entry}{SUFFIX}")
        target.write_text(str(proof), encoding="utf-8")
        self.stdout.write(f"{target} proves entry {entry}. Check it with verification/audit/verify_log.py --proof.")
