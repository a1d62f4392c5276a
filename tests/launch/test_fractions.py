"""A share in the environment is a number within its bounds, or the start fails with a sentence."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from reviewconsole import env


def read() -> float:
    return env.fraction("KNOWN_CASE_SHARE", 0.1, low=0.0, high=0.5)


def test_a_share_that_is_not_set_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KNOWN_CASE_SHARE", raising=False)
    assert read() == 0.1


@pytest.mark.parametrize(("given", "share"), [("0", 0.0), ("0.25", 0.25), (".5", 0.5)])
def test_a_share_within_its_bounds_is_taken(monkeypatch: pytest.MonkeyPatch, given: str, share: float) -> None:
    monkeypatch.setenv("KNOWN_CASE_SHARE", given)
    assert read() == share


@pytest.mark.parametrize("given", ["", "a tenth", "10 %", "-0.1", "0.51", "nan", "inf"])
def test_any_other_share_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("KNOWN_CASE_SHARE", given)
    with pytest.raises(ImproperlyConfigured, match=r"KNOWN_CASE_SHARE is .*; it must "):
        read()
