"""What a ledger says as plain objects."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from token_budget.cli.ledger_open import scope_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from token_budget.ledger import Ledger, Limit, Round, Statement
    from token_budget.ledger.records import LimitState

Report = dict[str, Any]

FIGURES = ("spent", "held", "unknown", "overrun")
PROGRAM = "token-budget ledger"


def status_report(ledger: Ledger) -> Report:
    """Where the books are, their totals, every limit, who is stopped, what is unknown."""
    whole = ledger.statement()
    limited = [ledger.statement(scope) for scope in ledger.limited_scopes()]
    return {
        "database": ledger.database.shown,
        "identity": ledger.identity,
        "totals": _figures(whole),
        "rounds": whole.by_kind.get("rounds", 0),
        "limits": [_state(one, state) for one in limited for state in one.limits],
        "stopped": stopped_report(limited),
        "unknown_rounds": unknown_report(ledger.unknown_rounds()),
    }


def statement_report(ledger: Ledger, scope: Sequence[str]) -> Report:
    """All that happened in a scope and under it."""
    one = ledger.statement(scope)
    return {
        "scope": scope_text(one.scope),
        "totals": _figures(one),
        "limits": [_state(one, state) for state in one.limits],
        "by_model": {model: dict(sums) for model, sums in one.by_model.items()},
        "by_kind": dict(one.by_kind),
        "stopped": stopped_report([one]),
        "unknown_rounds": unknown_report(ledger.unknown_rounds(scope)),
    }


def limits_report(ledger: Ledger, scope: Sequence[str]) -> Report:
    """The limits of a scope, and what counts against them."""
    one = ledger.statement(scope)
    return {
        "scope": scope_text(one.scope),
        "limits": [_state(one, state) for state in one.limits],
        "stopped": stopped_report([one]),
    }


def stopped_report(statements: Sequence[Statement]) -> list[Report]:
    """The scopes that refuse reservations, why, and what lets them go on."""
    reasons = {scope_text(one.scope): why for one in statements if (why := _stopped(one))}
    return [
        {"scope": scope, "reason": reason, "resume": f"{PROGRAM} resume {_quoted(scope)}"}
        for scope, reason in reasons.items()
    ]


def unknown_report(rounds: Sequence[Round]) -> list[Report]:
    """Rounds that nobody settled, and the two ways to deal with each."""
    return [
        {
            "scope": scope_text(one.scope),
            "round": one.round,
            "held": asdict(one.held),
            "sent_at": moment(one.sent_at),
            "settle": f"{PROGRAM} settle {_quoted(scope_text(one.scope))} {one.round}"
            " --model ID --input N --output N --estimated",
            "write_off": f"{PROGRAM} write-off {_quoted(scope_text(one.scope))} {one.round}"
            " --note WHY",
        }
        for one in rounds
    ]


def round_report(one: Round) -> Report:
    """One round."""
    return {
        "scope": scope_text(one.scope),
        "round": one.round,
        "state": one.state,
        "held": asdict(one.held),
        "spent": asdict(one.spent),
        "overrun": asdict(one.overrun),
        "note": one.note,
    }


def moment(seconds: float | None) -> str | None:
    """A moment in UTC, from seconds since 1970."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _figures(one: Statement | LimitState) -> Report:
    return {name: asdict(getattr(one, name)) for name in FIGURES}


def _state(one: Statement, state: LimitState) -> Report:
    """A limit with its figures; what is left may be less than 0 after an overrun."""
    from token_budget.ledger.amounts import KINDS

    limits = {kind: getattr(state.limit, kind) for kind in KINDS}
    figures = _figures(state)
    left = {
        kind: limit - sum(figures[name][kind] for name in FIGURES)
        for kind, limit in limits.items()
        if limit is not None
    }
    return {
        "scope": scope_text(one.scope),
        **_period(state.limit),
        "limit": limits,
        **figures,
        "left": left,
    }


def _period(limit: Limit) -> Report:
    return {
        "starts": limit.starts and limit.starts.isoformat(),
        "ends": limit.ends and limit.ends.isoformat(),
    }


def _stopped(one: Statement) -> str | None:
    """Why a scope is stopped, for good or in a period."""
    return one.stopped or next((state.stopped for state in one.limits if state.stopped), None)


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
