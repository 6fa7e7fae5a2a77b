from __future__ import annotations

import asyncio

import numpy as np
import pytest
import sqlalchemy as sa

from token_budget.context.cache_database import CacheDatabase, cache_url
from token_budget.context.embeddings.cap import EmbeddingCap
from token_budget.context.embeddings.embedding import AsyncEmbedding, Embedding
from token_budget.context.embeddings.http_embedder import AsyncHttpEmbedder, HttpEmbedder
from token_budget.context.embeddings.use import EmbeddingUse
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.context.embeddings.vector_tables import EMBEDDING_PART, embedding_vector

QUERY = "cache the token counts"
TEXTS = {
    "near": "token counts in a cache",
    "far": "paint the bicycle green",
    "middle": "a cache of bicycles",
    "blank": " \n",
    "same": "paint the bicycle green",
    "other": "counts of sheep",
}
NAME = "openai-compatible/words"


@pytest.fixture
def database(tmp_path):
    opened = CacheDatabase(cache_url(tmp_path), EMBEDDING_PART)
    yield opened
    opened.close()


@pytest.fixture
def cache(database):
    return VectorCache(database)


@pytest.fixture(params=["sync", "async"])
def compare(request, api):
    """A function that compares texts with a query, blocking or in an event loop."""

    def blocking(cache=None, cap=None, query=QUERY, texts=TEXTS, **settings):
        with HttpEmbedder(api(**settings)) as embedder:
            return Embedding(embedder, cache, cap).similarities(query, texts)

    async def waiting(cache=None, cap=None, query=QUERY, texts=TEXTS, **settings):
        async with AsyncHttpEmbedder(api(**settings)) as embedder:
            return await AsyncEmbedding(embedder, cache, cap).similarities(query, texts)

    if request.param == "sync":
        return blocking
    return lambda *arguments, **settings: asyncio.run(waiting(*arguments, **settings))


def stored(database):
    with database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(embedding_vector))


def test_similar_texts_are_similar(compare):
    found, use = compare()
    assert found.keys() == TEXTS.keys() - {"blank"}
    assert found["near"] > found["middle"] > found["far"]
    assert found["same"] == found["far"]
    assert use == EmbeddingUse("embedded", "", 0, 5, 2, 5, -1)


def test_the_second_time_nothing_is_asked(compare, cache, embedding_server):
    first, _ = compare(cache)
    second, use = compare(cache)
    assert len(embedding_server.requests) == 2
    assert use == EmbeddingUse("embedded", "", 5, 0, 0, 0, -1)
    assert second == pytest.approx(first, abs=2e-3)


def test_similarities_are_the_same_whether_vectors_are_new_or_kept(compare, cache):
    first, _ = compare(cache)
    second, use = compare(cache)
    assert use.calls == 0
    assert first == second


def test_only_what_changed_is_asked_again(compare, cache, embedding_server):
    compare(cache)
    _, use = compare(cache, texts={**TEXTS, "far": "paint it red"})
    assert embedding_server.requests[-1]["input"] == ["paint it red"]
    assert (use.hits, use.misses, use.calls, use.texts_embedded) == (5, 1, 1, 1)


def test_long_and_broken_texts_are_sent_as_what_can_be_sent(compare, cache, embedding_server):
    found, _ = compare(cache, texts={"long": "x " * 20_000, "broken": "a \udcff b"})
    assert set(found) == {"long", "broken"}
    assert [len(one) for one in embedding_server.requests[-1]["input"]] == [16_000, 5]


def test_batches_are_as_large_as_the_embedder_takes_them(compare, embedding_server):
    compare(texts={number: f"word {number}" for number in range(9)})
    assert [len(one["input"]) for one in embedding_server.requests] == [1, 4, 4, 1]


def test_a_cap_of_zero_switches_embeddings_off(compare, cache, embedding_server):
    compare(cache)
    found, use = compare(cache, EmbeddingCap(0))
    assert found is None
    assert use == EmbeddingUse(
        "lexical", "embeddings are switched off: the cap is 0", 0, 0, 0, 0, 0
    )
    assert len(embedding_server.requests) == 2


def test_over_the_cap_the_first_texts_count_and_the_others_are_neutral(compare, embedding_server):
    whole, _ = compare()
    found, use = compare(cap=EmbeddingCap(3))
    assert use == EmbeddingUse("partly embedded", "the cap of 3 texts is reached", 0, 5, 2, 3, 3)
    assert found["near"] == pytest.approx(whole["near"])
    assert found["far"] == pytest.approx(whole["far"])
    assert (
        found["middle"] == found["other"] == pytest.approx(np.mean([found["near"], found["far"]]))
    )
    assert sum(len(one["input"]) for one in embedding_server.requests[2:]) == 3


def test_far_over_the_cap_the_whole_ranking_is_lexical(compare):
    found, use = compare(cap=EmbeddingCap(2))
    assert found is None
    reason = "fewer than half of the texts have a vector: the cap of 2 texts is reached"
    assert use == EmbeddingUse("lexical", reason, 0, 5, 2, 2, 2)


def test_what_was_embedded_under_a_cap_is_free_in_the_next_phase(compare, cache):
    modes = [compare(cache, EmbeddingCap(2))[1] for _ in range(3)]
    assert [use.mode for use in modes] == ["lexical", "partly embedded", "embedded"]
    assert [use.hits for use in modes] == [0, 2, 4]
    assert [use.texts_embedded for use in modes] == [2, 2, 1]


def test_the_cap_is_of_the_phase_not_of_one_comparison(embedder, embedding_server):
    phase = Embedding(embedder, cap=EmbeddingCap(4))
    for texts in ({1: "one", 2: "two"}, {3: "three", 4: "four"}):
        _, use = phase.similarities(QUERY, texts)
    assert sum(len(one["input"]) for one in embedding_server.requests) == 4
    assert use.mode == "lexical"


@pytest.mark.parametrize(
    ("query", "texts", "reason"),
    [
        (" ", TEXTS, "the query is empty"),
        (QUERY, {}, "there is no text to compare"),
        (QUERY, {"a": "\n"}, "there is no text to compare"),
    ],
)
def test_where_there_is_nothing_to_compare_nothing_is_asked(
    compare, embedding_server, query, texts, reason
):
    assert compare(query=query, texts=texts) == (
        None,
        EmbeddingUse("lexical", reason, 0, 0, 0, 0, -1),
    )
    assert embedding_server.requests == []


def test_no_failure_stops_a_ranking_or_is_stored(
    compare, cache, database, embedding_server, fault, patience
):
    _, embedding_server.fault = fault
    found, use = compare(cache, timeout_seconds=patience)
    assert found is None
    assert use.reason.startswith(f"the query has no vector: {NAME}: ")
    assert (use.mode, use.misses, use.calls, use.texts_embedded) == ("lexical", 1, 1, 0)
    assert stored(database) == 0


def test_an_outage_on_the_way_keeps_what_came_before_and_asks_nothing_more(
    compare, cache, database, embedding_server, fault, patience
):
    _, embedding_server.fault = fault
    embedding_server.after = 2
    texts = {number: f"word {number}" for number in range(11)}
    found, use = compare(cache, texts=texts, timeout_seconds=patience)
    assert found is None
    assert use.reason.startswith(f"fewer than half of the texts have a vector: {NAME}: ")
    assert (use.mode, use.misses, use.calls, use.texts_embedded) == ("lexical", 12, 3, 5)
    assert stored(database) == 5
    assert len(embedding_server.requests) == 3


def test_with_most_vectors_there_an_outage_leaves_the_rest_neutral(
    compare, cache, embedding_server, http_status
):
    compare(cache)
    embedding_server.fault, embedding_server.after = http_status(500), 2
    found, use = compare(cache, texts={**TEXTS, "new": "something else"})
    assert use.mode == "partly embedded"
    assert use.reason == f"{NAME}: HTTP 500"
    assert found["new"] == pytest.approx(np.median([found[one] for one in _DISTINCT]))


_DISTINCT = ("near", "far", "middle", "other")


def test_what_a_server_says_reaches_people_and_no_telemetry(compare, embedding_server, http_status):
    embedding_server.fault = http_status(429, "slow down, you sent def secret_function")
    _, use = compare()
    assert use.reason == f"the query has no vector: {NAME}: HTTP 429"
    assert use.warnings == (f"{NAME}: HTTP 429 (slow down, you sent def secret_function)",)


class Broken:
    name, revision, dimension, maximum_batch = "broken", "", 4, 8

    def embed(self, texts, kind):
        raise KeyError(texts[0])


class Made:
    name, revision, dimension, maximum_batch = "made", "", 4, 8

    def __init__(self, answer):
        self.answer = answer

    def embed(self, texts, kind):
        return self.answer


def test_an_embedder_that_raises_anything_stops_no_ranking():
    found, use = Embedding(Broken()).similarities(QUERY, TEXTS)
    assert found is None
    assert use.reason == "the query has no vector: broken: it raised KeyError"


@pytest.mark.parametrize("answer", [None, [], [[0] * 4], [[1] * 3], "text", [[float("nan")] * 4]])
def test_an_embedder_of_the_users_is_not_believed_either(answer, cache, database):
    found, use = Embedding(Made(answer), cache).similarities(QUERY, TEXTS)
    assert found is None
    assert use.reason.startswith("the query has no vector: made: ")
    assert stored(database) == 0


def test_a_user_who_interrupts_is_obeyed():
    class Interrupted(Made):
        def embed(self, texts, kind):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Embedding(Interrupted(None)).similarities(QUERY, TEXTS)


def test_a_cache_that_cannot_be_read_costs_requests_and_a_warning(
    compare, start_server, server_folder
):
    server = start_server(server_folder / "gone-while-comparing")
    database = CacheDatabase(server.get_uri(driver="psycopg"), EMBEDDING_PART)
    database.close()
    server.cleanup()
    found, use = compare(VectorCache(database))
    assert found is not None
    assert (use.mode, use.texts_embedded) == ("embedded", 5)
    read, written = use.warnings
    assert "cannot be read" in read
    assert "cannot be written" in written


def test_a_damaged_cache_is_begun_anew_and_said(compare, tmp_path):
    file = tmp_path / "cache.db"
    file.write_bytes(b"this is no database" * 1_000)
    database = CacheDatabase(f"sqlite:///{file}", EMBEDDING_PART)
    found, use = compare(VectorCache(database))
    assert found is not None
    assert "set aside" in use.warnings[0]
    assert stored(database) == 5
    database.close()
