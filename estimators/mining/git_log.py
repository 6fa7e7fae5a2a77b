"""The commits of a repository as a stream: what they say, not what they changed."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC
from typing import IO, TYPE_CHECKING

from estimators.errors import RepositoryError
from estimators.mining.git_command import command, environment, first_complaint, git_missing

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_FIELDS = ("%H", "%P", "%ct", "%an", "%cn", "%B")
_READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says of itself.

    Attributes:
        name: Its object name, hexadecimal.
        parents: Those of its parents; none at the edge of a shallow clone too.
        time: When it was committed, seconds since 1970, UTC; None if it does not say.
        people: The names of its author and of its committer.
        message: The whole message; U+FFFD where it is not in the encoding that it claims.
    """

    name: str
    parents: tuple[str, ...]
    time: int | None
    people: tuple[str, str]
    message: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which commits of the current branch are read, and in which order.

    Attributes:
        newest_first: Newest first, else oldest first.
        since: Only commits from this moment on; a moment without a time zone is UTC.
        until: Only commits up to this moment.
        paths: Only commits that changed one of these files or folders, relative to the root of the
            repository; none: all.
    """

    newest_first: bool = True
    since: datetime | None = None
    until: datetime | None = None
    paths: Sequence[str] = ()

    def arguments(self) -> list[str]:
        """As arguments of ``git log``."""
        order = [] if self.newest_first else ["--reverse"]
        since = [f"--since={_moment(self.since)}"] if self.since else []
        until = [f"--until={_moment(self.until)}"] if self.until else []
        return [*order, *since, *until, "HEAD", "--", *self.paths]


def read_commits(git_directory: Path, selection: Selection) -> Generator[Commit]:
    """The commits of the current branch, one at a time; git runs only as far as they are asked for.

    Raises:
        RepositoryError: git cannot read the branch, or from some commit on cannot follow it; what
            came before has been yielded. Or there is no temporary folder for its complaints.
    """
    arguments = command(
        git_directory,
        *"--literal-pathspecs log -z --encoding=UTF-8 --no-color --no-notes".split(),
        f"--format=tformat:{'%x00'.join(_FIELDS)}",
        *selection.arguments(),
    )
    with _temporary_file(git_directory) as complaints:
        try:
            process = subprocess.Popen(  # noqa: S603 - words of ours; paths stand after --
                arguments,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment(),
                bufsize=0,  # so that a read returns what there is
            )
        except FileNotFoundError as error:
            raise git_missing(git_directory) from error
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            yield from _parsed(_pieces(process.stdout))
            if process.wait():
                complaints.seek(0)
                raise RepositoryError(str(git_directory), first_complaint(complaints.read()))
        finally:
            process.kill()
            process.communicate()


def _temporary_file(git_directory: Path) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        reason = f"expected a temporary folder that can be written: {error}"
        raise RepositoryError(str(git_directory), reason) from error


def _parsed(pieces: Iterator[str]) -> Iterator[Commit]:
    whole_commits = zip(*[pieces] * len(_FIELDS), strict=False)
    for name, parents, time, author, committer, message in whole_commits:
        seconds = int(time) if time.isdecimal() else None
        yield Commit(name, tuple(parents.split()), seconds, (author, committer), message)


def _pieces(stream: IO[bytes]) -> Iterator[str]:
    """What stands before each NUL; an unfinished piece at the end is dropped."""
    rest = b""
    while chunk := stream.read(_READ_BYTES):
        *whole, rest = (rest + chunk).split(b"\0")
        for piece in whole:
            yield piece.decode("utf-8", "replace")


def _moment(when: datetime) -> str:
    """A moment as git reads it without guessing."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return f"@{int(aware.timestamp())} +0000"
