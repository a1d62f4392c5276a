"""`manage.py prepare`: what `up` and `demo` need done in the database before the site is served.

Standard output carries one JSON object for the launcher and nothing else: it may hold passwords, so it is never logged.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Count, Q

from verification.access.assignment import appoint
from verification.access.models import User
from verification.access.people import install_person
from verification.access.roles import Role
from verification.audit.events import OPERATOR
from verification.cases.models import Case, Programme
from verification.cases.programme_settings import CaptureSettings, change_settings
from verification.cases.programmes import create_programme, find_key, issue_key
from verification.cases.review_settings import ReviewSettings, change_review
from verification.intake.known_pairs import import_set
from verification.known.models import KnownPair
from verification.management import demo_known

DEMO_PROGRAMME = "Demo"

# The demo sends photographs as a relying party would and shows cases that close by machine: it is trusted, on record.
DEMO_SETTINGS = CaptureSettings(
    other_way="This is a demonstration: there is no counter to go to. A real programme says here where one is.",
    contact="Nobody but the people of this demonstration.",
    trusts_own_capture=True,
)
# Every tier of wider views can be tried.
DEMO_REVIEWS = ReviewSettings(wider_neck=True, wider_frame=True)

FIRST_ADMINISTRATOR = {"administrator": Role.ADMINISTRATOR}
# A second senior, because two people must agree to what the first one asks for, and neither may be the first.
DEMO_PEOPLE = {
    "reviewer": Role.REVIEWER,
    "senior": Role.SENIOR_REVIEWER,
    "senior-2": Role.SENIOR_REVIEWER,
    "risk": Role.RISK_OFFICER,
} | FIRST_ADMINISTRATOR


class Command(BaseCommand):
    help = "Fetch models, migrate, gather static files, make the first accounts. Used by `up` and `demo`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="people of every role, and a demo programme")
        parser.add_argument("--counts", action="store_true", help="only count the sealed images")

    def handle(self, *_args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(counts() if options["counts"] else prepare(demo=options["demo"])))


def prepare(*, demo: bool) -> dict[str, Any]:
    """Safe to run again: fetches and makes what is missing. Answers with the passwords of accounts made just now."""
    bring_files()
    call_command("migrate", interactive=False, verbosity=0)
    made = make_people(DEMO_PEOPLE if demo else FIRST_ADMINISTRATOR)
    if demo:
        keep_demo_key(Path(settings.DATA_DIR) / "keys" / "DEMO_API_KEY")
        stock_known_pairs()
    return {"made": made}


def bring_files() -> None:
    """Models from their registries, style sheets and scripts to where they are served from."""
    call_command("models", "fetch", stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)


@transaction.atomic
def make_people(wanted: dict[str, Role]) -> list[dict[str, str]]:
    """Accounts for an installation that has none. All or none, so that an interrupted first run begins again."""
    if User.objects.exists():
        return []
    made: list[dict[str, str]] = []
    for username, role in wanted.items():
        # A name stands in pixels and beside answers, so no two people share one.
        like = sum(other["role"] == role.value for other in made)
        person, password = install_person(username, f"{role.label} {like + 1}" if like else role.label)
        appoint(person, role)
        made.append({"username": username, "role": role.value, "password": password})
    return made


def keep_demo_key(path: Path) -> None:
    """See that the file holds a living key of the demo programme. Only its owner may read it."""
    if path.exists() and find_key(path.read_text(encoding="utf-8").strip()):
        return
    programme = Programme.objects.filter(name=DEMO_PROGRAMME).first()
    if programme is None:
        programme = create_programme(OPERATOR, DEMO_PROGRAMME, "Shows what becomes of a capture.")
    change_settings(OPERATOR, programme, DEMO_SETTINGS)
    change_review(OPERATOR, programme, DEMO_REVIEWS)
    _, presented = issue_key(OPERATOR, programme, "demo captures")
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(presented, encoding="utf-8")


def stock_known_pairs() -> None:
    """See that the demo has pairs with known answers. A set that is there, or was retired, is left as it is."""
    if KnownPair.objects.filter(set_name=demo_known.SET).exists():
        return
    with TemporaryDirectory() as directory:
        demo_known.write_set(Path(directory))
        import_set(Path(directory), demo_known.SET, demo_known.PERMISSION, actor=OPERATOR)


def counts() -> dict[str, int]:
    """Sealed images of all cases that somebody sent: how many are stored now, and how many were destroyed."""
    return Case.objects.filter(known=False).aggregate(
        images_stored=Count("media", filter=Q(media__deleted_at__isnull=True)),
        images_destroyed=Count("media", filter=Q(media__deleted_at__isnull=False)),
    )
