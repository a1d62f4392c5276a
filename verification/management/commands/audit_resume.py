"""`manage.py audit_resume`: let the audit log of a restored database go on, on the record."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from verification.audit import sequencer
from verification.audit.events import OPERATOR


class Command(BaseCommand):
    help = "After a restore into another database cluster: begin the order of entries anew, behind all that are there."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            placed = sequencer.resume(OPERATOR)
        except (sequencer.NothingToResume, sequencer.Busy) as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{placed} waiting entries have their place. The log goes on, and says that it was resumed.")
