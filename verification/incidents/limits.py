"""How long things last here, and why no longer."""

from __future__ import annotations

from datetime import timedelta

# One person alone keeps pictures for so long: enough to reach a second person in any shift, not enough for a night.
PROVISIONAL = timedelta(hours=4)
# What two people may keep at once: the police and courts need days to ask for pictures, and a week is looked at again.
HOLD_FOR = timedelta(days=7)
# Time to ask for a renewal and to have it answered before the pictures die.
WARN_BEFORE = timedelta(hours=24)
# The longest shift. Somebody who forgot to go off duty must not be the only one who is told.
DUTY_FOR = timedelta(hours=12)
# Long enough to look into who was told of something and when.
SHIFT_KEPT = timedelta(days=90)
# A claim may run out while somebody types what worries them; that is no reason to lose it.
RAISED_AFTER_CLAIM = timedelta(minutes=10)
# How far back the lists of what is closed and ended reach.
LISTED_FOR = timedelta(days=90)

MAX_SENTENCE = 500
MAX_NOTE = 1000
MAX_REFERENCE = 80
