"""How many texts a phase may have embedded."""

from __future__ import annotations

from token_budget.errors import ConfigError

OFF = 0
NO_LIMIT = -1


class EmbeddingCap:
    """What one phase may still have embedded; a text that is cached is free.

    Attributes:
        texts: The cap: 0 switches embeddings off, -1 is no limit, N is at most N texts.
    """

    def __init__(self, texts: int = NO_LIMIT) -> None:
        """Begin with nothing spent.

        Raises:
            ConfigError: The cap is no whole number of at least -1.
        """
        if not isinstance(texts, int) or isinstance(texts, bool) or texts < NO_LIMIT:
            expected = "0 (off), -1 (no limit) or a number of texts"
            raise ConfigError("no cap of embeddings", "cap", texts, expected)
        self.texts = texts
        self._spent = 0

    @property
    def is_off(self) -> bool:
        """Whether embeddings are switched off, cached ones too."""
        return self.texts == OFF

    def allowed(self, asked: int) -> int:
        """How many of so many texts may still be sent."""
        return asked if self.texts == NO_LIMIT else max(min(asked, self.texts - self._spent), 0)

    def spend(self, texts: int) -> None:
        """Count texts that are sent, whatever comes back: they may have been billed."""
        self._spent += texts
