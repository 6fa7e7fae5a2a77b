from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime

import pytest

from token_budget.cli import main
from token_budget.cli.ledger_limits import changed_limit, period_from
from token_budget.cli.ledger_open import scope_from, scope_text
from token_budget.errors import ConfigError
from token_budget.ledger import Amount, Ledger, Limit, Usage
from token_budget.prices import PriceBook
from token_budget.storage import Database
from token_budget.storage_place import has_state, state_url

MODEL = "test-model"
PRICES = {MODEL: {"input_mtok": 1, "output_mtok": 5}}
HELD = Amount(500, 1_000, 4_000, calls=1)
SCOPE = ("org", "run", "phase")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """A function that runs the command; it answers with the exit code and what was printed."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments, code=0):
        monkeypatch.setattr(sys, "argv", ["token-budget", "ledger", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
            raise SystemExit(0)
        printed = capsys.readouterr()
        assert (ended.value.code or 0) == code, printed.err
        assert "Traceback" not in printed.err
        return printed.err if code else printed.out

    return command


@pytest.fixture
def shown(run):
    """A function that runs the command with --json."""
    return lambda *arguments: json.loads(run(*arguments, "--json"))


@pytest.fixture
def books(tmp_path):
    """The ledger of the current folder."""
    with Ledger.of_workspace(tmp_path, prices=PriceBook(PRICES)) as ledger:
        yield ledger


def settle(books, scope=SCOPE, number=0, usage=None):
    with books.reserve(scope, HELD, sending=number) as held:
        held.settle(number, usage or Usage(400, 300), model=MODEL)


def leave_unknown(books, scope=SCOPE, number=0):
    with books.reserve(scope, HELD, sending=number):
        pass


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["statement", "org"],
        ["limits", "org"],
        ["limits", "org", "--remove", "usd"],
        ["reclaim"],
        ["resume", "org"],
        ["write-off", "org", 0, "--note", "lost"],
        ["settle", "org", 0, "--model", MODEL, "--input", 1, "--output", 1],
        ["export"],
    ],
)
def test_a_ledger_that_is_not_there_is_not_made(run, tmp_path, command):
    assert "there is no ledger" in run(*command, code=2)
    assert list(tmp_path.iterdir()) == []


def test_a_state_without_a_ledger_does_not_get_one(run, tmp_path):
    Database(state_url(tmp_path)).close()
    assert "there is no ledger" in run("status", code=2)
    assert [path.name for path in (tmp_path / ".token-budget").glob("*.ledger")] == []


def test_a_ledger_that_is_gone_is_not_replaced(run, books, tmp_path):
    books.close()
    for path in (tmp_path / ".token-budget").glob("state.db*"):
        if path.suffix != ".ledger":
            path.unlink()
    assert "is gone" in run("status", code=2)
    assert "is gone" in run("limits", "org", "--set", "calls=1", code=2)
    assert not has_state(tmp_path)


def test_a_limit_can_be_set_before_anything_else(run, shown):
    run("limits", "org", "--set", "usd=2.5")
    [limit] = shown("limits", "org")["limits"]
    assert (limit["limit"]["micro_usd"], limit["left"]) == (2_500_000, {"micro_usd": 2_500_000})


def test_limits_are_changed_one_by_one(run, books):
    run("limits", "org/run", "--set", "output-tokens=5,000", "--set", "total-tokens=20_000")
    run("limits", "org/run", "--set", "calls=3", "--remove", "output-tokens")
    assert books.limits(("org", "run")) == (Limit(total_tokens=20_000, calls=3),)
    run("limits", "org/run", "--remove", "all")
    assert books.limits(("org", "run")) == ()


def test_a_daily_limit_is_one_of_today(run, books):
    run("limits", "org", "--period", "daily", "--set", "usd=1")
    assert books.limits(("org",)) == (Limit.daily(datetime.now(UTC).date(), micro_usd=1_000_000),)


def test_a_period_leaves_the_limit_for_good_alone(run, books):
    run("limits", "org", "--set", "calls=9")
    run("limits", "org", "--period", "2026-11-01..2026-12-01", "--set", "calls=3")
    assert [one.calls for one in books.limits(("org",))] == [9, 3]


def test_a_limit_below_what_is_spent_is_refused(run, books):
    settle(books)
    message = run("limits", "org", "--set", "total-tokens=10", code=2)
    assert "700 tokens are spent or held already" in message


def test_the_status_says_where_limits_stand(run, shown, books):
    books.set_limit(("org",), Limit(total_tokens=10_000))
    settle(books)
    report = shown("status")
    assert (report["identity"], report["rounds"]) == (books.identity, 1)
    assert report["totals"]["spent"]["total_tokens"] == 700
    assert report["limits"][0]["left"] == {"total_tokens": 9_300}
    assert "9,300" in run("status")


def test_a_stopped_scope_is_listed_and_resumed(run, shown, books):
    settle(books, usage=Usage(400, 900))
    [stopped] = shown("status")["stopped"]
    assert stopped["scope"] == "org/run/phase"
    assert stopped["resume"] == "token-budget ledger resume org/run/phase"
    assert stopped["resume"] in run("statement", "org/run/phase")
    assert shown("resume", "org/run/phase")["was_stopped"]
    assert shown("status")["stopped"] == []
    assert "was not stopped" in run("resume", "org/run/phase")


def test_an_unknown_round_is_listed_with_what_to_do(run, shown, books):
    leave_unknown(books)
    [unknown] = shown("status")["unknown_rounds"]
    assert (unknown["scope"], unknown["round"]) == ("org/run/phase", 0)
    assert unknown["held"]["total_tokens"] == 1_000
    printed = run("status")
    assert unknown["settle"] in printed
    assert unknown["write_off"] in printed


def test_an_unknown_round_is_written_off(run, shown, books):
    leave_unknown(books)
    assert "1,000 tokens are free" in run("write-off", "org/run/phase", 0, "--note", "crashed")
    assert shown("status")["unknown_rounds"] == []
    assert books.history(SCOPE)[0].note == "crashed"


def test_an_unknown_round_is_settled(run, shown, books):
    leave_unknown(books)
    figures = ("--model", MODEL, "--input", 400, "--output", 300, "--estimated")
    assert "700 tokens" in run("settle", "org/run/phase", 0, *figures)
    report = shown("statement", "org")
    assert report["unknown_rounds"] == []
    assert report["by_model"][MODEL]["estimated"] == 1
    again = (*figures[:4], "--output", 5)
    assert "settled with other figures" in run("settle", "org/run/phase", 0, *again, code=2)


def test_a_round_that_never_was_is_refused(run, books):
    assert "never announced" in run("write-off", "org", 7, "--note", "none", code=2)


def test_a_statement_sums_up_by_model(run, shown, books):
    settle(books)
    report = shown("statement", "org/run")
    assert report["by_model"][MODEL]["output"] == 300
    assert report["by_kind"]["rounds"] == 1
    assert MODEL in run("statement", "org/run")
    assert shown("statement")["scope"] == "/"


def test_expired_leases_are_reclaimed(run, shown, tmp_path):
    with Ledger.of_workspace(tmp_path, clock=lambda: 1_000.0) as past:
        past.reserve(SCOPE, HELD, ttl=1)
    assert shown("reclaim") == {"reclaimed": 1}
    assert "0 leases" in run("reclaim")


def test_an_export_holds_every_row(run, shown, books):
    settle(books)
    rows = [json.loads(line) for line in run("export").splitlines()]
    assert {row["table"] for row in rows} == {"account", "reservation", "round"}
    assert shown("export") == {"identity": books.identity, "rows": rows}


def test_a_database_is_named_by_its_url(shown, tmp_path, books):
    settle(books)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert shown("status", "--db", state_url(tmp_path))["rounds"] == 1
    assert shown("status", "--workspace", tmp_path)["rounds"] == 1


def test_what_is_no_database_is_refused(run):
    assert "Could not parse" in run("status", "--db", "nonsense", code=2)


def test_a_password_is_never_shown(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    message = run("status", "--db", "postgresql+psycopg://me:secret@localhost/x", code=2)
    assert "token-budget[postgres]" in message
    assert "secret" not in message


def test_control_characters_do_not_reach_the_terminal(run, books):
    leave_unknown(books, ("org\x1b[31m", "run"))
    assert "\x1b" not in run("status")


@pytest.mark.parametrize("scope", [(), ("org",), ("a/b", "c~d"), ("~1",), SCOPE])
def test_a_scope_is_read_as_it_is_shown(scope):
    assert scope_from(scope_text(scope)) == scope


def test_an_empty_name_is_refused(run, books):
    assert "names of 1 to" in run("statement", "org//run", code=2)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        (None, (None, None)),
        ("daily", (datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))),
        ("2026-02-28", (datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))),
        (
            "2026-11-01..2026-12-01",
            (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        ),
    ],
)
def test_periods_are_days_of_utc(text, period):
    assert period_from(text, date(2026, 11, 21)) == period


@pytest.mark.parametrize("text", ["", "weekly", "2026-13-01", "2026-12-01..2026-11-01", "a..b..c"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ConfigError, match="no period"):
        period_from(text, date(2026, 11, 21))


@pytest.mark.parametrize(
    "text", ["usd", "usd=", "usd=-1", "usd=0.0000001", "calls=1.5", "calls=nan", "tokens=1"]
)
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(ConfigError, match="limit"):
        changed_limit((), (None, None), [text], [])
