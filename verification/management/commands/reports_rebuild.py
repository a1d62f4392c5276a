"""`manage.py reports_rebuild`: throw away what the reports have counted and count the published log again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from verification.reports import tallies


class Command(BaseCommand):
    help = "Count the published log for the reports again, from its first entry. The log itself is only read."

    def handle(self, *args: Any, **options: Any) -> None:
        counted = tallies.rebuild()
        self.stdout.write(f"Counted {counted:,} entries. Reports show less until this has ended.")
