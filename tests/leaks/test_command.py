"""`manage.py trace_leak FILE` says who looked, or that no mark was found, and its exit code says the same."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.review.tracing.distortions import jpeg
from verification.access.models import User
from verification.audit.events import Event
from verification.audit.models import Entry

from .looked import a_look, leaked, rewritten, unmarked

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> tuple[str, object]:
    out = StringIO()
    try:
        call_command("trace_leak", str(path), *options, stdout=out)
    except SystemExit as left:
        return out.getvalue(), left.code
    return out.getvalue(), 0


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "leaked"


def test_it_names_the_look(kept: Path) -> None:
    look = a_look()
    kept.write_bytes(leaked(look, jpeg(70)))
    said, code = run(kept)
    assert code == 0
    assert f"FOUND: entry {look.entry.pk}" in said
    assert str(User.objects.get(pk=look.entry.actor_id)) in said
    assert str(look.entry.case_id) in said
    assert Entry.objects.get(event=Event.LEAK_TRACED).actor_id == "command"


def test_it_says_the_same_in_json(kept: Path) -> None:
    look = a_look()
    kept.write_bytes(leaked(look, jpeg(70)))
    said = json.loads(run(kept, "--json")[0])
    assert said["result"] == "found"
    assert said["looks"][0]["entry"] == look.entry.pk
    assert said["looks"][0]["actor"]["id"] == look.entry.actor_id


def test_no_mark_is_said_and_is_no_success(kept: Path) -> None:
    kept.write_bytes(unmarked())
    assert run(kept) == ("No mark found.\n", 1)


def test_what_cannot_be_read_is_said(kept: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(kept)
    kept.write_bytes(b"%PDF-1.7 not a picture")
    with pytest.raises(CommandError, match="not an ordinary JPEG, PNG or WebP") as refused:
        run(kept)
    assert refused.value.returncode == 2


def test_a_mark_that_no_entry_fits_names_nobody(kept: Path) -> None:
    look = a_look()
    rewritten(look, look.entry.actor_id, "00000000-0000-0000-0000-000000000000")
    kept.write_bytes(leaked(look, jpeg(70)))
    said, code = run(kept)
    assert code == 1
    assert "no entry of the log fits it" in said
    assert "FOUND" not in said


def test_without_a_key_it_says_so(kept: Path, settings: Any) -> None:
    settings.TRACE_KEY = ""
    kept.write_bytes(unmarked())
    with pytest.raises(CommandError, match="TRACE_KEY is not configured") as refused:
        run(kept)
    assert refused.value.returncode == 2
