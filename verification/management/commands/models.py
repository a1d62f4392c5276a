"""`manage.py models fetch | list | verify`: the networks the checks use, as models.toml locks them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviewconsole import page_runtime
from verification.checks.engines.fetch import FetchFailed, fetch
from verification.checks.engines.lock import ModelRefused, lock, verify_installed


class Command(BaseCommand):
    """See the module."""

    help = "Fetch, list or verify the models that the checks use."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word: what to do."""
        parser.add_argument("action", choices=["fetch", "list", "verify"])

    def handle(self, *, action: str, **options: Any) -> None:
        """Do it; a refusal ends with its sentence and a non-zero exit."""
        actions = {"fetch": self.fetch, "list": self.list, "verify": self.verify}
        try:
            actions[action](Path(settings.MODELS_DIR))
        except (FetchFailed, ModelRefused) as failure:
            raise CommandError(str(failure)) from None

    def fetch(self, directory: Path) -> None:
        """Bring what is missing."""
        for model, new in fetch(directory):
            self.stdout.write(f"{'fetched' if new else 'present'}  {model.id}  {model.file}")
        self._fetch_for_the_page(directory)

    def _fetch_for_the_page(self, directory: Path) -> None:
        """The capture page does without, so a failure is said and ends nothing."""
        try:
            new = page_runtime.fetch(directory)
        except FetchFailed as failure:
            self.stderr.write(f"The capture page will show its fixed guide instead of framing the face. {failure}")
        else:
            self.stdout.write(f"{'fetched' if new else 'present'}  capture page  {page_runtime.PACKAGE}")

    def list(self, directory: Path) -> None:
        """Say what each model is, where it comes from and under which licence."""
        for model in lock().models:
            carrier = f"{model.registry} {model.package} {model.version}"
            self._describe(model.id, model.licence, model.purpose, model.upstream, f"carried by {carrier}")
        for pack in lock().packs:
            place = f"not fetched here; place {pack.file} in {directory / pack.id} and set MODEL_SET={pack.id}"
            self._describe(pack.id, pack.licence, pack.purpose, pack.upstream, place)

    def verify(self, directory: Path) -> None:
        """Compare every digest; the first wrong one ends it."""
        for path in verify_installed(directory, settings.MODEL_SET):
            self.stdout.write(f"right  {path.relative_to(directory)}")

    def _describe(self, name: str, licence: str, *lines: str) -> None:
        self.stdout.write(f"{name}  [{licence}]")
        for line in lines:
            self.stdout.write(f"    {line}")
