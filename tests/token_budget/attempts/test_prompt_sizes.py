from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from token_budget.attempts.prompt_sizes import WRAPPER_TOKENS, PromptSizes
from token_budget.attempts.requests import texts


def request(text):
    return {"messages": [{"role": "user", "content": text}]}


SIZES = PromptSizes(upper=lambda text: 2 * len(text), count=len)


def test_the_tables_decide_until_the_api_has_said_something():
    said = len(texts(request("12345")))
    assert SIZES.tokens(request("12345")) == 2 * said + WRAPPER_TOKENS


@given(
    text=st.text(min_size=1, max_size=200),
    later=st.text(max_size=200),
    rate=st.floats(0.5, 3.0),
)
def test_what_the_api_said_is_a_lower_bound_for_longer_prompts(text, later, rate):
    known = SIZES.reported(request(text), max(round(rate * len(text)), 1))
    told = known.rate * len(texts(request(text + later)))
    assert known.tokens(request(text + later)) >= told


def test_a_report_without_tokens_teaches_nothing():
    assert SIZES.reported(request("123"), 0) is SIZES
    assert SIZES.reported({"messages": []}, 9) is SIZES
