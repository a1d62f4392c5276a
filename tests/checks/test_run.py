"""A whole case through real networks: only a clear match passes, and whatever breaks never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded

from verification.checks.bands import Bands
from verification.checks.engines.bundle import Engines
from verification.checks.engines.decoding import NotAnImage, decode
from verification.checks.engines.shapes import Face, Landmarks, ModelName, Pixels
from verification.checks.evidence import Evidence
from verification.checks.match import match
from verification.checks.reasons import Reason
from verification.checks.results import Band, CheckResult
from verification.checks.run import CHECK_NAMES, CheckRun, not_run, run_checks
from verification.policy.decide import Verdict, decide
from verification.policy.thresholds import POLICY

from .photographs import astronaut, blurred, coffee, darkened, friend_on_the_right, jpeg, later_picture_of, six_friends


def run(engines: Engines, reference: Pixels, *live: Pixels) -> CheckRun:
    return run_checks(jpeg(reference), [jpeg(pixels) for pixels in live], engines, POLICY.bands)


def by_name(found: CheckRun) -> dict[str, CheckResult]:
    return {result.name: result for result in found.results}


def reasons(found: CheckRun) -> set[Reason]:
    return set(decide(found.results, human_view=True).reasons)


def test_a_clear_match_passes(engines: Engines) -> None:
    found = run(engines, astronaut(), later_picture_of(astronaut()))
    assert decide(found.results, human_view=True).verdict is Verdict.PASS
    assert tuple(result.name for result in found.results) == CHECK_NAMES
    assert found.reference is not None
    assert [image.name for image in (found.reference, *found.live)] == ["reference", "live-0"]


def test_several_live_images_of_one_person_pass(engines: Engines) -> None:
    found = run(engines, astronaut(), later_picture_of(astronaut()), astronaut())
    assert decide(found.results, human_view=True).verdict is Verdict.PASS
    assert by_name(found)["same_face"].score is not None


def test_another_person_does_not_pass(engines: Engines) -> None:
    found = run(engines, astronaut(), friend_on_the_right())
    assert reasons(found) == {Reason.DIFFERENT_PERSON}


def test_two_people_in_turn_before_the_camera_do_not_pass(engines: Engines) -> None:
    found = run(engines, astronaut(), astronaut(), friend_on_the_right())
    assert Reason.FACES_DIFFER_BETWEEN_IMAGES in reasons(found)


def test_company_does_not_pass(engines: Engines) -> None:
    found = run(engines, six_friends(), six_friends())
    assert reasons(found) == {Reason.MORE_THAN_ONE_FACE}


@pytest.mark.parametrize("position", ["reference", "live"])
def test_nobody_does_not_pass(engines: Engines, position: str) -> None:
    pictures = (coffee(), astronaut()) if position == "reference" else (astronaut(), coffee())
    found = run(engines, *pictures)
    assert reasons(found) == {Reason.NO_FACE, Reason.NOTHING_TO_MEASURE}
    assert by_name(found)["match"].band is Band.AMBIGUOUS
    assert {result.band for result in found.results} & {Band.ERROR} == set()


def test_the_dark_does_not_pass(engines: Engines) -> None:
    assert Reason.TOO_DARK in reasons(run(engines, darkened(astronaut()), astronaut()))


def test_a_blurred_picture_does_not_pass(engines: Engines) -> None:
    assert Reason.BLURRED in reasons(run(engines, astronaut(), blurred(astronaut())))


def test_every_result_of_a_network_names_it(engines: Engines) -> None:
    found = by_name(run(engines, astronaut(), astronaut()))
    assert {name for name, result in found.items() if result.model} == {"detection", "liveness", "match", "same_face"}
    assert all(len(result.model_sha256 or "") == 64 for result in found.values() if result.model)


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(astronaut())[:40]])
def test_bytes_that_are_no_image_are_an_error(engines: Engines, data: bytes) -> None:
    with pytest.raises(NotAnImage):
        decode(data)
    assert run_checks(data, [jpeg(astronaut())], engines, POLICY.bands).results == not_run()


def test_a_case_without_live_images_is_an_error(engines: Engines) -> None:
    assert run_checks(jpeg(astronaut()), [], engines, POLICY.bands).results == not_run()


class Broken:
    """An engine that fails with the error it was given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def live(self, pixels: Pixels, face: Face) -> float:
        raise self.error

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        raise self.error


def with_broken(engines: Engines, error: Exception, part: str = "liveness") -> Engines:
    broken: Any = Broken(error)
    return replace(engines, **{part: broken})


def test_a_check_that_raises_is_an_error_and_the_others_still_run(engines: Engines) -> None:
    found = by_name(run(with_broken(engines, RuntimeError("secret bytes")), astronaut(), astronaut()))
    assert found["liveness"].band is Band.ERROR
    assert found["liveness"].reasons == (Reason.CHECK_ERROR,)
    assert found["match"].band is Band.PASS


def test_the_log_of_a_broken_check_says_the_kind_of_error_only(
    engines: Engines, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    run(with_broken(engines, RuntimeError("secret bytes")), astronaut(), astronaut())
    said = capsys.readouterr().out + caplog.text
    assert "RuntimeError" in said
    assert "secret bytes" not in said


def test_time_running_out_ends_the_run_in_errors(engines: Engines) -> None:
    found = by_name(run(with_broken(engines, SoftTimeLimitExceeded()), astronaut(), astronaut()))
    assert found["detection"].band is Band.PASS
    for name in ("liveness", "match", "same_face"):
        assert (found[name].band, found[name].reasons) == (Band.ERROR, (Reason.CHECK_TIMED_OUT,))


def test_time_running_out_before_the_first_check_is_an_error(engines: Engines) -> None:
    found = run(with_broken(engines, SoftTimeLimitExceeded(), "detector"), astronaut(), astronaut())
    assert found.results == not_run(Reason.CHECK_TIMED_OUT)


def test_a_check_without_bands_is_an_error(engines: Engines) -> None:
    bands: Mapping[str, Bands] = {name: bands for name, bands in POLICY.bands.items() if name != "match"}
    found = by_name(run_checks(jpeg(astronaut()), [jpeg(astronaut())], engines, bands))
    assert found["match"].band is Band.ERROR


def test_thresholds_of_one_model_pass_nothing_of_another(engines: Engines) -> None:
    foreign = replace(engines, names={**engines.names, "embedder": ModelName("buffalo_l", "00" * 32)})
    found = by_name(run(foreign, astronaut(), astronaut()))
    assert (found["match"].band, found["match"].reasons) == (Band.AMBIGUOUS, (Reason.MATCH_UNCLEAR,))


def test_the_best_live_image_is_chosen_without_the_reference(engines: Engines) -> None:
    front = engines.examine("live-0", jpeg(astronaut()))
    aside = engines.examine("live-1", jpeg(friend_on_the_right()))
    evidence = Evidence(engines.examine("reference", jpeg(friend_on_the_right())), (front, aside), engines)
    assert match(evidence, POLICY.bands["match"]).band is Band.FAIL


def test_crops_are_made_of_faces_only(engines: Engines) -> None:
    found = run(engines, astronaut(), coffee())
    assert set(found.crops()) == {"reference"}
    assert CheckRun(not_run()).crops() == {}


def test_landmarks_belong_to_the_face(engines: Engines) -> None:
    image = engines.examine("live-0", jpeg(astronaut()))
    assert image.face is not None
    assert isinstance(image.landmarks, Landmarks)
    x, y, width, height = image.face.box
    inside = (image.landmarks.points > [x, y - height / 2]) & (image.landmarks.points < [x + width, y + height * 1.2])
    assert inside.all(axis=1).mean() > 0.9
