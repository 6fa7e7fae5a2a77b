"""The authors of the server's answers, for tests; they live with the benchmarks that use them."""

from __future__ import annotations

from benchmarks.messages_api.authors import (
    AUTHORS,
    CHANGING,
    OMITTING,
    ONCE,
    Behaving,
    ChosenByText,
    Once,
    Raw,
    Scripted,
    Thinking,
)
from benchmarks.messages_api.target import Target
from benchmarks.messages_api.writing import Author, ToolCall, Written

__all__ = [
    "AUTHORS",
    "CHANGING",
    "OMITTING",
    "ONCE",
    "Author",
    "Behaving",
    "ChosenByText",
    "Once",
    "Raw",
    "Scripted",
    "Target",
    "Thinking",
    "ToolCall",
    "Written",
]
