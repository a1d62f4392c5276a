"""What is done again and again, so that nothing is stuck, late or left behind. One process runs it every second.

Each step is independent: one that fails is logged and tried again at the next turn, and the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import OperationalError

from verification import tasks
from verification.access.directory import who_may
from verification.access.roles import Permission
from verification.audit import attempts, mailing, publishing
from verification.incidents import duty, forgetting, hold_ends
from verification.notices import board, mail
from verification.reports import check_tallies, filing, monthly, tallies
from verification.retention import due
from verification.review import claims, overdue, setting_aside, settling
from verification.wider import endings

logger = structlog.get_logger(__name__)


def _tell_of_overdue() -> int:
    """Seniors on duty hear of it; with nobody on duty, every senior."""
    return overdue.tell(duty.on_duty() or who_may(Permission.QUEUE_OVERSEE))


# (name, what, every so many turns)
STEPS: tuple[tuple[str, Callable[[], int], int], ...] = (
    ("claims_ended", claims.end_overdue, 1),
    ("cases_back", setting_aside.bring_back_due, 1),
    ("kept_notices_settled", setting_aside.settle_late_notices, 5),
    ("votes_settled", settling.settle_due, 1),
    # After the claims, whose end is theirs.
    ("wider_views_ended", endings.end_overdue, 1),
    ("cases_rung", tasks.ring_again, 1),
    ("wider_views_rung", tasks.ring_wider_again, 1),
    # Before the destruction, so that what a hold kept dies in the same turn.
    ("holds_ended", hold_ends.end_overdue, 1),
    ("media_destroyed", due.destroy_media_of_closed_cases, 1),
    ("bytes_deleted", due.delete_leftover_bytes, 5),
    ("refusals_summed", attempts.sum_up, 5),
    ("entries_placed", publishing.place, 1),
    ("checkpoints_published", publishing.publish, 5),
    ("entries_counted", tallies.count_published, 5),
    ("monthly_reports_rung", monthly.ring_due, 60),
    ("checkpoints_mailed", mailing.ring_due, 60),
    ("incidents_forgotten", forgetting.forget_finished, 10),
    # After what was kept of them is destroyed and forgotten.
    ("erased_cases_cut", due.cut_erased_cases, 10),
    ("duties_ended", duty.end_overdue, 10),
    ("holds_warned_of", hold_ends.warn_of_ends, 60),
    ("captures_expired", due.expire_captures, 10),
    ("cases_expired", due.expire_open_cases, 30),
    ("records_erased", due.erase_old_records, 300),
    ("overdue_told", _tell_of_overdue, 30),
    ("notices_mailed", mail.ring_again, 30),
    ("notices_forgotten", board.forget_old, 60),
    ("small_things_forgotten", due.forget_small_things, 60),
    ("filing_watched", filing.watch, 3600),
    ("days_tallied", check_tallies.tally_days, 60),
    ("orphans_deleted", due.delete_orphans, 600),
)


def sweep_once(turn: int = 0) -> dict[str, int]:
    """One turn. Turn 0 runs every step. Returns what each step did, without the steps that did nothing.

    Raises `OperationalError` when the database is away.
    """
    done: dict[str, int] = {}
    for name, step, every in STEPS:
        if turn % every == 0:
            done[name] = _run(name, step)
    return {name: count for name, count in done.items() if count}


def settle_log(patience: float = 3.0) -> int:
    """Before the end: place what can be placed within `patience` seconds, and publish the last checkpoint."""
    deadline = time.monotonic() + patience
    while publishing.waiting() and time.monotonic() < deadline:
        if not publishing.place():
            time.sleep(0.1)
    return publishing.publish(at_once=True)


def _run(name: str, step: Callable[[], int]) -> int:
    try:
        return step()
    except OperationalError:
        # The database is away, which concerns every step: the caller waits longer and longer.
        raise
    except Exception:
        logger.exception("sweep step failed", step=name)
        return 0
