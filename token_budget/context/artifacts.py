"""Summaries that stand in for files: smaller, and only while they say what the file says now.

A summary is about exactly one path, and about the bytes that the file had when it was written; it
belongs to a run, never to a phase. `artifact_files` says where summaries are kept and in what form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from token_budget.context.values import SourceFile

FIRST_PART_CHARACTERS = 2_000
"""Of a run's own report that a phase refers to at most this much is shown: about 500 tokens."""

REPORTED_PATHS = 10
"""A report names this many of the files that summaries stand for."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A summary of one file.

    Attributes:
        path: The file, relative to the workspace.
        sha256: Of the bytes that it summarises, hexadecimal.
        summary: The text.
    """

    path: str
    sha256: str
    summary: str


@dataclass(frozen=True, slots=True)
class Substitutions:
    """What stands in for files in a prompt.

    Attributes:
        texts: The summaries by the paths they stand for.
        tokens: Of the summaries: ``cl100k_base`` tokens.
        avoided_tokens: Of the files: ``cl100k_base`` tokens.
        sizes: The same two figures for each path.
    """

    texts: Mapping[str, str]
    tokens: int = 0
    avoided_tokens: int = 0
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many files are not shown themselves."""
        return len(self.texts)

    @property
    def paths(self) -> tuple[str, ...]:
        """The first of them by name, `REPORTED_PATHS` at the most."""
        return tuple(sorted(self.texts)[:REPORTED_PATHS])

    def without(self, paths: Collection[str]) -> Substitutions:
        """Those for other files than these."""
        sizes = {path: size for path, size in self.sizes.items() if path not in paths}
        texts = {path: self.texts[path] for path in sizes}
        used, avoided = (sum(both[side] for both in sizes.values()) for side in (0, 1))
        return Substitutions(texts, used, avoided, sizes)

    def within(self, tokens: int) -> Substitutions:
        """Those of the smallest summaries that take no more than so many tokens together."""
        kept: dict[str, str] = {}
        spent = avoided = 0
        for path, text in sorted(self.texts.items(), key=lambda item: (self.sizes[item[0]], item)):
            used, instead = self.sizes[path]
            if spent + used > tokens:
                break
            kept[path], spent, avoided = text, spent + used, avoided + instead
        return Substitutions(kept, spent, avoided, {path: self.sizes[path] for path in kept})


NO_SUBSTITUTIONS = Substitutions({})


def substitutions(
    artifacts: Iterable[Artifact],
    files: Mapping[str, SourceFile],
    wanted: frozenset[str],
    count: Callable[[str], int],
) -> Substitutions:
    """The summaries that can stand for files.

    Args:
        artifacts: The summaries of a run.
        files: The files of the workspace as they are now.
        wanted: Files that may be replaced: those that are only read.
        count: Counts ``cl100k_base`` tokens.
    """
    texts: dict[str, str] = {}
    for one in artifacts:
        file = files.get(one.path)
        if file is None or one.path not in wanted or one.sha256 != file.sha256:
            continue
        shortest = texts.get(one.path)
        if count(one.summary) < (file.tokens if shortest is None else count(shortest)):
            texts[one.path] = one.summary
    sizes = {path: (count(text), files[path].tokens) for path, text in texts.items()}
    used, avoided = (sum(both[side] for both in sizes.values()) for side in (0, 1))
    return Substitutions(texts, used, avoided, sizes)


def first_part(path: str, sha256: str, text: str) -> Artifact:
    """The whole paragraphs at the beginning of a report, as a summary of it.

    Args:
        path: Of the report.
        sha256: Of its bytes.
        text: What stands in it.
    """
    shown = text[:FIRST_PART_CHARACTERS]
    if len(text) > len(shown):
        shown = shown.rpartition("\n\n")[0] or shown.rpartition("\n")[0] or shown
    return Artifact(path, sha256, shown)
