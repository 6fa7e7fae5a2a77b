"""The ledger against a model that is simple enough to be right, after any sequence of entries."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from token_budget.errors import BudgetExhausted, LeaseEnded, LedgerConflict
from token_budget.ledger import Amount, Ledger, Limit, Reservation, Usage
from token_budget.ledger.amounts import KINDS
from token_budget.prices import PriceBook
from token_budget.storage import Database

MODEL = "test-model"
PRICES = PriceBook({MODEL: {"input_mtok": 1, "output_mtok": 5}})
START = 1_800_000_000.0
TTL = 60
DAY = datetime.fromtimestamp(START, UTC).date()

FIGURE = st.integers(1, 60)
AMOUNTS = st.builds(Amount, FIGURE, FIGURE, FIGURE, st.integers(1, 2))
LIMITS = st.none() | st.integers(0, 300)
SCOPES = st.tuples(st.sampled_from("ab"), st.sampled_from("xy"))
NOTHING = dict.fromkeys(KINDS, 0)


def figures(amount):
    return {kind: getattr(amount, kind) for kind in KINDS}


def added(*amounts):
    return {kind: sum(one[kind] for one in amounts) for kind in KINDS}


@dataclass
class Sent:
    hold: dict[str, int]
    state: str = "sent"
    used: dict[str, int] = field(default_factory=lambda: dict(NOTHING))
    overrun: dict[str, int] = field(default_factory=lambda: dict(NOTHING))
    usage: Usage | None = None


@dataclass
class Lease:
    handle: Reservation
    pool: dict[str, int]
    renewed: float
    open: bool = True
    rounds: dict[int, Sent] = field(default_factory=dict)

    def end(self):
        self.open, self.pool = False, dict(NOTHING)
        for sent in self.rounds.values():
            if sent.state == "sent":
                sent.state = "unknown"


class Books(RuleBasedStateMachine):
    """Attempts ``(a or b, x or y, number)``, each with one reservation."""

    url = ""

    def __init__(self):
        super().__init__()
        self.now = START
        self.database = Database(self.url)
        with self.database.writing() as connection:
            for table in ("account", "reservation", "round", "model_sum"):
                connection.exec_driver_sql(f"DELETE FROM ledger_{table}")
        self.ledger = Ledger(self.database, clock=lambda: self.now, prices=PRICES)
        self.leases: dict[tuple[str, ...], Lease] = {}
        self.limits: dict[tuple[str, ...], Limit] = {}
        self.stopped: set[tuple[str, ...]] = set()

    def teardown(self):
        self.database.close()

    # What the model says of a scope.

    def under(self, scope):
        return [one for path, one in self.leases.items() if path[: len(scope)] == scope]

    def held(self, scope):
        leases = self.under(scope)
        sent = [r.hold for one in leases for r in one.rounds.values() if r.state == "sent"]
        return added(*(one.pool for one in leases), *sent)

    def of(self, scope, what):
        rounds = [r for one in self.under(scope) for r in one.rounds.values()]
        if what == "unknown":
            return added(*(r.hold for r in rounds if r.state == "unknown"))
        return added(*(getattr(r, what) for r in rounds))

    def left(self, scope, kind):
        limit = getattr(self.limits.get(scope), kind, None)
        if limit is None:
            return float("inf")
        parts = [self.held(scope), *(self.of(scope, w) for w in ("unknown", "used", "overrun"))]
        return limit - sum(part[kind] for part in parts)

    def fits(self, path, asked):
        above = [path[:depth] for depth in range(len(path) + 1)]
        if any(scope in self.stopped for scope in above):
            return False
        return all(asked[kind] <= self.left(scope, kind) for scope in above for kind in KINDS)

    def reclaim(self):
        for lease in self.leases.values():
            if lease.open and lease.renewed + TTL <= self.now:
                lease.end()

    def take(self, path, asked, entry):
        """Make an entry that needs room, which the model must judge as the ledger does."""
        if not self.fits(path, asked):
            self.reclaim()
        lease = self.leases.get(path)
        if lease is not None and not lease.open:
            with pytest.raises(LeaseEnded):
                entry()
            return False
        if not self.fits(path, asked):
            with pytest.raises(BudgetExhausted):
                entry()
            return False
        entry()
        return True

    # Entries.

    @initialize(limits=st.lists(st.builds(Limit, LIMITS, LIMITS, LIMITS, LIMITS), max_size=4))
    def limit(self, limits):
        scopes = [(), ("a",), ("a", "x"), ("b",)]
        for scope, limit in zip(scopes, limits, strict=False):
            self.ledger.set_limit(scope, limit)
            self.limits[scope] = limit

    @rule(scope=SCOPES, amount=AMOUNTS)
    def reserve(self, scope, amount):
        path = (*scope, str(len(self.leases)))
        made = []
        if self.take(
            path,
            figures(amount),
            lambda: made.append(self.ledger.reserve(path, amount, ttl=TTL)),
        ):
            self.leases[path] = Lease(made[0], figures(amount), self.now)

    def pick(self, data, ended=False):
        paths = [path for path, one in self.leases.items() if ended or one.open]
        return data.draw(st.sampled_from(paths)) if paths else None

    @rule(data=st.data(), amount=AMOUNTS)
    def grow(self, data, amount):
        if path := self.pick(data):
            lease = self.leases[path]
            if self.take(path, figures(amount), lambda: lease.handle.grow(amount)):
                lease.pool, lease.renewed = added(lease.pool, figures(amount)), self.now

    @rule(data=st.data(), amount=AMOUNTS)
    def send(self, data, amount):
        if path := self.pick(data):
            lease, number = self.leases[path], len(self.leases[path].rounds)
            hold = {**figures(amount), "calls": 1}
            fresh = {kind: max(hold[kind] - lease.pool[kind], 0) for kind in KINDS}
            if not any(fresh.values()):
                lease.handle.sending(number, amount)
            elif not self.take(path, fresh, lambda: lease.handle.sending(number, amount)):
                return
            lease.pool = {kind: max(lease.pool[kind] - hold[kind], 0) for kind in KINDS}
            lease.rounds[number], lease.renewed = Sent(hold), self.now

    def unsettled(self, data, *states):
        rounds = [
            (path, number)
            for path, lease in self.leases.items()
            for number, sent in lease.rounds.items()
            if sent.state in states
        ]
        return data.draw(st.sampled_from(rounds)) if rounds else None

    @rule(data=st.data(), prompt=st.integers(0, 30), answer=st.integers(0, 70))
    def settle(self, data, prompt, answer):
        found = self.unsettled(data, "sent", "unknown", "written off")
        if found is None:
            return
        (path, number), usage = found, Usage(prompt, answer)
        lease, sent = self.leases[path], self.leases[path].rounds[found[1]]
        used = figures(usage.amount(prompt + 5 * answer))
        hold = NOTHING if sent.state == "written off" else sent.hold
        above = [path[:depth] for depth in range(4)]
        for kind in KINDS:
            room = min(self.left(scope, kind) for scope in above)
            if hold[kind] or used[kind] <= room:
                sent.used[kind] = min(used[kind], hold[kind]) if hold[kind] else used[kind]
            sent.overrun[kind] = used[kind] - sent.used[kind]
        sent.state, sent.usage, sent.hold = "settled", usage, dict(hold)
        settled = self.ledger.settle(path, number, usage, model=MODEL)
        assert settled.late is not lease.open
        assert figures(settled.overrun) == sent.overrun
        if any(sent.overrun.values()) and lease.open:
            broken = (s for s in above if any(self.left(s, kind) < 0 for kind in KINDS))
            self.stopped |= {path, *broken}

    @rule(data=st.data(), same=st.booleans())
    def settle_again(self, data, same):
        found = self.unsettled(data, "settled")
        if found is None:
            return
        path, number = found
        known = self.leases[path].rounds[number].usage
        usage = known if same else Usage(known.input + 1, known.output)
        with contextlib.nullcontext() if same else pytest.raises(LedgerConflict):
            self.ledger.settle(path, number, usage, model=MODEL)

    @rule(data=st.data())
    def release(self, data):
        if path := self.pick(data, ended=True):
            self.leases[path].handle.release()
            self.leases[path].end()

    @rule(data=st.data())
    def heartbeat(self, data):
        if path := self.pick(data):
            self.leases[path].handle.heartbeat()
            self.leases[path].renewed = self.now

    @rule(data=st.data())
    def write_off(self, data):
        self.reclaim()
        if found := self.unsettled(data, "unknown"):
            path, number = found
            self.ledger.write_off(path, number, "lost")
            self.leases[path].rounds[number].state = "written off"
        else:
            self.ledger.reclaim()

    @rule(seconds=st.integers(1, 50))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def end_leases(self):
        due = sum(one.open and one.renewed + TTL <= self.now for one in self.leases.values())
        assert self.ledger.reclaim() == due
        self.reclaim()

    @precondition(lambda self: self.stopped)
    @rule()
    def resume(self):
        for scope in self.stopped:
            self.ledger.resume(scope)
        self.stopped.clear()

    @rule(scope=st.sampled_from([(), ("a",), ("b", "y")]))
    def limit_the_day(self, scope):
        """A limit for a period must begin with the figures of what was reserved in it."""
        self.ledger.set_limit(scope, Limit.daily(DAY, total_tokens=10**6))

    # What must hold at every instant.

    @invariant()
    def no_limit_is_overspent(self):
        for row in self.ledger.export():
            if row["table"] == "account":
                for kind in KINDS:
                    taken = sum(row[f"{part}_{kind}"] for part in ("spent", "held", "unknown"))
                    limit = row[f"limit_{kind}"]
                    assert limit is None or taken <= limit

    @invariant()
    def every_scope_says_what_the_model_says(self):
        scopes = {path[:depth] for path in self.leases for depth in range(4)}
        for scope in scopes:
            said = self.ledger.statement(scope)
            expected = {
                "held": self.held(scope),
                "unknown": self.of(scope, "unknown"),
                "spent": self.of(scope, "used"),
                "overrun": self.of(scope, "overrun"),
            }
            assert {name: figures(getattr(said, name)) for name in expected} == expected
            for state in said.limits:
                assert {name: figures(getattr(state, name)) for name in expected} == expected
            settled = [r.usage for one in self.under(scope) for r in one.rounds.values() if r.usage]
            assert said.by_kind.get("output", 0) == sum(usage.output for usage in settled)
            assert said.by_kind.get("rounds", 0) == len(settled)


def test_no_sequence_of_entries_overspends_or_loses_anything(url):
    Ledger(url).close()
    machine = type("BooksHere", (Books,), {"url": url})
    sqlite = url.startswith("sqlite")
    machine.TestCase.settings = settings(
        max_examples=40 if sqlite else 15,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    case = machine.TestCase()
    case.runTest()
