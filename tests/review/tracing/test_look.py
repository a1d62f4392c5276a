"""Whatever is shown carries the entry of its own look: committed first, and bound to what it says."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.checks.heads import heads
from tests.factories import a_claim, a_ready_view, an_asked_view, approve, draw
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.review.grants import mint_tickets, redeem
from verification.review.tracing.look import NoTraceKey, payload_of_entry, tile_of, trace_key
from verification.review.tracing.reading import detect
from verification.vault import store
from verification.vault.models import CaseKey, Purpose
from verification.wider import looks

pytestmark = pytest.mark.django_db
SESSION = "session-one"


def a_textured_picture() -> bytes:
    png = heads()["astronaut-0"].crop()
    assert png is not None
    return png


def marks_of(png: bytes) -> list[int]:
    with Image.open(io.BytesIO(png)) as picture:
        return [mark.payload.number for mark in detect(picture.convert("RGB"), trace_key())]


def test_a_crop_carries_the_entry_of_its_look() -> None:
    claim = a_claim()
    store.seal_crops(claim.item_id, {"crop-live": a_textured_picture()})
    for _ in range(2):
        token = mint_tickets(claim.pk, claim.reviewer, SESSION, ["crop-live"])["crop-live"]
        png = redeem(token, session_key=SESSION, reviewer=claim.reviewer).webp
        entry = Entry.objects.filter(event=Event.CROP_VIEWED).latest("id")
        assert marks_of(png) == [entry.pk]


def test_a_wider_view_carries_the_entry_of_its_look() -> None:
    view = draw(approve(an_asked_view()), a_textured_picture())
    token = looks.mint_ticket(view.pk, view.asked_by, SESSION)
    png = looks.redeem(token, session_key=SESSION, asker=view.asked_by).png
    assert marks_of(png) == [Entry.objects.get(event=Event.WIDER_VIEWED).pk]


def test_the_mark_is_bound_to_what_the_entry_says() -> None:
    claim = a_claim()
    entry = Entry.objects.filter(event=Event.CLAIM_TAKEN).latest("id")
    rewritten = Entry(pk=entry.pk, body=entry.body.replace(str(claim.reviewer_id), "somebody-else"))
    key = trace_key()
    assert payload_of_entry(entry, key).number == payload_of_entry(rewritten, key).number
    assert payload_of_entry(entry, key).proof != payload_of_entry(rewritten, key).proof
    assert not np.array_equal(tile_of(entry, key), tile_of(rewritten, key))


def test_without_the_key_nothing_is_opened(settings: object) -> None:
    claim = a_claim()
    token = mint_tickets(claim.pk, claim.reviewer, SESSION, ["crop-live"])["crop-live"]
    settings.TRACE_KEY = ""  # type: ignore[attr-defined]  # pytest-django's fixture
    with pytest.raises(NoTraceKey):
        redeem(token, session_key=SESSION, reviewer=claim.reviewer)
    assert not Entry.objects.filter(event=Event.CROP_VIEWED).exists()


def test_without_the_key_a_wider_view_is_neither_opened_nor_destroyed(settings: object) -> None:
    view = a_ready_view()
    token = looks.mint_ticket(view.pk, view.asked_by, SESSION)
    settings.TRACE_KEY = ""  # type: ignore[attr-defined]  # pytest-django's fixture
    with pytest.raises(NoTraceKey):
        looks.redeem(token, session_key=SESSION, asker=view.asked_by)
    assert CaseKey.objects.filter(purpose=Purpose.WIDER, wrapped__isnull=False).exists()


def test_the_key_is_in_no_entry() -> None:
    a_claim()
    bodies = json.dumps(list(Entry.objects.values_list("body", flat=True)))
    assert trace_key().hex() not in bodies
