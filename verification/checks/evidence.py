"""What every check of one case may look at: the examined images, and measurements that several checks share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engines.appearance import Appearance
    from .engines.bundle import Engines
    from .engines.shapes import Embedding, Examined


@dataclass(frozen=True, slots=True)
class Evidence:
    """The images of a case. Embeddings and appearances are computed at the first asking and kept."""

    reference: Examined
    live: tuple[Examined, ...]
    engines: Engines
    _embeddings: dict[str, Embedding] = field(default_factory=dict)
    _appearances: dict[str, Appearance] = field(default_factory=dict)

    @property
    def images(self) -> tuple[Examined, ...]:
        """The reference first, then the live images in the order they came."""
        return (self.reference, *self.live)

    def model(self, role: str) -> tuple[str, str]:
        """(id, SHA-256) of the model behind a role such as "liveness"."""
        name = self.engines.names[role]
        return name.id, name.sha256

    def embedding(self, image: Examined) -> Embedding | None:
        """The unit embedding of the image's most prominent face, or None without a face."""
        if image.face is None or image.landmarks is None:
            return None
        if image.name not in self._embeddings:
            embedding = self.engines.embedder.embed(image.pixels, image.face, image.landmarks)
            self._embeddings[image.name] = embedding
        return self._embeddings[image.name]

    def appearance(self, image: Examined) -> Appearance | None:
        """Brightness and sharpness of the image's most prominent face, or None without a face."""
        if image.face is None:
            return None
        if image.name not in self._appearances:
            self._appearances[image.name] = self.engines.appearance(image.pixels, image.face)
        return self._appearances[image.name]
