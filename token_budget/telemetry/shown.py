"""Figures as people read them, the same in a terminal and on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = "–"
"""What stands for a figure of nothing."""

GROUP_HEADINGS = ("rounds", "truncated", "phases", "rounds a phase", "used", "thinking", "wasted",
                  "under p50", "under p90", "±")  # fmt: skip

SHOWN_REASONS = 5
"""Reasons that people are shown; all of them stand in the JSON."""

LIMIT_HEADINGS = ("limit", "spent", "held", "unknown", "overrun", "used")


def group_cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    """A row under `GROUP_HEADINGS`."""
    half, upper = one["calibration"]["0.5"], one["calibration"]["0.9"]
    return (
        count(one["rounds"]),
        percent(one["truncation_rate"]),
        count(one["phases"]),
        decimal(one["rounds_per_phase"]),
        count(one["used_tokens"]),
        percent(one["thinking_share"]),
        percent(one["wasted_share"]),
        decimal(half["coverage"], 3),
        decimal(upper["coverage"], 3),
        decimal(upper["standard_error"], 3),
    )


def limit_cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    """A row under `LIMIT_HEADINGS`; money in US dollars."""
    form = money if one["kind"] == "micro_usd" else count
    names = ("limit", "spent", "held", "unknown", "overrun")
    return (*(form(one[name]) for name in names), percent(one["used_share"]))


def limit_name(one: Mapping[str, Any]) -> str:
    """What a limit is of: its scope, what it counts, and its period."""
    unit = "US dollars" if one["kind"] == "micro_usd" else one["unit"]
    name = f"{one['scope']}: {unit}"
    if one["starts"] or one["ends"]:
        name += f", {_moment(one['starts'])} to {_moment(one['ends'])}"
    return f"{name} (stopped)" if one["stopped"] else name


def overview_rows(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the whole report says in short: a name and its figure."""
    whole = found["whole"]
    rows = [
        ("Rounds", count(whole["rounds"])),
        ("Truncation rate", _rate(whole["truncation_rate"], whole["truncation_standard_error"])),
        ("Rounds without a stop reason that tells", count(whole["stop_reason_unknown"])),
        ("Phases that ended", count(whole["phases"])),
        ("… complete, incomplete, failed", _several(whole, "complete", "incomplete", "failed")),
        ("Rounds a phase", decimal(whole["rounds_per_phase"])),
        ("Rounds whose attempt has no outcome yet", count(found["rounds_without_outcome"])),
        ("Tokens reserved, used", _several(whole, "reserved_tokens", "used_tokens")),
        ("Tokens of answers", count(whole["output_tokens"])),
        ("… of them thinking", _part(whole["thinking_tokens"], whole["thinking_share"])),
        ("… of them continuations", count(whole["continuation_tokens"])),
        (
            "Tokens of answers paid for and not used",
            _part(whole["wasted_tokens"], whole["wasted_share"]),
        ),
        ("Operations kept, rejected, applied", _several(whole, *_OPERATIONS)),
    ]
    rows += _context_rows(whole["context"], found["context_reasons"])
    for level, one in whole["calibration"].items():
        name = f"Answers within the {level} quantile of their estimate"
        share = _rate(one["coverage"], one["standard_error"], percents=False)
        rows.append((name, f"{share} of {one['answers']:,}"))
    return rows


def _context_rows(one: Mapping[str, Any], why: Mapping[str, int]) -> list[tuple[str, str]]:
    """What was selected for prompts; nothing where no phase had a context."""
    if not one["phases"]:
        return []
    modes = ", ".join(f"{number:,} {mode}" for mode, number in one["modes"].items())
    rows = [
        ("Phases with a context", count(one["phases"])),
        ("… by how it was ranked", modes),
        ("… tokens, of their budgets", _part(one["context_tokens"], one["budget_share"])),
        ("Files whole, as chunks, outline, path, not in", _several(one, *_FORMS)),
        ("Texts with a cached embedding", _part(one["embedding_hits"], one["cached_share"])),
        ("Texts embedded, requests for it", _several(one, "texts_embedded", "embedding_calls")),
        ("Files that a summary stood for", count(one["artifacts_substituted"])),
        ("… tokens taken, avoided", _several(one, *_ARTIFACTS)),
    ]
    shown = list(why.items())[:SHOWN_REASONS]
    return rows + [(f"Not by embeddings: {reason}", count(number)) for reason, number in shown]


_FORMS = ("files_whole", "files_chunks", "files_outline", "files_path", "files_omitted")

_ARTIFACTS = ("artifact_tokens", "artifact_tokens_avoided")

_OPERATIONS = ("operations_kept", "operations_rejected", "operations_applied")


def count(value: int | None) -> str:
    """A whole number."""
    return NOTHING if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    """A share in percent."""
    return NOTHING if value is None else f"{value:.1%}"


def decimal(value: float | None, places: int = 2) -> str:
    """A number with some decimal places."""
    return NOTHING if value is None else f"{value:.{places}f}"


def money(micro_usd: int) -> str:
    """Millionths of a US dollar in dollars."""
    return f"${micro_usd / 1_000_000:,.2f}"


def _several(whole: Mapping[str, Any], *names: str) -> str:
    return ", ".join(count(whole[name]) for name in names)


def _part(value: int, of: float | None) -> str:
    return count(value) if of is None else f"{value:,} ({of:.1%})"


def _rate(value: float | None, error: float | None, *, percents: bool = True) -> str:
    form = percent if percents else lambda one: decimal(one, 3)
    return NOTHING if value is None else f"{form(value)} ± {form(error)}"


def _moment(text: str | None) -> str:
    return "…" if text is None else text.removesuffix("+00:00").removesuffix("T00:00:00")
