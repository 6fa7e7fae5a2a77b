"""The answer format: how a model is asked for it. One JSON object a line, one operation an object.

Usable alone: nothing here imports the packages above.
"""

from __future__ import annotations

from ndjson.instructions import INSTRUCTIONS_VERSION, instructions

__all__ = ["DISTRIBUTION", "INSTRUCTIONS_VERSION", "instructions"]

DISTRIBUTION = "token-budget"
"""Who installed this package: another distribution of the same import name exists."""
