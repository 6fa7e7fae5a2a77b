from __future__ import annotations

import pickle

import pytest

from estimators import errors
from estimators.errors import (
    DeliverableError,
    EstimatorError,
    HistoryError,
    ModelDataError,
    RepositoryError,
    UnknownEffortError,
    UnknownFormatError,
)

EXAMPLES = [
    (EstimatorError("something"), "something"),
    (DeliverableError("../a", "leaves the workspace"), "leaves the workspace: '../a'"),
    (HistoryError("h.jsonl", "line 3: no JSON"), "h.jsonl: line 3: no JSON"),
    (RepositoryError("src", "no git repository"), "src: no git repository"),
    (ModelDataError("p.json", "version", "expected 1"), "p.json: version: expected 1"),
    (ModelDataError("p.json", "", "expected JSON"), "p.json: expected JSON"),
    (UnknownEffortError("x", ["low"]), "unknown effort 'x': expected one of low"),
    (
        UnknownFormatError("html", ["ndjson", "diff"]),
        "unknown output format 'html': expected one of ndjson, diff",
    ),
]


@pytest.mark.parametrize(("error", "text"), EXAMPLES)
def test_the_message_names_the_place_and_what_was_expected(error, text):
    assert str(error) == text


@pytest.mark.parametrize(("error", "text"), EXAMPLES)
def test_an_error_crosses_the_border_of_a_process(error, text):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), text, vars(error))


def test_every_error_is_drawn_under_the_root_and_has_an_example():
    drawn = {
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)
    }
    assert all(issubclass(one, EstimatorError) for one in drawn)
    assert drawn == {type(error) for error, _ in EXAMPLES}


def test_an_unknown_effort_is_also_a_wrong_value():
    assert issubclass(UnknownEffortError, ValueError)
    assert UnknownEffortError("x", ["low"]).known == ("low",)


def test_an_unknown_format_is_also_a_wrong_value():
    assert issubclass(UnknownFormatError, ValueError)
    assert UnknownFormatError("html", ["diff"]).known == ("diff",)
