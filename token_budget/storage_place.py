"""Where a workspace's state is kept; looking for it opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STATE_FOLDER = ".token-budget"
STATE_FILE = "state.db"


def state_url(workspace: Path) -> str:
    """The database of a workspace."""
    return f"sqlite:///{workspace / STATE_FOLDER / STATE_FILE}"


def has_state(workspace: Path) -> bool:
    """Whether the workspace has a database."""
    return (workspace / STATE_FOLDER / STATE_FILE).is_file()
