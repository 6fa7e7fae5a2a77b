"""A file that appears under its name whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True, slots=True)
class ReplacedFile:
    """A file on its way.

    Attributes:
        path: Its name in the end.
        temporary: Its name until then, in the same folder.
        place: Where the name was given, such as ``argument --report``.
    """

    path: Path
    temporary: Path
    place: str

    @contextmanager
    def opened(self) -> Generator[IO[bytes]]:
        """It, to be added to; after the block what was written is on the disk.

        Raises:
            ConfigError: The file cannot be written, such as on a full disk.
        """
        with _explained(self.path, self.place), self.temporary.open("ab") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def write(self, content: bytes) -> None:
        """Add to it; raises as `opened` does."""
        with self.opened() as file:
            file.write(content)


@contextmanager
def replaced_file(path: Path, place: str) -> Generator[ReplacedFile]:
    """A new file that takes the place of ``path`` when the block ends well.

    It is made beside ``path`` at once, so a place that cannot be written is found before the work
    of the block starts.

    Args:
        path: Its name in the end.
        place: Where the name was given, such as ``argument --report``.

    Raises:
        ConfigError: The file cannot be written there; what stood there is untouched.
    """
    with _explained(path, place):
        temporary = _made_beside(path)
    try:
        yield ReplacedFile(path, temporary, place)
        with _explained(path, place):
            temporary.chmod(0o644)  # as other files: mkstemp's are for the owner's eyes only
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _made_beside(path: Path) -> Path:
    if path.is_dir():
        raise IsADirectoryError("it is a folder")
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".token-budget-")
    os.close(number)
    return Path(name)


@contextmanager
def _explained(path: Path, place: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{path} cannot be written: {error.strerror or error}"
        raise ConfigError(reason, place, str(path)) from error
