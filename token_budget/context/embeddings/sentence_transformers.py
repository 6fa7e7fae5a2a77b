"""A model of sentence-transformers in a local folder (extra ``embeddings``); nothing is downloaded.

The package takes seconds to import, so it is imported when the embedder is made.
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from token_budget.context.embeddings.settings import check_count
from token_budget.context.errors import EmbedderUnavailable
from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from token_budget.context.embeddings.protocol import TextKind

READ_BYTES = 1 << 20
"""Of a file of the model at a time."""


class SentenceTransformersEmbedder:
    """An `Embedder` in this process; see `ThreadedEmbedder` for event loops.

    Attributes:
        name: The name of the folder.
        revision: The digest of its files: a model that is replaced is another one.
        dimension: How many numbers a vector has.
        maximum_batch: Texts of one call.
    """

    def __init__(
        self,
        folder: Path,
        *,
        dimension: int | None = None,
        device: str = "cpu",
        maximum_batch: int = 64,
    ) -> None:
        """Load a model.

        Args:
            folder: Where it stands.
            dimension: Numbers of a vector that are kept, where the model allows it; None: all.
            device: As PyTorch calls it.
            maximum_batch: Texts of one call.

        Raises:
            ConfigError: The package is not installed, the folder holds no model, or the model has
                fewer numbers.
        """
        check_count("maximum_batch", maximum_batch)
        if dimension is not None:
            check_count("dimension", dimension)
        self._model = _loaded(folder, dimension, device)
        self.name = f"sentence-transformers/{folder.resolve().name}"
        self.revision = digest_of_folder(folder)
        self.dimension = _dimension(self._model)
        if dimension and dimension > self.dimension:
            raise ConfigError("too many", "dimension", dimension, f"at most {self.dimension}")
        self.maximum_batch = maximum_batch

    def embed(self, texts: Sequence[str], kind: TextKind) -> ArrayLike:
        """As `Embedder.embed`; queries and documents get the prompts of the model."""
        encode = getattr(self._model, f"encode_{kind}", self._model.encode)
        try:
            found: ArrayLike = encode(list(texts), show_progress_bar=False, convert_to_numpy=True)
        except (RuntimeError, ValueError, OSError) as error:
            reason = f"the model failed: {type(error).__name__}"
            raise EmbedderUnavailable(self.name, reason) from error
        return found


def digest_of_folder(folder: Path) -> str:
    """The SHA-256 of the names and contents of all files of a folder.

    Raises:
        ConfigError: One cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for file in sorted(one for one in folder.rglob("*") if one.is_file()):
            digest.update(
                f"{file.relative_to(folder).as_posix()}\0{file.stat().st_size}\0".encode()
            )
            with file.open("rb") as opened:
                while data := opened.read(READ_BYTES):
                    digest.update(data)
    except OSError as error:
        raise ConfigError(f"the model cannot be read: {error}", "folder") from error
    return digest.hexdigest()


def _loaded(folder: Path, dimension: int | None, device: str) -> Any:  # noqa: ANN401 - no types
    if not folder.is_dir():
        raise ConfigError("no folder of a model", "folder", str(folder), "a folder that exists")
    try:
        made = import_module("sentence_transformers").SentenceTransformer
    except ImportError as error:
        remedy = "sentence-transformers is not installed: pip install 'token-budget[embeddings]'"
        raise ConfigError(remedy, "embedder") from error
    try:
        return made(str(folder), device=device, truncate_dim=dimension, local_files_only=True)
    except Exception as error:  # weights that are damaged have errors derived from nothing else
        said = " ".join(str(error).split())
        raise ConfigError(
            f"the folder holds no model that can be loaded: {said}", "folder"
        ) from error


def _dimension(model: Any) -> int:  # noqa: ANN401 - no types
    """How many numbers its vectors have; the method has an older and a newer name."""
    ask = getattr(model, "get_embedding_dimension", None)
    found = (ask or model.get_sentence_embedding_dimension)()
    if not found:
        raise ConfigError("the model does not say how many numbers a vector has", "dimension")
    return int(found)
