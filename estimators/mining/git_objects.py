"""Long-lived git processes that answer one question after another: blobs and diffs.

A process that dies on a damaged object costs the one answer that it owed: the next question starts
another.
"""

from __future__ import annotations

import secrets
import subprocess
import tempfile
from itertools import islice
from typing import IO, TYPE_CHECKING

from estimators.mining.git_command import command, environment, first_complaint, git_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

QUESTIONS_AT_ONCE = 500
"""Object names sent before the answers are read; their 33 kB fit in every pipe's buffer."""


class UnreadableObjectError(Exception):
    """An object that git needed is missing or damaged; the message is git's."""


class GitProcess:
    """One git command that reads questions from its input; started when first asked."""

    def __init__(self, git_directory: Path, *arguments: str) -> None:
        self._git_directory = git_directory
        self._arguments = command(git_directory, *arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: bytes) -> IO[bytes]:
        """Send a question; what comes back is where the answer can be read.

        Raises:
            UnreadableObjectError: The process died before it read the question.
            RepositoryError: There is no git command.
        """
        process = self._process or self._start()
        assert process.stdin is not None  # noqa: S101 - pipes were asked for
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(question)
            process.stdin.flush()
        except BrokenPipeError:
            self.died()
        return process.stdout

    def died(self) -> None:
        """Clear away a process that ended before it had answered.

        Raises:
            UnreadableObjectError: Always; with what git said.
        """
        if self._process is not None:
            self._process.wait()
        said = b""
        if self._complaints is not None:
            self._complaints.seek(0)
            said = self._complaints.read()
        self.close()
        raise UnreadableObjectError(first_complaint(said))

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        if self._complaints is not None:
            self._complaints.close()
            self._complaints = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        try:
            self._process = subprocess.Popen(  # noqa: S603 - words of ours and a folder
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env=environment(),
            )
        except FileNotFoundError as error:
            raise git_missing(self._git_directory) from error
        return self._process


class BlobReader(GitProcess):
    """The contents of blobs, by their names (``git cat-file --batch``)."""

    def __init__(self, git_directory: Path) -> None:
        super().__init__(git_directory, "cat-file", "--batch")

    def contents(self, names: Sequence[str]) -> Iterator[bytes]:
        """The content of each blob, in their order, one at a time.

        Raises:
            UnreadableObjectError: One is missing, damaged or no blob.
        """
        for name in names:
            answers = self.ask(f"{name}\n".encode())
            found = answers.readline().split()
            if not found:
                self.died()
            if len(found) != 3 or found[1] != b"blob":
                self.close()  # what else it has written is not worth reading
                raise UnreadableObjectError(f"no such blob: {name}")
            content = answers.read(int(found[2]) + 1)
            if len(content) != int(found[2]) + 1:
                self.died()
            yield content[:-1]


class SizeReader(GitProcess):
    """The sizes of objects, by their names (``git cat-file --batch-check``)."""

    def __init__(self, git_directory: Path) -> None:
        super().__init__(git_directory, "cat-file", "--batch-check=%(objectsize)")

    def sizes(self, names: Iterable[str]) -> dict[str, int | None]:
        """The bytes of each object; None for one that is not here.

        Raises:
            UnreadableObjectError: An object is damaged.
        """
        sizes: dict[str, int | None] = {}
        waiting = iter(names)
        while some := tuple(islice(waiting, QUESTIONS_AT_ONCE)):
            answers = self.ask("".join(f"{name}\n" for name in some).encode())
            for name in some:
                size = answers.readline().strip()
                if not size:
                    self.died()
                sizes[name] = int(size) if size.isdigit() else None
        return sizes


class DiffReader(GitProcess):
    """What commits changed against their parents (``git diff-tree --stdin``)."""

    def __init__(self, git_directory: Path, *options: str) -> None:
        # git repeats a line that is no object name and flushes: so the end of an answer is seen.
        self._end = f"end of answer {secrets.token_hex(8)}\n".encode()
        super().__init__(
            git_directory,
            *"diff-tree --stdin -r -z --raw --no-abbrev --no-commit-id --ignore-submodules=none"
            " --no-ext-diff --no-textconv --no-color --no-relative -O/dev/null".split(),
            *options,
        )

    def lines(self, commit: str) -> list[bytes]:
        """What git writes about one commit, in lines; none if it changed nothing.

        Raises:
            UnreadableObjectError: An object that the diff needs is missing or damaged.
        """
        answer = self.ask(f"{commit}\n".encode() + self._end)
        lines: list[bytes] = []
        while (line := answer.readline()) != self._end:
            if not line:
                self.died()
            if line.endswith(self._end):  # raw records end in NUL, not in a new line
                lines.append(line.removesuffix(self._end))
                break
            lines.append(line)
        return lines
