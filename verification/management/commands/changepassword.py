"""`manage.py changepassword NAME`: a new random password, printed once. Stands in for Django's silent command."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from verification.access.models import User
from verification.access.people import renew_password


class Command(BaseCommand):
    help = "Give a person a new random password, on the record. Every session of theirs ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        try:
            password = renew_password(username)
        except User.DoesNotExist:
            raise CommandError("Nobody has that user name. Take notice of capital letters.") from None
        self.stdout.write(password)
