"""Each test of the vault gets a storage and key pairs of its own."""

from pathlib import Path
from typing import Any

import pytest

from verification.vault import crypto


@pytest.fixture(autouse=True)
def own_vault(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = {
        **settings.STORAGES,
        "media": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": settings.MEDIA_ROOT, "base_url": None},
        },
    }
    settings.FRAME_PRIVATE_KEY, settings.FRAME_PUBLIC_KEY = crypto.new_keypair()
    settings.CROP_PRIVATE_KEY, settings.CROP_PUBLIC_KEY = crypto.new_keypair()
