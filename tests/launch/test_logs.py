"""What a log record may say: kinds and places of errors, never what they choked on."""

from __future__ import annotations

import json
import logging
from logging import LogRecord

from verification.vault.objects import StorageFailed

PATH = "/data/media/ab/abcdef"


def logged(error: BaseException) -> str:
    """The exception of a record as standard error gets it."""
    (handler,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    record = LogRecord("a.logger", logging.ERROR, __file__, 1, "It broke.", None, (type(error), error, None))
    told: str = json.loads(handler.format(record))["exception"]
    return told


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_the_path_of_a_sealed_image_does_not_reach_the_log() -> None:
    told = logged(
        raised(StorageFailed("The media storage did not delete an object."), FileNotFoundError(2, "no", PATH))
    )
    assert PATH not in told
    assert "FileNotFoundError" in told
    assert told.endswith("StorageFailed: The media storage did not delete an object.")


def test_the_row_that_a_database_refuses_does_not_reach_the_log() -> None:
    from django.db import IntegrityError

    told = logged(raised(IntegrityError("DETAIL: Failing row contains (a reviewer's note)")))
    assert told.endswith("IntegrityError")


def test_where_it_broke_is_told() -> None:
    assert "in raised" in logged(raised(ValueError("a secret")))
