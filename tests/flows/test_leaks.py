"""From the bytes that the site sends a reviewer's browser, changed as a leak changes them, to the name of the look."""

from __future__ import annotations

import json
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.browser.cases import checked_case
from tests.factories import a_person
from tests.review.tracing.distortions import CUT_SIDE, jpeg, screenshot, then
from verification.access.roles import Role
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.review import queue
from verification.review.models import Claim

pytestmark = pytest.mark.django_db(transaction=True)


def served(client: Client, claim: Claim, media: str) -> Image.Image:
    """One picture as the case page gets it: a ticket for it, and the ticket exchanged."""
    answer = client.post(reverse("case-tickets", args=[claim.pk]), {"media": [media]})
    look = client.post(reverse("review-look"), {"ticket": answer.json()["tickets"][media]})
    assert (look.status_code, look["Content-Type"]) == (200, "image/webp")
    return Image.open(BytesIO(look.content)).convert("RGB")


def test_of_two_looks_at_one_photograph_the_leaked_one_is_named(tmp_path: Path) -> None:
    checked_case("mismatch", times=2)
    leak, pictures = tmp_path / "found-on-the-web.jpg", []
    for _ in range(2):
        client, reviewer = Client(), a_person(Role.REVIEWER)
        client.force_login(reviewer)
        claim = queue.take_next(reviewer)
        assert claim is not None
        pictures.append((reviewer, served(client, claim, "crop-live")))
    for (reviewer, picture), way in zip(pictures, (then(CUT_SIDE, jpeg(70)), screenshot(1.25)), strict=True):
        way(picture, 0.5).save(leak, quality=85)
        out = StringIO()
        call_command("trace_leak", str(leak), "--json", stdout=out)
        (found,) = json.loads(out.getvalue())["looks"]
        entry = Entry.objects.get(event=Event.CROP_VIEWED, actor_id=str(reviewer.pk))
        assert found["entry"] == entry.pk
        assert found["actor"]["id"] == str(reviewer.pk)
        assert found["facts"]["media"] == "crop-live"
