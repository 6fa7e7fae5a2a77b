"""``token-budget state``: look at what was learnt in a workspace, carry it elsewhere, forget it."""

from __future__ import annotations

import json
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.output import plain_console, print_json
from token_budget.cli.replaced_file import replaced_file
from token_budget.cli.state_report import (
    forgettable_report,
    forgotten_sentence,
    learnt_report,
    print_state,
    sentence,
    state_report,
)
from token_budget.errors import ConfigError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from token_budget.estimator_store import EstimatorStore

STANDARD_STREAM = "-"
"""In place of a file: standard input or output."""

state = typer.Typer(
    help="What was learnt in a workspace: look at it, carry it elsewhere, forget it.",
    no_args_is_help=True,
)

WorkspaceOption = Annotated[
    Path, typer.Option(help="The folder whose state it is.", file_okay=False, exists=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")]


@state.command()
def show(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show where the state is and what was learnt from how much."""
    with _existing(workspace) as store:
        report = state_report(workspace, store)
    if as_json:
        print_json(report)
    else:
        print_state(report)


@state.command()
def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help="- for standard output.")],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write what was learnt as one JSON object, for `merge` in another workspace.

    Mined commits stay behind: they can be read from the repository again.
    """
    with _existing(workspace) as store:
        if store is None:
            raise ConfigError("nothing was learnt here yet", f"workspace {workspace}")
        exported = store.exported()
    if file == STANDARD_STREAM:
        print_json(exported.as_json())
        return
    with replaced_file(Path(file), "argument FILE") as written:
        written.write(json.dumps(exported.as_json(), ensure_ascii=False).encode() + b"\n")
    learnt = learnt_report(exported.learnt)
    _done({"exported": file, **learnt}, f"{sentence(learnt)}, written to {file}", as_json=as_json)


@state.command()
def merge(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Exported states; - for standard input.")
    ],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Add what was learnt elsewhere: all of the files, or on any error none of them.

    What is here already would count twice, so a workspace is merged but once, directly or through
    another one. To take in a later export, reset, and merge all exports anew.
    """
    from token_budget.exported_state import ExportedState

    exported = [ExportedState.from_text(_read(name), name) for name in files]
    with _opened(workspace) as store:
        store.merge(*exported)
        report = state_report(workspace, store)
    learnt = f"{sentence(report)} by now"
    _done({"merged": files, **report}, f"merged {len(files):,}: {learnt}", as_json=as_json)


@state.command()
def reset(
    workspace: WorkspaceOption = Path(),
    mined: Annotated[bool, typer.Option("--mined", help="Forget the mined commits too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Forget what was learnt; mined commits are kept unless told otherwise."""
    with _existing(workspace) as store:
        if store is None:
            _done({"forgotten": None}, "nothing was learnt here yet", as_json=as_json)
            return
        forgotten = forgettable_report(store, mined=mined)
        text = forgotten_sentence(forgotten)
        if not yes:
            typer.confirm(f"Forget {text}?", abort=True, err=True)
        store.reset(mined=mined)
    _done({"forgotten": forgotten}, f"forgotten: {text}", as_json=as_json)


@contextmanager
def _existing(workspace: Path) -> Iterator[EstimatorStore | None]:
    """The state of a workspace; None if it has none."""
    from token_budget.storage_place import has_state

    if not has_state(workspace):
        yield None
        return
    with _opened(workspace) as store:
        yield store


@contextmanager
def _opened(workspace: Path) -> Iterator[EstimatorStore]:
    """The state of a workspace; made where there is none."""
    from token_budget.estimator_store import EstimatorStore
    from token_budget.storage import Database
    from token_budget.storage_place import state_url

    with closing(Database(state_url(workspace))) as database:
        yield EstimatorStore(database)


def _read(name: str) -> str:
    """The text of a file.

    Raises:
        StorageUnavailable: It cannot be read.
    """
    try:
        content = sys.stdin.buffer.read() if name == STANDARD_STREAM else Path(name).read_bytes()
        return content.decode("utf-8")
    except OSError as error:
        raise StorageUnavailable(name, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StorageUnavailable(name, f"expected UTF-8, byte {error.start} is not") from error


def _done(report: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Say what was done."""
    from rich.text import Text

    if as_json:
        print_json(report)
    else:
        plain_console().print(Text(text))
