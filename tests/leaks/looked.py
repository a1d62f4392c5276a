"""A look that really happened: a marked picture as a reviewer's screen shows it, and the entry that it left."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.db import connection, transaction
from PIL import Image

from tests.factories import a_claim, an_asked_view, approve, draw
from tests.review.tracing.distortions import Distortion
from tests.review.tracing.pictures import NAMES, crop
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.review import grants
from verification.vault import store
from verification.wider import looks

SESSION = "session-one"


@dataclass(frozen=True)
class Look:
    picture: bytes
    entry: Entry


def a_look(name: str = NAMES[0]) -> Look:
    claim = a_claim()
    store.seal_crops(claim.item_id, {"crop-live": crop(name)})
    token = grants.mint_tickets(claim.pk, claim.reviewer, SESSION, ["crop-live"])["crop-live"]
    picture = grants.redeem(token, session_key=SESSION, reviewer=claim.reviewer).webp
    return Look(picture, Entry.objects.filter(event=Event.CROP_VIEWED).latest("id"))


def a_wider_look() -> Look:
    view = draw(approve(an_asked_view()), crop(NAMES[0]))
    token = looks.mint_ticket(view.pk, view.asked_by, SESSION)
    picture = looks.redeem(token, session_key=SESSION, asker=view.asked_by).png
    return Look(picture, Entry.objects.get(event=Event.WIDER_VIEWED))


def rewritten(look: Look, old: str, new: str) -> None:
    """What an owner of the database can do and the guards cannot stop: change an entry that was written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET body = replace(body, %s, %s) WHERE id = %s", [old, new, look.entry.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def leaked(look: Look, distortion: Distortion, form: str = "JPEG") -> bytes:
    """The look's picture after `distortion`, as a file."""
    with Image.open(io.BytesIO(look.picture)) as seen:
        return file_of(distortion(seen.convert("RGB"), 0.5), form)


def unmarked(form: str = "PNG") -> bytes:
    return file_of(Image.open(io.BytesIO(crop(NAMES[1]))).convert("RGB"), form)


def file_of(picture: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, quality=80)
    return out.getvalue()
