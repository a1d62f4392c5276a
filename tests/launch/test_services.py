"""The services that every test stands on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_a_postgresql_that_nobody_else_reaches() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)


def test_secrets_are_handed_over_as_files_only_the_owner_may_read() -> None:
    paths = [value for name, value in os.environ.items() if name.endswith("_KEY_FILE")]
    assert len(paths) == 9
    assert {Path(path).stat().st_mode & 0o777 for path in paths} == {0o600}
