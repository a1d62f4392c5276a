"""`manage.py audit_export FILE`: the whole audit log as a file, for somebody who verifies it elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from verification.audit import log, nodes, records
from verification.audit.events import OPERATOR, Event


class Command(BaseCommand):
    help = "Write every entry that has its place, and every checkpoint, to a file of JSON lines for verify_log.py."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} exists. Choose another name; an export is never written over.")
        size = nodes.size()
        with transaction.atomic():
            # On the record before the first entry leaves.
            log.record(Event.LOG_EXPORTED, actor=OPERATOR, entries=size)
        try:
            records.write(file, size)
        except OSError as error:
            raise CommandError(f"{file} could not be written: {error.strerror}.") from None
        self.stdout.write(f"{size} entries are in {file}. Verify them with verification/audit/verify_log.py.")
