"""How the publishing of the log is doing, part by part, for the pages that show it. Only changes are written."""

from __future__ import annotations

import structlog
from django.utils import timezone

from .models import Watch

logger = structlog.get_logger(__name__)


def say(part: Watch.Part, problem: str = "") -> None:
    """Note that a part has this problem, or none. Its `since` moves when the problem changes, and not before."""
    changed = Watch.objects.filter(part=part).exclude(problem=problem).update(problem=problem, since=timezone.now())
    if not changed:
        _, changed = Watch.objects.get_or_create(part=part, defaults={"problem": problem})
    if changed:
        report = logger.warning if problem else logger.info
        report("state of the audit log", part=part.value, problem=problem or "well")


def all_parts() -> dict[str, Watch]:
    return {watch.part: watch for watch in Watch.objects.all()}
