from __future__ import annotations

import pytest

from token_budget.context.cache_database import CacheDatabase
from token_budget.context.features import features
from token_budget.context.gathering import Signals
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.offers import LEAST_LIKELIHOOD, offers_for
from token_budget.context.ranking import Ranking


@pytest.fixture
def index(tmp_path):
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text("def run():\n    return 1\n")
    made = ChunkIndex(tmp_path, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    made.refresh()
    yield made
    made.close()


def test_ranked_and_pinned_files_are_offered_with_all_their_chunks(index):
    (chunk,) = index.chunks(["a.py"])["a.py"]
    ranking = Ranking([chunk], features(Signals([chunk], {})))
    offers = offers_for(ranking, ["b.py"], index)
    assert offers.keys() == {"a.py", "b.py"}
    assert offers["a.py"].values == (1.0,)
    assert offers["b.py"].values == (LEAST_LIKELIHOOD,)
    assert offers["a.py"].path_tokens == index.files()["a.py"].path_tokens > 0
    assert offers["a.py"].outline_tokens == index.files()["a.py"].outline_tokens > 0
