"""The networks are wired as their authors meant: colour order, classes, alignment, angles."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from verification.checks.engines.bundle import Engines
from verification.checks.engines.embedder import SFace
from verification.checks.engines.fused import fused
from verification.checks.engines.geometry import aligned, similarity, wide_square
from verification.checks.engines.insightface_pack import InsightFaceEmbedder
from verification.checks.engines.lock import lock
from verification.checks.engines.shapes import Embedding, Examined, Face, Pixels
from verification.checks.engines.upright import turn

from .photographs import astronaut, six_friends


@pytest.fixture(scope="session")
def sface_file(models_dir: Path) -> Path:
    return models_dir / lock().model("embedder").file


@pytest.fixture(scope="session")
def sface(sface_file: Path) -> SFace:
    return SFace(sface_file.read_bytes())


def face_of(engines: Engines, pixels: Pixels) -> Face:
    face = engines.examine_pixels("live-0", pixels).face
    assert face is not None
    return face


def embedding_of(engines: Engines, image: Examined) -> Embedding:
    assert image.face is not None
    assert image.landmarks is not None
    return engines.embedder.embed(image.pixels, image.face, image.landmarks)


def test_sface_answers_as_opencv_itself_does(engines: Engines, sface: SFace, sface_file: Path) -> None:
    face = face_of(engines, astronaut())
    theirs = cv2.FaceRecognizerSF.create(str(sface_file), "")
    row = np.concatenate([face.box, face.points.ravel(), [face.score]]).astype(np.float32)
    expected = theirs.feature(theirs.alignCrop(astronaut(), row)).ravel()
    expected = expected / np.linalg.norm(expected)
    assert float(sface.embed(astronaut(), face) @ expected) > 0.999


def test_sface_with_its_colours_swapped_is_another_network(engines: Engines, sface: SFace) -> None:
    crop = aligned(astronaut(), face_of(engines, astronaut()).points)
    swapped = np.ascontiguousarray(crop[:, :, ::-1])
    assert float(sface.embed_aligned(crop) @ sface.embed_aligned(swapped)) < 0.97


def test_sface_runs_through_insightface_with_the_same_answer(engines: Engines, sface: SFace, sface_file: Path) -> None:
    image = engines.examine_pixels("live-0", astronaut())
    assert image.face is not None
    assert image.landmarks is not None
    pack = InsightFaceEmbedder(sface_file, model_task="recognition", model_metadata={"preprocessing": "embedded"})
    theirs = pack.embed(image.pixels, image.face, image.landmarks)
    assert float(theirs @ sface.embed(image.pixels, image.face)) > 0.999


def test_a_fused_cosine_is_the_weighted_mean_of_both() -> None:
    first, second = np.eye(4, dtype=np.float32)[0], np.eye(4, dtype=np.float32)[1]
    tilted = np.array([0.6, 0.8, 0, 0], np.float32)
    assert float(fused(first, second) @ fused(tilted, tilted)) == pytest.approx(0.75 * 0.6 + 0.25 * 0.8)


def test_embeddings_have_unit_length(engines: Engines) -> None:
    embedding = embedding_of(engines, engines.examine_pixels("live-0", astronaut()))
    assert embedding.shape == (640,)
    assert float(embedding @ embedding) == pytest.approx(1, abs=1e-4)


def test_a_person_scores_live_and_a_flat_copy_on_a_screen_of_dots_does_not(engines: Engines) -> None:
    face = face_of(engines, astronaut())
    assert engines.liveness.live(astronaut(), face) > 0.9
    screen = astronaut().copy()
    screen[::2, :] //= 3
    assert engines.liveness.live(screen, face) < 0.5


def test_open_eyes_are_open(engines: Engines) -> None:
    image = engines.examine_pixels("live-0", astronaut())
    assert image.landmarks is not None
    eyes = engines.eyes.closed(image.pixels, image.landmarks)
    assert max(eyes.right_closed, eyes.left_closed) < 0.5


def test_mirroring_a_face_mirrors_its_yaw(engines: Engines) -> None:
    group = six_friends()[140:550, 1040:1280]
    one = engines.examine_pixels("live-0", np.ascontiguousarray(group)).pose
    other = engines.examine_pixels("live-1", np.ascontiguousarray(group[:, ::-1])).pose
    assert one is not None
    assert other is not None
    assert abs(one.yaw) > 10
    assert one.yaw == pytest.approx(-other.yaw, abs=8)


@pytest.mark.parametrize("angle", [45, 90, 135, 180, 225, 270, 315])
def test_a_turned_photograph_is_turned_back(engines: Engines, angle: int) -> None:
    straight = engines.examine_pixels("reference", astronaut())
    askew = engines.examine_pixels("live-0", turn(astronaut(), angle))
    assert askew.turned != 0
    assert float(embedding_of(engines, straight) @ embedding_of(engines, askew)) > 0.8


def test_an_upright_photograph_is_left_alone(engines: Engines) -> None:
    image = engines.examine_pixels("reference", astronaut())
    assert image.turned == 0
    assert np.array_equal(image.pixels, astronaut())


def test_a_quarter_turn_moves_pixels_without_changing_them() -> None:
    assert np.array_equal(turn(turn(astronaut(), 90), 270), astronaut())


def test_a_similarity_is_found_exactly() -> None:
    source = np.array([[0, 0], [10, 0], [0, 10], [7, 3]], np.float32)
    radians = np.deg2rad(30)
    matrix = 2 * np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    target = (source @ matrix.T + [5, -3]).astype(np.float32)
    found = similarity(source, target)
    assert found == pytest.approx(np.column_stack([matrix, [5, -3]]), abs=1e-5)


@pytest.mark.parametrize("box", [(-20, -20, 80, 90), (250, 10, 120, 150), (100, 100, 40, 50), (0, 0, 300, 400)])
def test_the_wide_square_stays_inside_the_picture(box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = wide_square(Face(box, np.zeros((5, 2), np.float32), 1.0), (240, 320, 3))
    assert 0 <= left < right <= 319
    assert 0 <= top < bottom <= 239
