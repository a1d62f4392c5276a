"""What a cell of a report can hold, and how its column wants it written."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

# A share is 0 to 1, a duration is in seconds, a moment is aware.
Value = str | int | float | date | datetime | None


class Kind(StrEnum):
    """How the values of a column, a tile or an axis are written."""

    TEXT = "text"
    CODE = "code"
    COUNT = "count"
    SHARE = "share"
    DECIMAL = "decimal"
    SECONDS = "seconds"
    MOMENT = "moment"

    @property
    def numeric(self) -> bool:
        """Whether the column stands to the right, so that digits stand under digits."""
        return self in {Kind.COUNT, Kind.SHARE, Kind.DECIMAL, Kind.SECONDS}
