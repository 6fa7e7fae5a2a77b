from __future__ import annotations

import pytest

from token_budget.context.embeddings.openai_compatible import OpenAICompatible
from token_budget.errors import ConfigError

URL = "http://localhost:11434/v1"


def test_what_is_sent():
    api = OpenAICompatible(f"{URL}/", "m", 8, query_prefix="q: ", document_prefix="d: ")
    assert api.url == f"{URL}/embeddings"
    assert api.body(["a", "b"], "query") == {
        "model": "m", "input": ["q: a", "q: b"], "encoding_format": "float"
    }  # fmt: skip
    assert api.body(["a"], "document")["input"] == ["d: a"]
    assert api.headers == {}


def test_a_shortened_model_is_asked_for_its_dimension():
    assert OpenAICompatible(URL, "m", 8, shortened=True).body(["a"], "query")["dimensions"] == 8


def test_a_key_is_sent_and_never_shown():
    api = OpenAICompatible(URL, "m", 8, api_key="secret")
    assert api.headers == {"Authorization": "Bearer secret"}
    assert "secret" not in repr(api)


def test_builds_and_settings_that_change_vectors_have_revisions_of_their_own():
    made = [
        OpenAICompatible(URL, "m", 8),
        OpenAICompatible(URL, "m", 8, build="q4"),
        OpenAICompatible(URL, "m", 8, query_prefix="x"),
        OpenAICompatible(URL, "m", 8, document_prefix="x"),
        OpenAICompatible(URL, "m", 8, shortened=True),
    ]
    assert len({one.revision for one in made}) == len(made)
    same = OpenAICompatible("http://other/v1", "m", 8, timeout_seconds=1, maximum_batch=1)
    assert (same.name, same.revision) == (made[0].name, made[0].revision)


@pytest.mark.parametrize(
    "settings",
    [{"dimension": 0}, {"maximum_batch": 0}, {"timeout_seconds": 0}, {"base_url": "h"}],
)
def test_settings_that_cannot_work_are_refused(settings):
    with pytest.raises(ConfigError, match=next(iter(settings))):
        OpenAICompatible(**{"base_url": URL, "model": "m", "dimension": 8, **settings})
