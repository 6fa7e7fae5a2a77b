from __future__ import annotations

import pytest

from benchmarks import continuation_ways
from benchmarks.continuation_targets import Case
from benchmarks.continuation_ways import (
    in_memory,
    ours,
    please_continue,
    prefilled,
    regenerate,
)
from benchmarks.messages_api.authors import AUTHORS
from benchmarks.messages_api.server import MessagesServer
from benchmarks.messages_api.target import Target
from token_budget.models import ModelCatalogue

CONTENT = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(40))
OPERATIONS = [{"type": "create", "path": f"f{n}.py", "content": CONTENT} for n in range(2)]
AFTER = {one["path"]: CONTENT for one in OPERATIONS}
CASE = Case("ndjson", Target.ndjson(OPERATIONS), {}, AFTER, tuple(AFTER), "Add f")
LIMITS = ModelCatalogue.shipped().resolve("claude-opus-5-5", "anthropic")


def server_of(author, target=CASE.target):
    return MessagesServer(AUTHORS[author](target), factor=1.0)


def half(server):
    return server.count(CASE.target.whole()) // 2


def test_ours_completes_what_is_cut_off():
    server = server_of("faithful")
    ended = ours(CASE, in_memory(server), server, LIMITS, half(server))
    assert ended.files == AFTER
    assert ended.proven
    assert not ended.raised
    assert ended.spent.rounds == len(server.responses) >= 2


def test_ours_says_why_it_failed():
    server = server_of("apologises")
    ended = ours(CASE, in_memory(server), server, LIMITS, half(server))
    assert ended.files is None
    assert "still missing" in ended.reason


def test_a_regenerated_answer_is_asked_for_with_a_higher_ceiling_until_it_ends():
    server = server_of("faithful")
    ended = regenerate(CASE, in_memory(server), LIMITS.id, half(server))
    ceilings = [one.body["max_tokens"] for one in server.requests]
    assert ended.files == AFTER
    assert ceilings == sorted(ceilings)
    assert ended.spent.output == sum(ceilings[:-1]) + server.count(CASE.target.whole())


def test_a_prefill_is_the_answer_so_far_without_white_space_at_its_end():
    server = server_of("faithful")
    ended = prefilled(CASE, in_memory(server), "claude-opus-4-5", half(server))
    assert ended.files == AFTER
    last = server.requests[-1].body["messages"][-1]
    assert last["role"] == "assistant"
    assert CASE.target.whole().startswith(last["content"][0]["text"])


def test_parts_are_put_one_behind_the_other_whatever_they_say():
    plain = Target.plain(CASE.target.whole())
    server = server_of("faithful", plain)
    assert please_continue(CASE, in_memory(server), LIMITS.id, half(server)).files == AFTER
    server = server_of("prefaces", plain)
    assert please_continue(CASE, in_memory(server), LIMITS.id, half(server)).files != AFTER


@pytest.mark.parametrize("way", [prefilled, please_continue, regenerate])
def test_there_is_an_end_to_rounds(way, monkeypatch):
    monkeypatch.setattr(continuation_ways, "MOST_ROUNDS", 2)
    server = server_of("faithful")
    model = "claude-opus-4-5" if way is prefilled else LIMITS.id
    ended = way(CASE, in_memory(server), model, 50)
    assert (ended.files, ended.reason, ended.spent.rounds) == (None, "too many rounds", 2)


def test_an_author_of_whom_nothing_comes_ends_it():
    server = server_of("is cut before a word")
    ended = please_continue(CASE, in_memory(server), LIMITS.id, half(server))
    assert (ended.files, ended.reason) == (None, "nothing came")
