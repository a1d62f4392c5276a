"""A storage for each test alone, and a bell that is heard instead of a worker that runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from verification import tasks


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(tasks, "ring", heard.append)
    return heard


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    options = {"location": str(tmp_path / "media"), "base_url": None}
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "media": storage}
    return tmp_path / "media"
