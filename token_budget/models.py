"""What each model can take and do: limits, abilities and tokenizer generation.

The table is ``models.toml``, with the date it was read. A user's configuration changes it
(`ModelCatalogue.overridden`), and so does the models API (`ModelCatalogue.refreshed`).
A model that is not in it gets conservative limits and says so; it never stops a plan.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from token_budget.errors import ConfigError
from token_budget.model_fields import checked_settings, reported_fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from token_budget.config import Provider
    from token_budget.model_fields import Lifecycle, ModelInfo, Thinking, TokenizerGeneration

_SUFFIX = re.compile(r"(?:[-@](?:\d{8}|latest|default))?(?:-v\d+(?::\w+)*)?$")
"""What follows the name of a model: a date (``-`` or, on Vertex, ``@``), then Bedrock's version."""

_DOT_IN_VERSION = re.compile(r"(?<=\d)\.(?=\d)")

_LENT = ("name", "context_window", "max_output", "thinking")
"""What an unlisted model takes from its nearest relative; the rest stays conservative."""


@dataclass(frozen=True, slots=True)
class TokenizerRates:
    """Tokens of a model for one ``cl100k_base`` token, by kind of content.

    Attributes:
        code: Source code.
        prose: Natural language.
        data: JSON, YAML, tables and other configuration.
        log_spread: Standard deviation of the logarithm of these.
    """

    code: float
    prose: float
    data: float
    log_spread: float


@dataclass(frozen=True, slots=True)
class ModelLimits:
    """Limits and abilities of one model.

    Attributes:
        id: The model id as it was asked for.
        name: The listed model whose limits these are; empty: none is near.
        context_window: Prompt and answer together: tokens.
        max_output: The largest ``max_tokens`` that is accepted: tokens, thinking included.
        prefill: Whether the last message may be the assistant's.
        thinking: ``adaptive-always``: on, and cannot be switched off; ``adaptive``: can be;
            ``adaptive-or-enabled``: also with a budget; ``enabled``: only with a budget.
        tokenizer: Generation of the tokenizer.
        known: False: another model's limits, or the conservative ones.
        tokenizer_known: False: the generation is assumed; the one with more tokens is taken.
        retires: The day it stops answering on this provider; None: not known.
        lifecycle: As the models API says; None: not asked.
        minimum_cacheable: The shortest prompt that is cached: tokens; None: not known.
    """

    id: str
    name: str
    context_window: int
    max_output: int
    prefill: bool
    thinking: Thinking
    tokenizer: TokenizerGeneration
    known: bool = True
    tokenizer_known: bool = True
    retires: date | None = None
    lifecycle: Lifecycle | None = None
    minimum_cacheable: int | None = None

    @property
    def always_thinks(self) -> bool:
        """Whether thinking cannot be switched off."""
        return self.thinking == "adaptive-always"

    @property
    def thinks_by_default(self) -> bool:
        """Whether a request that does not mention thinking may be answered with thinking.

        Taken to be so for every adaptive model, which reserves too much where it is not.
        """
        return self.thinking in {"adaptive-always", "adaptive"}

    def retired(self, today: date) -> bool:
        """Whether it has stopped answering; what the models API says outranks a date."""
        if self.lifecycle is not None:
            return self.lifecycle == "retired"
        return self.retires is not None and self.retires <= today

    def retires_within(self, days: int, today: date) -> bool:
        """Whether it still answers but will have stopped ``days`` days after ``today``."""
        if self.retires is None or self.retired(today):
            return False
        return self.retires <= today + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class ModelCatalogue:
    """Every model that is known. An immutable value: changes make a new one.

    Attributes:
        as_of: The day the shipped table was read.
        models: By bare id, as `bare_model_id` gives it. Not to be changed in place.
        unknown: What a model gets that is not listed.
        unknown_log_spread: Spread of the multiplier where the tokenizer is only assumed.
        tokenizers: Rates by generation.
        snapshots: The dated id of a model, by bare id, where it has one.
    """

    as_of: date
    models: Mapping[str, ModelLimits]
    unknown: ModelLimits
    unknown_log_spread: float
    tokenizers: Mapping[str, TokenizerRates]
    snapshots: Mapping[str, str]

    @classmethod
    def shipped(cls) -> ModelCatalogue:
        """The table of this release; read once in a process."""
        return _shipped()

    def resolve(self, model_id: str, provider: Provider = "anthropic") -> ModelLimits:
        """The limits of ``model_id``; always an answer.

        A listed model is found under every way of writing its id (date, ``-latest``, Bedrock,
        Vertex). Otherwise the listed model with the longest common beginning lends its limits, or
        the conservative ones are taken; then ``known`` is False. Retirements are those of
        Anthropic's own API, and left out for other providers.
        """
        limits = replace(self._base(bare_model_id(model_id)), id=model_id)
        if provider == "anthropic":
            return limits
        return replace(limits, retires=None, lifecycle=None)

    def known(self) -> tuple[ModelLimits, ...]:
        """Every listed model, by id."""
        return tuple(self.models[name] for name in sorted(self.models))

    def overridden(
        self, settings: Mapping[str, Mapping[str, Any]], place: str = "models"
    ) -> ModelCatalogue:
        """The catalogue with a user's settings over it.

        Args:
            settings: By model id: ``context_window``, ``max_output``, ``prefill``, ``thinking``,
                ``tokenizer``, ``retires`` (a date), ``minimum_cacheable``; each is optional.
            place: What to call the settings in a message.

        Raises:
            ConfigError: A key is unknown or its value wrong; the message names it.
        """
        catalogue = self
        for model_id, table in settings.items():
            where = f"{place}.{model_id}"
            catalogue = catalogue._with(model_id, checked_settings(table, where), where)
        return catalogue

    def refreshed(self, model_info: ModelInfo) -> ModelCatalogue:
        """The catalogue with what ``client.models.retrieve`` answered over it.

        Raises:
            ConfigError: The answer contradicts itself.
        """
        return self._with(model_info.id, reported_fields(model_info), f"model {model_info.id}")

    def _base(self, bare: str) -> ModelLimits:
        """What is known of a bare id: its entry, that of a relative, or the conservative one."""
        if bare in self.models:
            return self.models[bare]
        relatives = [name for name in self.models if bare.startswith(f"{name}-")]
        if not relatives:
            return self.unknown
        lender = self.models[max(relatives, key=len)]
        lent = {field: getattr(lender, field) for field in _LENT}
        return replace(self.unknown, **lent)

    def _with(self, model_id: str, fields: Mapping[str, Any], place: str) -> ModelCatalogue:
        bare = bare_model_id(model_id)
        base = self._base(bare)
        limits = replace(
            base,
            id=bare,
            name=bare,
            known=base.known or {"context_window", "max_output"} <= fields.keys(),
            tokenizer_known=base.tokenizer_known or "tokenizer" in fields,
            **fields,
        )
        if limits.max_output > limits.context_window:
            raise ConfigError(
                "wrong value",
                place=f"{place}.max_output",
                value=limits.max_output,
                expected=f"no more than the context window, {limits.context_window}",
            )
        return replace(self, models={**self.models, bare: limits})


@cache
def bare_model_id(model_id: str) -> str:
    """The name of a model without provider, region, date and version, in lower case.

    ``us.anthropic.claude-opus-4-6-v1:0``, ``claude-opus-4-6@20260205`` and ``claude-opus-4.6``
    all give ``claude-opus-4-6``. Thinking is learnt by this name.
    """
    name = model_id.strip().lower().rpartition("/")[2]
    name = name.rpartition("anthropic.")[2]
    return _DOT_IN_VERSION.sub("-", _SUFFIX.sub("", name))


@cache
def _shipped() -> ModelCatalogue:
    table = tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))
    unknown = dict(table["unknown"])
    log_spread = unknown.pop("log_spread")
    return ModelCatalogue(
        as_of=table["as_of"],
        models=_listed(table),
        unknown=ModelLimits(id="", name="", known=False, tokenizer_known=False, **unknown),
        unknown_log_spread=log_spread,
        tokenizers={name: TokenizerRates(**rates) for name, rates in table["tokenizers"].items()},
        snapshots=table["snapshots"],
    )


def _listed(table: Mapping[str, Any]) -> dict[str, ModelLimits]:
    return {
        name: ModelLimits(
            id=name,
            name=name,
            retires=table["retires"].get(name),
            minimum_cacheable=table["minimum_cacheable"].get(name),
            **{key: value for key, value in family.items() if key != "models"},
        )
        for family in table["family"]
        for name in family["models"]
    }
