"""The packages of this distribution, imported only if they are really ours.

Another distribution installs a package named ``ndjson`` too; whichever was installed last wins.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from token_budget.errors import ForeignPackage

if TYPE_CHECKING:
    from types import ModuleType

DISTRIBUTION = "token-budget"


def our_package(name: str) -> ModuleType:
    """Import the package ``name`` and check that it is the one installed with this library.

    Raises:
        ForeignPackage: Another distribution's package answers to the name.
    """
    module = import_module(name)
    if getattr(module, "DISTRIBUTION", None) != DISTRIBUTION:
        raise ForeignPackage(name, getattr(module, "__file__", None) or "an unknown place")
    return module
