"""A policy is frozen, and its name cannot stand for two sets of numbers."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from verification.checks.bands import Bands
from verification.checks.engines.lock import lock
from verification.policy.thresholds import EMBEDDER, POLICY


def test_another_number_is_another_name() -> None:
    looser = replace(POLICY, bands={**POLICY.bands, "match": Bands(fail_below=0.28, pass_from=0.39, model=EMBEDDER)})
    assert looser.name != POLICY.name


def test_the_same_numbers_have_the_same_name() -> None:
    assert replace(POLICY, bands=dict(reversed(list(POLICY.bands.items())))).name == POLICY.name


def test_the_name_fits_where_it_is_stored() -> None:
    assert len(POLICY.name) <= 64


def test_nobody_changes_a_policy_in_force() -> None:
    with pytest.raises(FrozenInstanceError):
        POLICY.version = 2  # type: ignore[misc] # this is the attempt that must fail
    with pytest.raises(TypeError):
        POLICY.bands["match"] = Bands()  # type: ignore[index] # and so is this


def test_the_bands_were_made_for_the_locked_models() -> None:
    locked = {model.id for model in lock().models}
    named = {name for bands in POLICY.bands.values() if bands.model for name in bands.model.split("+")}
    assert named <= locked
