"""``token-budget report``: what was estimated, what was used, and how well the two agree."""

from __future__ import annotations

from contextlib import closing, nullcontext
from datetime import datetime  # noqa: TC003 - typer reads it at run time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from token_budget.cli.database_option import driver_explained
from token_budget.cli.output import print_json
from token_budget.errors import ConfigError

if TYPE_CHECKING:
    from datetime import date


class By(StrEnum):
    """What the records can be grouped by."""

    MODEL = "model"
    CATEGORY = "category"
    DAY = "day"


def report(  # noqa: PLR0913, PLR0917 - one option each
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The first day that counts, UTC."),
    ] = None,
    by: Annotated[By | None, typer.Option(help="Group the records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write everything, with plots, as one HTML file.")
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(help="The folder whose books are read.", file_okay=False, exists=True),
    ] = None,
    db: Annotated[
        str | None, typer.Option(metavar="URL", help="The database of the ledger, in its place.")
    ] = None,
) -> None:
    """Say how often answers were cut off, what was wasted, and how good the estimates are.

    Reads what was recorded; where nothing is, says so and makes nothing.
    """
    from token_budget.cli.replaced_file import replaced_file
    from token_budget.cli.report_table import print_report
    from token_budget.pages.document import render
    from token_budget.storage_place import state_url
    from token_budget.telemetry.report_page import report_page

    if workspace is not None and db is not None:
        raise ConfigError("give a workspace or a database, not both", "argument --db")
    url = db or state_url(workspace or Path())
    with replaced_file(html, "argument --html") if html else nullcontext() as page:
        found = _found(url, since.date() if since else None)
        if page:
            page.write(render(report_page(found)).encode())
    if by:
        found["groups"] = {by.value: found["groups"][by.value]}
    if as_json:
        print_json(found)
    else:
        print_report(found, by.value if by else None)


def _found(url: str, since: date | None) -> dict[str, Any]:
    """The report; an empty one where there are no books, which are not made.

    Raises:
        ConfigError: The driver of the database is not installed.
        LedgerUnavailable: The ledger that was there is gone.
        StorageError: The database cannot be used.
    """
    from token_budget.storage import Database, shown_url
    from token_budget.telemetry.report import empty_report, report_of

    with driver_explained(url):
        if not _is_there(url):
            return empty_report(shown_url(url), since)
        with closing(Database(url)) as database:
            return report_of(database, since)


def _is_there(url: str) -> bool:
    """Whether anything of ours is in a database; what cannot be read counts: opening says why.

    Raises:
        LedgerUnavailable: The ledger that was there is gone.
    """
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from token_budget.ledger.place import LedgerFile, database_file
    from token_budget.storage_tables import schema_version

    file = database_file(url)
    if file is not None:
        LedgerFile(file).check_before_opening()
        return file.exists()
    try:
        with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
            return sa.inspect(connection).has_table(schema_version.name)
    except (ArgumentError, DBAPIError):
        return True
