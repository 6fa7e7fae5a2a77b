"""``token-budget edits``: check an answer in structured edits, preview it, apply all or nothing."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from token_budget.cli.edits_report import edits_report, is_whole
from token_budget.cli.output import print_json
from token_budget.errors import ConfigError
from token_budget.packages import our_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from ndjson import Partial, Workspace
    from ndjson.results import Evaluation
    from token_budget.cli.edits_report import Command, Report

FAILED = 1
STANDARD_INPUT = "-"

CHUNK_BYTES = 64 * 1024
"""An answer is read in pieces of this many bytes: what comes through a pipe may be of any length,
and the parser stops it at its limits."""

MatchingOption = Literal["exact", "trailing", "indentation"]

edits = typer.Typer(
    help="Structured edits: check an answer, preview it, apply all of it or nothing.",
    no_args_is_help=True,
)

AnswerArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A model's answer; - is standard input.")
]
RootOption = Annotated[
    Path, typer.Option(help="The folder that is changed.", file_okay=False, exists=True)
]
ProtectedOption = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", help="Never change these paths; may be repeated."),
]
AllowedOption = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", help="Change these paths only; may be repeated."),
]
MatchingChoice = Annotated[
    MatchingOption,
    typer.Option(help="What may differ: nothing, white space at line ends, also the indentation."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")]


@edits.command()
def check(file: AnswerArgument, as_json: JsonOption = False) -> None:
    """Say which operations an answer holds, what was rejected, and whether it is whole.

    Exits 1 if anything was rejected or the answer was cut off.
    """
    partial, error = _read(file)
    _finish(edits_report("check", partial, error=error), as_json=as_json)


@edits.command()
def preview(  # noqa: PLR0913, PLR0917 - one argument an option
    file: AnswerArgument,
    root: RootOption,
    protected: ProtectedOption = None,
    allowed: AllowedOption = None,
    matching: MatchingChoice = "exact",
    as_json: JsonOption = False,
) -> None:
    """Show what applying an answer would change, as a unified diff; nothing is touched.

    Exits 1 if an operation would fail, anything was rejected, or the answer was cut off.
    """

    def evaluate(partial: Partial) -> Evaluation:
        return _workspace(root, protected, allowed).preview(partial.operations, matching=matching)

    _finish(_evaluated("preview", file, evaluate), as_json=as_json)


@edits.command()
def apply(  # noqa: PLR0913, PLR0917 - one argument an option
    file: AnswerArgument,
    root: RootOption,
    protected: ProtectedOption = None,
    allowed: AllowedOption = None,
    matching: MatchingChoice = "exact",
    as_json: JsonOption = False,
) -> None:
    """Apply an answer to the files of a folder: all of it, or nothing.

    Exits 1 with nothing written if one fails, any was rejected, or the answer was cut off.
    """

    def evaluate(partial: Partial) -> Evaluation:
        workspace = _workspace(root, protected, allowed)
        if not is_whole(partial):
            return workspace.preview(partial.operations, matching=matching)
        return workspace.apply(partial.operations, matching=matching)

    _finish(_evaluated("apply", file, evaluate), as_json=as_json)


def _evaluated(command: Command, file: str, evaluate: Callable[[Partial], Evaluation]) -> Report:
    """What becomes of an answer in a folder; an error of the folder is part of the report."""
    partial, error = _read(file)
    from ndjson import NdjsonError

    try:
        evaluation = evaluate(partial)
    except (NdjsonError, OSError) as failure:
        return edits_report(command, partial, error=str(failure))
    return edits_report(command, partial, evaluation, error)


def _workspace(
    root: Path, protected: Sequence[str] | None, allowed: Sequence[str] | None
) -> Workspace:
    """The folder that is changed.

    Raises:
        ConfigError: A pattern is none.
        NdjsonError: An interrupted apply could not be settled.
    """
    from ndjson import InvalidPattern, Workspace

    try:
        return Workspace(root, protected or (), allowed)
    except InvalidPattern as error:
        raise ConfigError(str(error), "arguments --protected and --allowed") from error


def _read(name: str) -> tuple[Partial, str]:
    """What an answer holds, and the limit that it exceeds, if any.

    Raises:
        ConfigError: It cannot be read.
        ForeignPackage: Another distribution's ``ndjson`` is installed.
    """
    our_package("ndjson")
    from ndjson import LimitExceeded, Parser

    parser = Parser()
    try:
        for chunk in _chunks(name):
            parser.feed(chunk)
        return parser.close(), ""
    except LimitExceeded as error:
        return parser.close(), str(error)


def _chunks(name: str) -> Iterator[bytes]:
    """The bytes of a file or of standard input, piece by piece."""
    try:
        with _source(name) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", f"argument FILE {name}") from error


def _source(name: str) -> AbstractContextManager[BinaryIO]:
    if name == STANDARD_INPUT:
        return nullcontext(sys.stdin.buffer)
    return Path(name).open("rb")


def _finish(report: Report, *, as_json: bool) -> None:
    """Print what became of an answer; the exit code says whether all of it was right."""
    if as_json:
        print_json(report)
    else:
        from token_budget.cli.edits_table import print_edits

        print_edits(report)
    if not report["ok"]:
        raise typer.Exit(FAILED)
