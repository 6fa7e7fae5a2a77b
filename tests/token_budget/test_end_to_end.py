"""Plan, context, executor, applier, books and telemetry of a run, on a real git workspace.

Nothing is put in the place of a part of the library: the SDK talks to a server of the Messages API
on loopback, contexts are ranked with a server of embeddings on loopback, and git is git.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from tests.embedding_server import DIMENSION, EmbeddingServer
from tests.messages_authors import Author, Scripted, Thinking, Written
from tests.messages_server import MessagesServer
from tests.phases import CUT, carry_out, creates, faithful, files_of
from tests.workspaces import fill, greeting_phase
from token_budget import BudgetPolicy
from token_budget.config import PolicyConfig
from token_budget.context.artifact_files import write_artifact
from token_budget.context.artifacts import Artifact
from token_budget.ledger import Amount
from token_budget.ledger.scopes import scope_of
from token_budget.telemetry.tables import telemetry_phase, telemetry_round

LOG = "built again\n" * 400
SUMMARY = "It was built often."
GIANT = "".join(
    f'def giant_{number}(name):\n    """Say hello at length {number}."""\n'
    + "".join(f"    name = name + 'hello {line} of {number}'\n" for line in range(120))
    + "    return name\n\n\n"
    for number in range(3)
)
"""A file of which no chunk is small."""

PINNED = ["HISTORY.md", "src/giant.py"]
REJECTED = '{"type":"create","path":"src/c.py"}'
"""A line of the answer that cannot be used; the right one comes later."""

THREE = creates("a", "b", "c")
EMPTY = (None, False, 0, 0.0, "", "[]")


@dataclass(frozen=True, slots=True)
class Slipping:
    """Writes a line that cannot be used where it goes on for the first time."""

    author: Author

    def write(self, request):
        written = self.author.write(request)
        if len(request["messages"]) != 3:
            return written
        first, end, rest = written.text.partition("\n")
        return replace(written, text=f"{first}{end}{REJECTED}\n{rest}")


@dataclass(slots=True)
class Story:
    """A workspace in which phases are carried out one after the other."""

    repository: object
    embeddings: EmbeddingServer
    results: dict
    servers: list
    policies: list

    @property
    def root(self):
        return self.repository.folder

    def policy(self, **settings):
        named = f"openai:words@{DIMENSION}={self.embeddings.url}"
        known = {"context_budget": 1_500, "embedder": named, "artifacts": True}
        made = BudgetPolicy(self.root, config=PolicyConfig(**{**known, **settings}))
        self.policies.append(made)
        return made

    def carry_out(self, name, author, operations, settings=None, **fields):
        """A phase by a policy of its own, as another process would; its result."""
        phase = greeting_phase(
            *(one["path"] for one in operations),
            phase_id=name,
            pinned=PINNED,
            **{"task_category": "backend", **fields},
        )
        with MessagesServer(author, factor=1.3) as server:
            self.results[name] = carry_out(server, self.policy(**(settings or {})), phase)
        self.servers.append(server)
        return self.results[name]

    def rows(self, table):
        with self.policies[0].books.database.reading() as connection:
            return [dict(one) for one in connection.execute(sa.select(table)).mappings()]


@contextmanager
def begun(repository):
    fill(repository, modules=12)
    repository.write("HISTORY.md", LOG)
    repository.write("src/giant.py", GIANT)
    repository.commit("Add what is long")
    sha256 = hashlib.sha256(LOG.encode()).hexdigest()
    write_artifact(repository.folder, "run", Artifact("HISTORY.md", sha256, SUMMARY))
    made = Story(repository, EmbeddingServer(), {}, [], [])
    yield made
    made.embeddings.close()
    for policy in made.policies:
        if "books" in vars(policy):
            policy.books.close()


@pytest.fixture
def story(make_repository):
    with begun(make_repository("workspace")) as made:
        yield made


def whole(story):
    """Thinks, is cut off, slips once, and is complete in the end."""
    author = Thinking(Slipping(faithful(THREE)), 40)
    return story.carry_out("whole", author, THREE, max_tokens=CUT)


def test_a_phase_from_its_plan_to_changed_files(story):
    result = whole(story)
    assert result.complete
    assert {path: (story.root / path).read_text() for path in files_of()} == files_of()
    changed = story.repository.git("status", "--porcelain", "--", "src").splitlines()
    assert [one.split() for one in changed] == [["??", f"src/{name}.py"] for name in "abc"]
    assert [one.truncated for one in result.rounds] == [True] * (len(result.rounds) - 1) + [False]
    assert sum(one.operations_rejected for one in result.rounds) == 1


def test_the_prompt_shows_what_was_chosen(story):
    context = whole(story).context
    [server] = story.servers
    for request in server.requests:
        assert request.body["messages"][0]["content"][0]["text"] == context.rendered
    assert server.count(context.rendered) <= context.tokens <= context.budget == 1_500
    assert context.mode == "embedded"
    assert SUMMARY in context.rendered
    assert "built again" not in context.rendered
    assert {one.form for one in context.items} >= {"chunks", "outline", "path"}


def test_books_telemetry_and_result_say_the_same_as_the_server(story):
    result = whole(story)
    [server], policy = story.servers, story.policies[0]
    billed = Counter()
    for one in server.responses:
        billed.update({"output": one.usage["output_tokens"]})
    [phase], rounds = story.rows(telemetry_phase), story.rows(telemetry_round)
    assert billed["output"] == result.usage.output == phase["output"]
    assert phase["output"] == sum(one["output"] for one in rounds)
    assert len(server.requests) == len(rounds) == phase["rounds"] == len(result.rounds)
    assert [one["request_id"] for one in rounds] == [one.request_id for one in result.rounds]
    assert phase["context_tokens"] == result.context.tokens
    assert phase["artifacts_substituted"] == 1
    assert len(json.loads(phase["substituted_paths"])) == 1
    assert phase["embedding_calls"] == len(story.embeddings.requests)
    assert phase["operations_applied"] == 3
    assert policy.books.statement(()).held == Amount()
    assert not policy.books.overruns()


def test_a_second_call_of_a_finished_phase_costs_nothing(story):
    whole(story)
    asked = len(story.embeddings.requests)
    again = whole(story)
    assert again.complete
    assert story.servers[1].requests == story.servers[1].other_requests == []
    assert len(story.embeddings.requests) == asked
    assert len(story.rows(telemetry_phase)) == 1


@pytest.fixture(scope="module")
def told(repository_in, tmp_path_factory):
    """A small set of runs: complete, from cached vectors, incomplete, failed; to be read."""
    with begun(repository_in(tmp_path_factory.mktemp("told") / "workspace")) as made:
        whole(made)
        more, most, least = (creates(name) for name in "def")
        made.carry_out("again", faithful(more), more)
        cut = {"rounds": 1, "embedding_cap": 0}
        made.carry_out("cut", faithful(THREE), THREE, cut, max_tokens=CUT)
        made.carry_out("refused", Scripted((Written("No.", stop_reason="refusal"),)), most)
        other = {"embedder": None, "context_budget": 30_000}
        made.carry_out("lexical", faithful(least), least, other)
        yield made


def test_every_kind_of_end_is_in_the_telemetry(told):
    ends = {scope_of(one["scope"])[1]: one["outcome"] for one in told.rows(telemetry_phase)}
    assert ends == {name: result.outcome for name, result in told.results.items()}
    assert set(ends.values()) == {"complete", "incomplete", "failed"}
    modes = {one["context_mode"] for one in told.rows(telemetry_phase)}
    assert modes == {"embedded", "lexical"}


@pytest.mark.parametrize("table", [telemetry_round, telemetry_phase], ids=lambda table: table.name)
def test_every_column_of_telemetry_is_filled_by_some_run(told, table):
    rows = told.rows(table)
    never = [column.name for column in table.c if all(one[column.name] in EMPTY for one in rows)]
    assert never == []
