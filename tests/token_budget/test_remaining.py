from __future__ import annotations

from token_budget import Phase
from token_budget.remaining import (
    UNLIMITED,
    UNNAMED_RUN,
    Balance,
    FixedBalances,
    phase_scope,
    tightest,
)


def test_what_is_left_is_neither_spent_nor_held():
    assert Balance(limit=100, spent=30, held=20).left == 50
    assert Balance(spent=30).left is None


def test_a_scope_that_nobody_limited_is_unlimited():
    assert FixedBalances().remaining(("run", "phase")) == UNLIMITED


def test_the_tightest_of_several_balances_counts_figure_by_figure():
    combined = tightest(
        Balance(limit=100, spent=90, output_left=80),
        Balance(limit=50, micro_usd_left=7),
        UNLIMITED,
    )
    assert (combined.limit, combined.spent, combined.left) == (100, 90, 10)
    assert (combined.output_left, combined.micro_usd_left) == (80, 7)


def test_nothing_left_is_tighter_than_anything():
    assert tightest(Balance(limit=5), Balance(limit=9, spent=9)).limit == 9


def test_a_phase_of_no_run_stands_under_a_run_without_a_name():
    assert phase_scope(Phase(phase_id="one")) == (UNNAMED_RUN, "one")
    assert phase_scope(Phase(phase_id="one", run_id="mine")) == ("mine", "one")
