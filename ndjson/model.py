"""What all parts of the format share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class FormatModel(BaseModel):
    """Frozen, no unknown fields, and no value converted from another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def scalar_values(text: str) -> str:
    """``text`` itself, when every character of it can be written as UTF-8.

    Raises:
        ValueError: It holds a lone surrogate: half of a character, which no file can hold.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        half = f"U+{ord(text[error.start]):04X}"
        raise ValueError(f"a lone surrogate ({half}) at character {error.start}") from error
    return text


Text = Annotated[str, AfterValidator(scalar_values)]
"""A string of Unicode scalar values."""
