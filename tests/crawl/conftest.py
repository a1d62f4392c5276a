"""One moment for a whole crawl: nothing runs out on the way, and nothing differs because time went on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.utils import timezone

from verification import tasks


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring", lambda _case_id: True)
