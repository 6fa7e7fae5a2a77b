"""The policy's settings: defaults, files, environment, arguments; later ones win.

``token-budget.toml``, or the table ``[tool.token-budget]`` of ``pyproject.toml``; then variables
``TOKEN_BUDGET_<SETTING>``; then arguments. Only `read_settings` touches the world.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from token_budget.context.embeddings.settings import DEFAULT_BYTES, Precision
from token_budget.errors import ConfigError
from token_budget.spec import Effort, OutputFormat

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "token-budget.toml"
PYPROJECT = "pyproject.toml"
ENVIRONMENT_PREFIX = "TOKEN_BUDGET_"

Provider = Literal["anthropic", "bedrock", "vertex"]
Tokens = Annotated[int, Field(ge=0)]
Level = Annotated[float, Field(ge=0.05, le=0.999)]

_TABLES = frozenset({"models", "prices"})


class PolicyConfig(BaseModel):
    """Every setting of a policy, with its default.

    Attributes:
        model: The model that phases are planned for, unless they name one.
        provider: Who serves it; Bedrock counts ``max_tokens`` against a quota.
        effort: Reasoning effort, unless a phase names one; None: the model's own default.
        thinking: ``default``: as the model does by itself; ``off``: sent as disabled.
        output_format: How answers are written, unless a phase says.
        max_tokens: What every contract allows for one answer: output tokens; None: no limit.
        token_budget: Input and output tokens of the whole run; None: no limit.
        usd: US dollars of the whole run; None: no limit.
        context_budget: Tokens of the workspace's parts in a prompt, at the most. More context than
            a task needs lowers success as well as raising cost.
        strict_context: Whether pinned files that do not fit whole, or are not read, are an error
            instead of a warning.
        embedder: Who compares texts by their meaning, such as ``local:FOLDER`` or
            ``openai:MODEL@DIMENSION=URL``; None: words alone do.
        embedder_key: What that service wants to see.
        embedding_cap: Texts that a phase may have embedded: 0: none; -1: no limit. Those whose
            vectors are kept already are free.
        embedding_database: The URL of the database that keeps vectors for several machines; None:
            each workspace keeps its own.
        embedding_precision: How the numbers of vectors are kept.
        embedding_cache_bytes: Of all vectors that are kept, at the most; 0: none are.
        artifacts: Whether summaries of a run stand in for files that are only read.
        caller_prompt_tokens: Tokens of what the caller adds to every prompt, such as a system text.
        rounds: Model calls of one attempt at the most, those that continue an answer included.
        floor: The smallest answer worth sending: output tokens.
        hold_quantile: Quantile of the answer that is reserved before a phase begins.
        quota_quantile: Quantile of the answer that bounds the ceiling where a provider reserves
            ``max_tokens`` against a quota.
        models: Limits by model id, over those that are shipped.
        prices: Prices by model id, over those of genai-prices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = "claude-opus-5-5"
    provider: Provider = "anthropic"
    effort: Effort | None = None
    thinking: Literal["default", "off"] = "default"
    output_format: OutputFormat = "ndjson"
    max_tokens: Annotated[int, Field(gt=0)] | None = None
    token_budget: Tokens | None = None
    usd: Annotated[float, Field(ge=0)] | None = None
    context_budget: Tokens = 32_000
    strict_context: bool = False
    embedder: str | None = None
    embedder_key: Annotated[str | None, Field(repr=False)] = None
    embedding_cap: Annotated[int, Field(ge=-1)] = -1
    embedding_database: str | None = None
    embedding_precision: Precision = "float16"
    embedding_cache_bytes: Annotated[int, Field(ge=0)] = DEFAULT_BYTES
    artifacts: bool = False
    caller_prompt_tokens: Tokens = 0
    rounds: Annotated[int, Field(gt=0)] = 8
    floor: Annotated[int, Field(gt=0)] = 500
    hold_quantile: Level = 0.9
    quota_quantile: Level = 0.95
    models: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    prices: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)

    def updated(self, **arguments: object) -> PolicyConfig:
        """The same settings with those arguments that are not None.

        Raises:
            ConfigError: An argument is unknown or has a wrong value.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        return checked_config({**self.model_dump(), **given}, dict.fromkeys(given, "argument "))


def read_settings(
    folder: Path, file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> PolicyConfig:
    """The settings of a workspace.

    Args:
        folder: Where ``token-budget.toml`` and ``pyproject.toml`` are looked for, in this order;
            the first that has settings is used.
        file: Read this file instead.
        environment: Where variables come from.

    Raises:
        ConfigError: A file cannot be read, or a setting is unknown or has a wrong value.
    """
    path, values = _file_settings(folder, file)
    places = dict.fromkeys(values, f"{path}: " if path else "")
    for name, value in _environment_settings(environment):
        values[name] = value
        places[name] = f"environment variable {ENVIRONMENT_PREFIX}{name.upper()}: "
    return checked_config(values, places)


def checked_config(values: Mapping[str, Any], places: Mapping[str, str]) -> PolicyConfig:
    """Settings from values, each with the place to name if it is wrong.

    Raises:
        ConfigError: A setting is unknown or has a wrong value.
    """
    try:
        return PolicyConfig.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        name = str(found["loc"][0])
        place = places.get(name, "") + ".".join(str(part) for part in found["loc"])
        if found["type"] == "extra_forbidden":
            raise ConfigError(f"unknown setting{_nearest(name)}", place) from error
        expected = found["msg"].removeprefix("Input should be ")
        raise ConfigError("wrong value", place, found["input"], expected) from error


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, PolicyConfig.model_fields, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _file_settings(folder: Path, file: Path | None) -> tuple[Path | None, dict[str, Any]]:
    if file is not None:
        return file, _table(file, _read_toml(file))
    for path in (folder / FILE_NAME, folder / PYPROJECT):
        if path.is_file() and (found := _table(path, _read_toml(path))):
            return path, found
    return None, {}


def _table(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    if path.name != PYPROJECT:
        return document
    found = document.get("tool", {}).get("token-budget", {})
    if not isinstance(found, dict):
        raise ConfigError("wrong value", f"{path}: tool.token-budget", found, "a table")
    return found


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError("cannot be read", str(path), error.strerror, "a readable file") from error
    except ValueError as error:
        raise ConfigError("cannot be read", str(path), str(error), "well-formed TOML") from error


def _environment_settings(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Scalar settings of the environment; tables have no variable."""
    for name in PolicyConfig.model_fields:
        value = environment.get(f"{ENVIRONMENT_PREFIX}{name.upper()}")
        if value and name not in _TABLES:
            yield name, value
