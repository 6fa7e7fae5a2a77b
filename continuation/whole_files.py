r"""Reads answers that give whole files: fenced blocks with paths, tags, or one JSON document.

A file is complete when its fence was closed; where paths are read is told in
`continuation.file_paths`. A block without a path is reported, never given one; an answer in which
none has a path may hold a JSON document, with prose and a fence round it. A block that holds a
further opening fence, as long as its own and with an info string, is rejected: in CommonMark the
next bare fence ends the block, but most who write this mean that it ends the inner one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from continuation.file_paths import path_of_block
from continuation.found_files import (
    UnfinishedFile,
    WholeFiles,
    file_of,
    whole_lines,
    without_doubles,
)
from continuation.json_files import JSON_TAGS, rewritten
from continuation.markdown_fences import closes, nests, opening_fence
from continuation.tagged_files import opens_tags, read_tagged_files
from ndjson import Create, parse

if TYPE_CHECKING:
    from continuation.markdown_fences import Fence
    from ndjson import Partial


def read_whole_files(text: str, *, cut: bool) -> WholeFiles:
    """The files in an answer.

    Args:
        text: The answer.
        cut: Whether it was cut off; False: its last line is whole without a line end too.

    Raises:
        LimitExceeded: It is a JSON document, larger or deeper than `ndjson` reads.
    """
    if opens_tags(text):
        return read_tagged_files(text, cut=cut)
    blocks = _read_blocks(text, cut)
    opens_json = _opens_json(text)
    if blocks.holds_files and not opens_json:
        return _from_shapes(text, cut=cut) or blocks
    found = _parsed(text, cut=cut)
    document = _from_json(found)
    if found.rejected or not (document.operations or document.unfinished):
        shaped = _from_shapes(text, cut=cut)
        if shaped is not None and shaped.holds_files:
            return shaped
    is_document = found.operations or (found.unfinished and found.unfinished.path)
    is_meant = opens_json and not blocks.holds_files
    return document if is_document or is_meant else blocks


def _parsed(text: str, *, cut: bool) -> Partial:
    return parse(text, "max_tokens" if cut else "end_turn")


def _from_shapes(text: str, *, cut: bool) -> WholeFiles | None:
    """The files of a JSON document that `ndjson` does not read as it is; None: it is none."""
    shaped = rewritten(text, cut=cut)
    if shaped is None:
        return None
    found = _from_json(_parsed(shaped, cut=cut))
    return replace(found, reports=("a JSON document, read as a list of files",))


def _opens_json(text: str) -> bool:
    """Whether an answer begins like a JSON document, in a fence without a path or in none."""
    first, _, rest = text.lstrip().partition("\n")
    fence = opening_fence(first)
    if fence is None:
        return first.startswith(("{", "["))
    return fence.info.lower() in JSON_TAGS and rest.lstrip().startswith(("{", "["))


def _from_json(found: Partial) -> WholeFiles:
    cut = found.unfinished
    unfinished = None
    if cut and cut.kind == "create" and cut.path is not None:
        operation = Create(path=cut.path, content=cut.content, overwrite=cut.overwrite)
        unfinished = UnfinishedFile(operation, cut.fragment)
    lost = f"line {cut.line}: {cut.path or 'a file'}: nothing is kept of it" if cut else ""
    notes = tuple(f"line {one.line}: {one.kind}: {one.text}" for one in found.notes)
    return WholeFiles(
        found.operations,
        unfinished,
        (*notes, lost) if cut and unfinished is None else notes,
        tuple(map(str, found.rejected)),
    )


def _read_blocks(text: str, cut: bool) -> WholeFiles:
    lines, fragment = whole_lines(text, cut=cut)
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        reader.read(line, number)
    reader.end_text(fragment)
    return reader.result()


@dataclass(slots=True)
class _Block:
    fence: Fence
    line: int
    before: str
    crlf: bool
    lines: list[str] = field(default_factory=list)
    inner: int = 0
    nested: bool = False

    @property
    def path(self) -> str | None:
        first = self.lines[0] if self.lines else ""
        return path_of_block(self.fence.info, self.before, first)

    @property
    def create(self) -> Create:
        return file_of(self.path or "", self.lines)

    def bare(self, line: str) -> str:
        """A line without what the fence adds: its indent, and carriage returns."""
        blanks = len(line) - len(line.lstrip(" "))
        line = line[min(blanks, self.fence.indent) :]
        return line.removesuffix("\r") if self.crlf else line

    def take(self, line: str) -> bool:
        """Take a line; False: it closes the block."""
        if closes(line, self.fence):
            if not self.inner:
                return False
            self.inner -= 1
        elif nests(line, self.fence):
            self.inner += 1
            self.nested = True
        self.lines.append(self.bare(line))
        return True


class _Reader:
    def __init__(self) -> None:
        self._files: list[Create] = []
        self._block: _Block | None = None
        self._unfinished: UnfinishedFile | None = None
        self._reports: list[str] = []
        self._rejected: list[str] = []
        self._before = ["", ""]

    def read(self, line: str, number: int) -> None:
        if self._block is not None:
            if not self._block.take(line):
                self._close(self._block)
                self._block = None
            return
        fence = opening_fence(line)
        if fence is None:
            self._before = [self._before[1], line.strip()]
            return
        before = self._before[1] or self._before[0]
        self._block = _Block(fence, number, before, line.endswith("\r"))
        self._before = ["", ""]

    def end_text(self, fragment: str) -> None:
        """The answer ends, maybe in a block."""
        block = self._block
        if block is None or not self._is_readable(block):
            return
        may_close = fragment.strip() and block.fence.mark.startswith(fragment.strip())
        longer = fragment.strip(" ").startswith(block.fence.mark)
        evidence = "" if may_close or longer else block.bare(fragment)
        self._unfinished = UnfinishedFile(block.create, evidence)

    def result(self) -> WholeFiles:
        """The files that were read."""
        return without_doubles(self._files, self._unfinished, self._reports, self._rejected)

    def _close(self, block: _Block) -> None:
        if self._is_readable(block):
            self._files.append(block.create)

    def _is_readable(self, block: _Block) -> bool:
        path = block.path
        if path is None:
            self._reports.append(f"line {block.line}: a block without a path, passed over")
        elif block.nested:
            reason = "a fence within one that is no longer than it: where the file ends is unclear"
            self._rejected.append(f"{path}: {reason}")
        return path is not None and not block.nested
