"""Whether a prompt is worth a cache breakpoint, and for how long it should live.

Writing a prompt to the cache costs more than reading it once; a later request that reads it from
there saves most of its price. So a breakpoint pays where another round is likely enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Life = Literal["5m", "1h"]

LIFE_SECONDS: dict[Life, int] = {"5m": 300, "1h": 3600}
"""How long a prompt stays in the cache after it was last used."""

OUTPUT_TOKENS_A_SECOND = 50.0
"""How fast an answer is taken to be written: tokens a second. The next request comes after it, and
a slower model only makes the longer life right sooner."""


@dataclass(frozen=True, slots=True)
class CachePrices:
    """What one token of a prompt costs, in any one unit.

    Attributes:
        input: Without a cache.
        read: Read from the cache.
        write_5m: Written to it for five minutes.
        write_1h: Written to it for an hour.
    """

    input: float
    read: float
    write_5m: float
    write_1h: float

    def write(self, life: Life) -> float:
        """One token written for so long."""
        return self.write_5m if life == "5m" else self.write_1h


@dataclass(frozen=True, slots=True)
class NextRound:
    """What is expected of the round after this one, which sends the same prompt again.

    Attributes:
        chance: The probability that there is one.
        answer: Output tokens of this round, if there is: until then nothing reads the cache.
    """

    chance: float
    answer: int


def breakpoint_life(
    prompt: int, cached: int, following: NextRound, prices: CachePrices, minimum: int | None
) -> Life | None:
    """The life of a breakpoint at the end of a prompt; None: it does not pay.

    Args:
        prompt: Tokens of the prompt.
        cached: How many of them the cache holds already, from an earlier round.
        following: The round that would read it.
        prices: Of the model, at this length of the prompt.
        minimum: The shortest prompt that is cached: tokens; None: not known.
    """
    if minimum is not None and prompt < minimum:
        return None
    savings = dict(_savings(prompt - cached, following, prices))
    best = max(savings, key=lambda life: savings[life], default=None)
    return best if best is not None and savings[best] > 0 else None


def _savings(
    tokens: int, following: NextRound, prices: CachePrices
) -> Iterator[tuple[Life, float]]:
    """What each life that lasts long enough is expected to save."""
    for life, seconds in LIFE_SECONDS.items():
        if following.answer / OUTPUT_TOKENS_A_SECOND < seconds:
            saved = following.chance * (prices.input - prices.read)
            yield life, tokens * (saved - (prices.write(life) - prices.input))
