"""One changed file becomes one observed file, or is left out for a reason."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from estimators.mining.mined_sizes import create_tokens, delete_tokens, edit_tokens, token_change
from estimators.observed import ObservedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from estimators.deliverable import Action
    from estimators.mining.patch import Change, Patch

REMEMBERED_BLOBS = 65_536
"""Blobs whose tokens are remembered; the least recently used goes first. About 12 MB."""

_ACTIONS: dict[str, Action] = {"A": "create", "M": "modify", "D": "delete", "R": "rename"}
_REGULAR_FILE = "100"
_UNUSUAL_FILES = {"120": "symbolic link", "160": "submodule"}
_NO_FILE = "000000"


class LeftOutFileError(Exception):
    """A file that is left out of its phase; the message is the reason."""


class FileMiner:
    """Counts the sizes of changed files; whole files once, then by what changes.

    Args:
        contents: The contents of blobs, by their names.
        count: Counts ``cl100k_base`` tokens.
    """

    def __init__(
        self,
        contents: Callable[[Sequence[str]], Iterator[bytes]],
        count: Callable[[str], int],
    ) -> None:
        self._contents = contents
        self._count = count
        self._tokens: OrderedDict[str, int] = OrderedDict()

    def mine(self, change: Change, patch: Patch) -> ObservedFile:
        """The sizes of one file.

        Raises:
            LeftOutFileError: The file is left out, and why.
            UnreadableObjectError: The file before or after cannot be read.
        """
        path = _path_of_text_file(change, patch)
        old, new = self._texts(change)
        existing, final = self._whole_file_tokens(change, patch, old, new)
        return ObservedFile(
            path=path,
            action=_ACTIONS[change.status],
            existing_tokens=existing,
            final_tokens=final,
            ndjson_tokens=self._ndjson_tokens(change, patch, path, new),
            diff_tokens=self._count(diff_text(change, patch, path)),
            lines_added=patch.lines_added,
            lines_removed=patch.lines_removed,
            hunks=len(patch.hunks) if change.status in "MR" else 0,
        )

    def _texts(self, change: Change) -> tuple[str, str]:
        """The file before and after; empty where there is none."""
        texts = self._contents(blobs_of(change))
        try:
            old = "" if change.status == "A" else next(texts).decode()
            new = "" if change.status == "D" else next(texts).decode()
        except UnicodeDecodeError:
            raise LeftOutFileError("not UTF-8") from None
        return old, new

    def _whole_file_tokens(
        self, change: Change, patch: Patch, old: str, new: str
    ) -> tuple[int, int]:
        existing = self._recalled(change.old_blob, old)
        final = self._recalled(change.new_blob, new)
        if existing is None and final is None:
            existing = self._count(old)
        if existing is None or final is None:
            more = token_change(old, new, patch.hunks, self._count)
            existing = final - more if existing is None and final is not None else existing
            final = existing + more if final is None and existing is not None else final
        assert existing is not None  # noqa: S101 - each is reckoned from the other
        assert final is not None  # noqa: S101
        self._remember(change.old_blob, existing)
        self._remember(change.new_blob, final)
        return existing, final

    def _ndjson_tokens(self, change: Change, patch: Patch, path: str, new: str) -> int:
        if change.status == "A":
            return create_tokens(path, new, self._count)
        if change.status == "D":
            return delete_tokens(path, self._count)
        return edit_tokens(path, patch.hunks, self._count)

    def _recalled(self, blob: str, text: str) -> int | None:
        return self._tokens.get(blob) if text else 0

    def _remember(self, blob: str, tokens: int) -> None:
        self._tokens[blob] = tokens
        self._tokens.move_to_end(blob)
        if len(self._tokens) > REMEMBERED_BLOBS:
            self._tokens.popitem(last=False)


def blobs_of(change: Change) -> list[str]:
    """The names of the blobs of a regular file: before, then after, where there is one."""
    sides = ((change.old_mode, change.old_blob), (change.new_mode, change.new_blob))
    return [blob for mode, blob in sides if mode.startswith(_REGULAR_FILE)]


def diff_text(change: Change, patch: Patch, path: str) -> str:
    """The unified diff of a file.

    git ends the diff of an empty file after its header; the two lines that name the sides are put
    back, as every other diff has them.
    """
    text = patch.text.decode("utf-8", "replace")
    if not patch.hunks and change.status == "A":
        return f"{text}--- /dev/null\n+++ b/{path}\n"
    if not patch.hunks and change.status == "D":
        return f"{text}--- a/{path}\n+++ /dev/null\n"
    return text


def _path_of_text_file(change: Change, patch: Patch) -> str:
    for mode in (change.old_mode, change.new_mode):
        if mode[:3] in _UNUSUAL_FILES:
            raise LeftOutFileError(_UNUSUAL_FILES[mode[:3]])
    if change.status not in _ACTIONS:
        raise LeftOutFileError(f"git status {change.status}")
    if patch.binary:
        raise LeftOutFileError("binary")
    try:
        return change.path.decode()
    except UnicodeDecodeError:
        raise LeftOutFileError("its path is not UTF-8") from None
