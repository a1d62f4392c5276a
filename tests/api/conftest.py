"""A relying party with a key, a storage for this test alone, and a bell that is heard."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from verification import tasks

from .relying_party import RelyingParty, a_relying_party


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The API's part ends when the bell is rung: the cases it was rung for, instead of a worker that runs them."""
    heard: list[str] = []
    monkeypatch.setattr(tasks, "ring", heard.append)
    return heard


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    """An empty directory of sealed media."""
    options = {"location": str(tmp_path / "media"), "base_url": None}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "media": storage}
    return tmp_path / "media"


@pytest.fixture
def party(db: None) -> RelyingParty:
    return a_relying_party()
