"""Rates are counts with bounds, and a list that cannot be used says so."""

from __future__ import annotations

import csv
import io
import json
from math import log
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from verification.checks.challenge_facts import StepKind
from verification.checks.engines.bundle import Engines
from verification.checks.evaluation.challenge import evaluate_challenge
from verification.checks.evaluation.pad import Policies, evaluate_pad
from verification.checks.evaluation.pairs import evaluate_pairs
from verification.checks.evaluation.rates import Rate
from verification.checks.evaluation.tables import BadList, read_manifest, read_pairs
from verification.policy.thresholds import CAPTURE, POLICY

from .moving_clips import close_up, pictures
from .photographs import astronaut, blurred, coffee, friend_on_the_right, jpeg, later_picture_of

POLICIES = Policies(POLICY.bands, CAPTURE.bands)
IMAGES = {
    "a0.jpg": jpeg(astronaut()),
    "a1.jpg": jpeg(later_picture_of(astronaut())),
    "b0.jpg": jpeg(friend_on_the_right()),
    "dim.jpg": jpeg(blurred(astronaut())),
    "cup.jpg": jpeg(coffee()),
    "junk.jpg": b"junk",
}


@pytest.fixture
def images(tmp_path: Path) -> Path:
    for name, data in IMAGES.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def write(file: Path, *rows: tuple[str, ...]) -> Path:
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def pairs_file(directory: Path, *rows: tuple[str, ...]) -> Path:
    return write(directory / "pairs.csv", ("reference", "probe", "mated"), *rows)


def manifest_file(directory: Path, *rows: tuple[str, ...]) -> Path:
    return write(directory / "manifest.csv", ("path", "medium", "label", "species"), *rows)


def test_no_error_is_bounded_by_the_rule_of_three() -> None:
    assert Rate(0, 100).upper95 == pytest.approx(1 - 0.05 ** (1 / 100))
    assert Rate(0, 100_000).upper95 == pytest.approx(-log(0.05) / 100_000, rel=1e-3)


@pytest.mark.parametrize(("target", "needed"), [(1e-4, 29_956), (0.07, 42)])
def test_so_many_trials_are_needed(target: float, needed: int) -> None:
    assert Rate(0, needed).can_show(target)
    assert not Rate(0, needed - 1).can_show(target)


@pytest.mark.parametrize(("errors", "trials", "bound"), [(1, 10, 0.3942), (3, 20, 0.3437), (10, 10, 1.0), (0, 0, 1.0)])
def test_the_bound_is_that_of_the_tables(errors: int, trials: int, bound: float) -> None:
    assert Rate(errors, trials).upper95 == pytest.approx(bound, abs=1e-4)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, min(n, 60)), st.just(n))))
def test_the_bound_lies_above_the_rate(counts: tuple[int, int]) -> None:
    rate = Rate(*counts)
    assert rate.value is not None
    assert rate.value <= rate.upper95 <= 1


def test_no_trials_are_no_rate() -> None:
    assert Rate(0, 0).value is None


def test_pairs_are_counted_by_what_they_are(engines: Engines, images: Path) -> None:
    rows = [("a0.jpg", "a1.jpg", "1"), ("a0.jpg", "b0.jpg", "1"), ("a1.jpg", "b0.jpg", "0"), ("a0.jpg", "a1.jpg", "0")]
    report = evaluate_pairs(read_pairs(pairs_file(images, *rows)), images, engines, POLICY.bands).as_dict()
    # The second and the fourth label are wrong on purpose: they are the one miss and the one false match.
    assert (report["mated"], report["fnmr"], report["non_mated"], report["fmr"]) == (2, 0.5, 2, 0.5)
    assert report["fta"] == 0
    assert not report["fmr_enough_data"]


def test_refused_images_leave_the_comparison_and_are_counted(engines: Engines, images: Path) -> None:
    rows = [("a0.jpg", name, "1") for name in ("a1.jpg", "dim.jpg", "cup.jpg", "junk.jpg")]
    report = evaluate_pairs(read_pairs(pairs_file(images, *rows)), images, engines, POLICY.bands).as_dict()
    assert (report["mated"], report["fnmr"]) == (1, 0.0)
    assert report["fta"] == pytest.approx(3 / 5)
    assert report["mated_not_passed"] == 0.75
    assert {"blurred", "no_face", "check_error"} <= set(report["refused"])
    assert report["fmr"] is None


def test_attacks_are_counted_per_species(engines: Engines, images: Path) -> None:
    rows = [
        ("a0.jpg", "still", "bona_fide", ""),
        ("cup.jpg", "still", "bona_fide", ""),
        ("a1.jpg", "still", "attack", "twin"),
        ("cup.jpg", "still", "attack", "cup"),
    ]
    report = evaluate_pad(read_manifest(manifest_file(images, *rows)), engines, POLICIES).as_dict()
    assert report["bpcer"] == 0.5
    assert {name: rate["apcer"] for name, rate in report["species"].items()} == {"twin": 1.0, "cup": 0.0}
    assert (report["not_acquired"], report["to_people"]) == (2, 0.5)
    assert not report["species"]["twin"]["enough_data"]


def test_clips_are_judged_as_captures_and_attacks_are_made_of_them(engines: Engines, tmp_path: Path) -> None:
    clip = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 15, (640, 480))
    for pixels in pictures(engines):
        clip.write(pixels)
    clip.release()
    (tmp_path / "empty.avi").write_bytes(b"no clip")
    rows = [("clip.avi", "clip", "bona_fide", ""), ("empty.avi", "clip", "attack", "nothing")]
    report = evaluate_pad(read_manifest(manifest_file(tmp_path, *rows)), engines, POLICIES).as_dict()
    assert (report["bpcer"], report["not_acquired"]) == (0.0, 1)
    made = {name: found["apcer"] for name, found in report["species"].items() if name.startswith("synthetic_")}
    assert made["synthetic_frozen"] == made["synthetic_looped"] == 0.0
    assert "synthetic_screen_like" in made


def test_a_challenge_is_answered_by_who_it_was_put_to(engines: Engines) -> None:
    kinds = (StepKind.TURN_LEFT, StepKind.OPEN_MOUTH, StepKind.TURN_RIGHT)
    report = evaluate_challenge([], close_up(), engines, challenges=[kinds]).as_dict()
    assert report["bpcer"] == 0.0
    assert {name: found["n"] for name, found in report["species"].items()} == {
        "synthetic_frozen": 60,
        "synthetic_wrong_order": 5,
    }
    assert all(found["apcer"] == 0.0 for found in report["species"].values())


def test_an_image_that_is_not_there_is_named(engines: Engines, images: Path) -> None:
    pairs = read_pairs(pairs_file(images, ("a0.jpg", "gone.jpg", "1")))
    with pytest.raises(BadList, match=r"gone\.jpg is not in"):
        evaluate_pairs(pairs, images, engines, POLICY.bands)
    with pytest.raises(BadList, match=r"gone\.jpg is not in"):
        evaluate_pad(read_manifest(manifest_file(images, ("gone.jpg", "still", "bona_fide", ""))), engines, POLICIES)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([("reference", "probe")], "has no column mated"),
        ([("reference", "probe", "mated")], "has no rows"),
        ([("reference", "probe", "mated"), ("a", "b", "perhaps")], "line 2: mated is not one of 0, 1"),
    ],
)
def test_bad_pairs_are_refused(tmp_path: Path, rows: list[tuple[str, ...]], complaint: str) -> None:
    with pytest.raises(BadList, match=complaint):
        read_pairs(write(tmp_path / "pairs.csv", *rows))


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("x", "painting", "attack", "oil"), "medium is not one of still, clip"),
        (("x", "still", "fake", "print"), "label is not one of bona_fide, attack"),
        (("x", "still", "attack", ""), "an attack needs a species"),
    ],
)
def test_bad_manifests_are_refused(tmp_path: Path, row: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(BadList, match=complaint):
        read_manifest(manifest_file(tmp_path, row))


def test_a_list_that_is_not_there_ends_the_command(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate", "pad", "--manifest", str(tmp_path / "none.csv"))


def said_by(*arguments: Any) -> str:
    said = io.StringIO()
    call_command("evaluate", *map(str, arguments), stdout=said)
    return said.getvalue()


@pytest.mark.usefixtures("models_dir")
def test_the_command_speaks_to_machines(images: Path) -> None:
    pairs = pairs_file(images, ("a0.jpg", "a1.jpg", "1"), ("a0.jpg", "b0.jpg", "0"))
    report = json.loads(said_by("match", "--pairs", pairs, "--images", images, "--json"))
    expected = {"threshold", "mated", "non_mated", "fmr", "fmr_upper95", "fnmr", "fnmr_upper95", "fta"}
    assert expected <= set(report)
    manifest = manifest_file(images, ("a0.jpg", "still", "bona_fide", ""), ("cup.jpg", "still", "attack", "cup"))
    report = json.loads(said_by("pad", "--manifest", manifest, "--json"))
    assert set(report["species"]["cup"]) >= {"n", "apcer", "upper95"}
    assert {"bpcer", "to_people"} <= set(report)


@pytest.mark.usefixtures("models_dir")
def test_the_command_says_when_there_is_too_little_to_say(images: Path) -> None:
    pairs = pairs_file(images, ("a0.jpg", "a1.jpg", "1"))
    said = said_by("match", "--pairs", pairs, "--images", images)
    assert "FMR: not enough data (no non-mated comparisons)" in said
    assert "not enough data to show 0.03" in said
    manifest = manifest_file(images, ("cup.jpg", "still", "attack", "cup"))
    assert "not enough data to show 0.07" in said_by("pad", "--manifest", manifest)


def test_noise_is_not_a_face(engines: Engines) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    assert engines.examine_pixels("live-0", noise).face is None
