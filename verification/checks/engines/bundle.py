"""Every engine a worker needs, loaded once per process from verified files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
from django.conf import settings

from .appearance import Appearance, appearance_of
from .decoding import decode
from .detector import YuNet
from .embedder import SFace
from .eyes import EyeNet
from .fused import FusedEmbedder
from .insightface_pack import InsightFaceEmbedder
from .landmarker import LandmarkNet
from .liveness import LivenessNet
from .lock import Lock, digest, lock, verified
from .pose import pose_of
from .prominence import by_prominence
from .second_embedder import SecondEmbedder
from .shapes import Embedding, Examined, Face, Landmarks, ModelName, Pixels
from .speech import SpeechNet
from .upright import upright

OPEN_SET = "open"


class Embedder(Protocol):
    """Whatever turns a face into a unit vector."""

    def embed(self, pixels: Pixels, face: Face, landmarks: Landmarks) -> Embedding:
        """The unit embedding of one face."""


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one process. Not to be shared between threads."""

    detector: YuNet
    embedder: Embedder
    liveness: LivenessNet
    landmarks: LandmarkNet
    eyes: EyeNet
    speech: SpeechNet
    names: dict[str, ModelName]
    """The model behind each of "detector", "embedder", "liveness", "landmarks", "eyes", "speech"."""

    def appearance(self, pixels: Pixels, face: Face) -> Appearance:
        """Brightness and sharpness of one face."""
        return appearance_of(pixels, face)

    def examine(self, name: str, data: bytes) -> Examined:
        """Decode one image, turn it upright, find its faces and the landmarks of the most prominent one.

        Raises NotAnImage.
        """
        return self.examine_pixels(name, decode(data))

    def examine_pixels(self, name: str, pixels: Pixels) -> Examined:
        """The same for pixels that are already decoded."""
        turned, angle, found = upright(pixels, self.detector)
        faces = by_prominence(found, turned.shape)
        if not faces:
            return Examined(name, turned, angle, (), None, None)
        landmarks = self.landmarks.find(turned, faces[0])
        return Examined(name, turned, angle, faces, landmarks, pose_of(landmarks, turned.shape))


@cache
def engines_from_settings() -> Engines:
    """The engines named by MODELS_DIR and MODEL_SET, loaded at the first call. Raises ModelRefused."""
    return load_engines(Path(settings.MODELS_DIR), settings.MODEL_SET)


def load_engines(directory: Path, model_set: str = OPEN_SET) -> Engines:
    """Read, verify and load every model. Raises ModelRefused for a missing or altered file."""
    cv2.setNumThreads(1)
    # OpenCV warns about a target that nobody set each time a detector is made.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    locked = lock()
    read = {model.role: verified(directory / model.file, model.sha256) for model in locked.models}
    embedder, name = _embedder(directory, model_set, read, locked)
    names = {model.role: ModelName(model.id, model.sha256) for model in locked.models}
    return Engines(
        YuNet(read["detector"]),
        embedder,
        LivenessNet(read["liveness"]),
        LandmarkNet(read["landmarks"]),
        EyeNet(read["eyes"]),
        SpeechNet(read["speech"]),
        {**names, "embedder": name},
    )


def _embedder(directory: Path, model_set: str, read: dict[str, bytes], locked: Lock) -> tuple[Embedder, ModelName]:
    if model_set != OPEN_SET:
        pack = locked.pack(model_set)
        verified(directory / pack.id / pack.file, pack.sha256)
        return InsightFaceEmbedder(directory / pack.id / pack.file), ModelName(pack.id, pack.sha256)
    first, second = locked.model("embedder"), locked.model("second_embedder")
    embedder = FusedEmbedder(SFace(read["embedder"]), SecondEmbedder(read["second_embedder"]))
    both = digest((first.sha256 + second.sha256).encode())
    return embedder, ModelName(f"{first.id}+{second.id}", both)
