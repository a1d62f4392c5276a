"""`manage.py sweep`: does, once a second, what nobody else is waiting for (see verification/sweeper.py)."""

from __future__ import annotations

import logging
import random
import signal
import threading
from itertools import count
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from verification.sweeper import settle_log, sweep_once

PAUSE = 1.0
LONGEST_PAUSE = 30.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Re-offer what was dropped and destroy what is due, every second, until told to end."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        failures = 0
        for turn in count():
            failures = 0 if self._sweep(turn) else failures + 1
            if self.ended.wait(pause(failures)):
                self._publish_the_last()
                return

    def _publish_the_last(self) -> None:
        """Nothing that happened is left unsigned until the next start, unless the database is away already."""
        try:
            settle_log()
        except Exception:  # there is nobody left to try it again before the next start
            logger.exception("the last checkpoint was not published")

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ended.set()

    def _sweep(self, turn: int) -> bool:
        """A sweep that fails is logged and tried again: what it left is still due then."""
        try:
            close_old_connections()
            sweep_once(turn)
        except Exception:  # the loop must outlive any error, a lost database included
            logger.exception("sweep failed")
            return False
        return True


def pause(failures: int) -> float:
    """Seconds until the next sweep: one; after failures longer and uneven, so that sweepers do not march in step."""
    if failures == 0:
        return PAUSE
    return random.uniform(0.5, 1.0) * min(PAUSE * 2.0 ** min(failures, 10), LONGEST_PAUSE)  # noqa: S311 - no secret
