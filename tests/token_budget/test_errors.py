from __future__ import annotations

import pickle

import pytest

from token_budget import errors
from token_budget.error_root import SHOWN_VALUE_CHARACTERS, shown
from token_budget.errors import (
    AlreadyMerged,
    BadVectors,
    BudgetExhausted,
    ConfigError,
    ContextError,
    ContinuationError,
    CountingError,
    DamagedState,
    DeliverableError,
    EmbedderRefused,
    EmbedderUnavailable,
    EmbeddingError,
    EstimatorError,
    FileChanged,
    FileNotIndexed,
    ForeignPackage,
    HistoryError,
    LeaseEnded,
    LedgerConflict,
    LedgerError,
    LedgerUnavailable,
    LedgerValueError,
    ModelDataError,
    NoProgress,
    NotApplied,
    NotApproved,
    PhaseFailed,
    PinnedFilesTooLarge,
    Refused,
    RepositoryError,
    SchemaMismatch,
    SeamMismatch,
    SpecError,
    SpecProblem,
    StorageError,
    StorageUnavailable,
    TokenBudgetError,
    TooManyRounds,
    UnknownEffortError,
    UnknownFormatError,
    UnknownStopReason,
    WorkspaceError,
)

PLACE = SpecProblem("run.json", "phases[2].id", 7, "expected a text")
WHOLE = SpecProblem("run.json", "", [], "expected phases")

EXAMPLES = [
    (TokenBudgetError("something"), "something"),
    (
        SpecError([PLACE, WHOLE]),
        "run.json: phases[2].id: expected a text, found 7\nrun.json: expected phases, found []",
    ),
    (ConfigError("no such file"), "no such file"),
    (ConfigError("not UTF-8", "a.toml"), "a.toml: not UTF-8"),
    (
        ConfigError("wrong value", "a.toml: usd", "x", "a number"),
        "a.toml: usd: wrong value (expected a number, found 'x')",
    ),
    (
        BudgetExhausted("run", 10_000, 8_000, 1_500, 2_500, 500),
        "the budget of the run is exhausted: 500 tokens left of 10,000"
        " (8,000 spent, 1,500 held), 2,500 needed",
    ),
    (
        BudgetExhausted("ledger", None, 0, 0, 2_500, 500),
        "the budget of the ledger is exhausted: 500 tokens left (0 spent, 0 held), 2,500 needed",
    ),
    (
        BudgetExhausted("org/run", 20, 15, 3, 5, 2, "calls", "in the period from x to y"),
        "the budget of the org/run is exhausted: 2 calls left of 20 (15 spent, 3 held), 5 needed;"
        " in the period from x to y",
    ),
    (PhaseFailed("one", "failed", "no room"), "the phase 'one' is failed: no room"),
    (NotApplied(["modify a: x", "delete b: y"]), "nothing was written: modify a: x; delete b: y"),
    (NotApproved(), "the changes were not approved: nothing was written"),
    (CountingError("the rank table is damaged"), "the rank table is damaged"),
    (
        ForeignPackage("ndjson", "/lib/ndjson.py"),
        "the package 'ndjson' at /lib/ndjson.py is not token-budget's: run `pip uninstall ndjson`,"
        " then `pip install --force-reinstall token-budget`",
    ),
    (StorageError("sqlite:///a.db", "no room"), "sqlite:///a.db: no room"),
    (StorageUnavailable("sqlite:///a.db", "is locked"), "sqlite:///a.db: is locked"),
    (SchemaMismatch("sqlite:///a.db", "version 9"), "sqlite:///a.db: version 9"),
    (AlreadyMerged("a.json", "merged before"), "a.json: merged before"),
    (DamagedState("sqlite:///a.db", "no JSON"), "sqlite:///a.db: no JSON"),
    (LedgerError("run", "cannot be kept"), "run: cannot be kept"),
    (LedgerUnavailable("sqlite:///a.db", "is gone"), "sqlite:///a.db: is gone"),
    (LedgerConflict("run round 1", "other figures"), "run round 1: other figures"),
    (LeaseEnded("run", "was released"), "run: was released"),
    (LedgerValueError("ttl", -1, "seconds"), "ttl: expected seconds, found -1"),
    (ContextError("something"), "something"),
    (WorkspaceError("src", "expected a folder"), "workspace src: expected a folder"),
    (FileNotIndexed("a"), "a: not in the index: refresh it, and see what it says was left out"),
    (FileChanged("a\x1b\n"), r"'a\x1b\n': not what was indexed: refresh the index"),
    (FileChanged("a"), "a: not what was indexed: refresh the index"),
    (
        PinnedFilesTooLarge(1_000, {"a": 900, "b": 1_100}),
        "pinned files need 2,000 tokens of 1,000: b 1,100, a 900",
    ),
    (EmbeddingError("e", "failed"), "e: failed"),
    (EmbedderUnavailable("e", "timed out", "after 9 s"), "e: timed out (after 9 s)"),
    (EmbedderRefused("e", 401, "no key"), "e: HTTP 401 (no key)"),
    (BadVectors("e", "zeros"), "e: zeros"),
    (ContinuationError("something"), "something"),
    (NoProgress("nothing came", ("a", "b")), "nothing came; still missing: a, b"),
    (TooManyRounds(8), "the answer is not whole after 8 rounds"),
    (SeamMismatch("a", "line 1", "line 2"), "a: expected line 1, found line 2"),
    (UnknownStopReason(None), "the answer ended without a stop reason"),
    (Refused("unsafe"), "the model refused: unsafe"),
    (
        PinnedFilesTooLarge(10, {f"{number:02}": 1 for number in range(12)}),
        f"pinned files need 12 tokens of 10: {', '.join(f'{n:02} 1' for n in range(10))}"
        " and 2 more",
    ),
    (EstimatorError("something"), "something"),
    (DeliverableError("../a", "leaves the workspace"), "leaves the workspace: '../a'"),
    (HistoryError("h.jsonl", "line 3: no JSON"), "h.jsonl: line 3: no JSON"),
    (RepositoryError("src", "no git repository"), "src: no git repository"),
    (ModelDataError("p.json", "version", "expected 1"), "p.json: version: expected 1"),
    (UnknownEffortError("x", ["low"]), "unknown effort 'x': expected one of low"),
    (UnknownFormatError("x", ["diff"]), "unknown output format 'x': expected one of diff"),
]


def named(error):
    return type(error).__name__


@pytest.mark.parametrize(("error", "text"), EXAMPLES, ids=[named(error) for error, _ in EXAMPLES])
def test_the_message_says_what_is_wrong_and_where(error, text):
    assert str(error) == text


@pytest.mark.parametrize(("error", "text"), EXAMPLES, ids=[named(error) for error, _ in EXAMPLES])
def test_an_error_crosses_the_border_of_a_process(error, text):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), text, vars(error))


def test_every_error_is_exported_and_has_an_example():
    drawn = {
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)
    }
    assert drawn == {type(error) for error, _ in EXAMPLES}
    assert {one.__name__ for one in drawn} | {"SpecProblem"} == set(errors.__all__)


def test_three_roots_are_enough_to_catch_everything():
    roots = (TokenBudgetError, EstimatorError, ContinuationError)
    assert all(isinstance(error, roots) for error, _ in EXAMPLES)


def test_an_import_that_meets_a_stranger_is_an_import_error():
    assert issubclass(ForeignPackage, ImportError)


def test_a_spec_error_keeps_every_problem_in_order():
    assert SpecError(iter([PLACE, WHOLE])).problems == (PLACE, WHOLE)


def test_a_long_value_is_cut_in_a_message():
    text = shown("x" * 10_000)
    assert len(text) == SHOWN_VALUE_CHARACTERS
    assert text.endswith("…")
    assert shown("x" * 118) == repr("x" * 118)
