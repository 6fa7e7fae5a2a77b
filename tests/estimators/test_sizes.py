from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.observed import ACTIONS, FORMATS
from estimators.phase_description import PhaseDescription
from estimators.prior import Prior
from estimators.sizes import (
    CHANGE_NOTE_TOKENS,
    LARGEST_LOG_TOKENS,
    LARGEST_TITLE_SHIFT,
    LEAST_REWRITTEN_SHARE,
    SizeModel,
    least_tokens,
    shares,
)
from estimators.unexplained import FILES_IN_A_FOLDER, PROSE_TOKENS

SHIPPED = {name: Prior.shipped().formats[name].sizes for name in FORMATS}


def share(one, output_format="ndjson", model=None, title="", by_model=0.0):
    phase = PhaseDescription((one,), title, output_format=output_format)
    [found] = shares(phase, model or SHIPPED[output_format], by_model)
    return found


def test_the_logarithm_is_a_weighted_sum_and_unknown_features_have_no_effect():
    model = SizeModel({"a": 2.0, "b": -0.5}, {}, {"unknown": 0.0})
    assert model.tokens({"a": 1.0, "b": 2.0, "c": 9.0}) == pytest.approx(math.e)


@pytest.mark.parametrize(("weight", "tokens"), [(-50, 1.0), (50, math.exp(LARGEST_LOG_TOKENS))])
def test_a_file_takes_at_least_one_token_and_never_runs_away(weight, tokens):
    assert SizeModel({"a": weight}, {}, {"unknown": 0.0}).tokens({"a": 1.0}) == tokens


def test_an_unknown_size_is_the_typical_one_of_the_kind():
    model = SizeModel({}, {}, {"unknown": 5.0, "test": 7.0})
    assert model.log_existing(Deliverable("tests/test_a.py", "modify")) == 7.0
    assert model.log_existing(Deliverable("src/a.py", "modify")) == 5.0
    assert model.log_existing(Deliverable("src/a.py", "modify", 0)) == 0.0


def test_a_modify_of_unknown_size_lies_among_those_of_known_size():
    unknown = share(Deliverable("src/a.py", "modify"))
    known = [share(Deliverable("src/a.py", "modify", size)).tokens for size in (20, 5_000)]
    assert min(known) < unknown.tokens < max(known)
    assert "size not known" in unknown.reason


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("path", ["src/a.py", "tests/test_a.py", "docs/a.md", "a.toml"])
def test_an_unknown_action_lies_between_create_and_modify(path, output_format):
    found = share(Deliverable(path), output_format)
    ends = [share(Deliverable(path, one), output_format).tokens for one in ("create", "modify")]
    assert min(ends) <= found.tokens <= max(ends)
    assert found.reason.startswith("create or modify")


def test_the_reason_says_what_was_known():
    found = share(Deliverable("tests/test_a.py", "modify", 1_234, counts=(("tests", 15),)))
    assert found.reason == "modify, test, python, 1,234 tokens now, 15 tests"
    assert share(Deliverable("data/blob", "create", 0)).reason == "create"


def test_counts_draw_a_new_file_towards_what_they_imply():
    def tokens(*counts, action="create"):
        return share(Deliverable("tests/test_a.py", action, 0, counts=counts)).tokens

    assert tokens(("tests", 1)) < tokens() < tokens(("tests", 200))
    assert tokens(("bananas", 200)) == tokens()
    assert tokens(("tests", 200), action="modify") == tokens(action="modify")


def test_prose_is_one_change_of_usual_size_and_wide():
    found = share(Deliverable(None, text="make it faster"))
    assert (found.tokens, found.least) == (PROSE_TOKENS, 0)
    assert found.spread > 0
    assert found.reason.startswith("no path")


def test_a_folder_is_several_files_and_wide():
    one, many = (share(Deliverable("src/", "modify", many=many)) for many in (False, True))
    assert many.tokens == pytest.approx(FILES_IN_A_FOLDER * one.tokens)
    assert (one.spread == 0, many.spread > 0) == (True, True)
    assert "unknown number" in many.reason


def test_a_note_on_a_change_is_short():
    found = share(Deliverable(".changeset/brave-cats.md", "create", 0))
    assert found.tokens == CHANGE_NOTE_TOKENS
    assert "note on one change" in found.reason


@pytest.mark.parametrize("size", [50, 5_000, 100_000])
def test_a_file_written_whole_takes_about_its_size(size):
    for one in (Deliverable("a.py", "modify", size), Deliverable("a.py", "rename", size, "b.py")):
        found = share(one, "whole_file")
        assert found.least == LEAST_REWRITTEN_SHARE * size
        assert size / 2 <= found.tokens <= 2 * size


@pytest.mark.parametrize("size", [0, 3])
def test_a_small_file_written_whole_has_no_floor_of_another_format(size):
    assert least_tokens(Deliverable("VERSION", "modify", size), "whole_file") <= size
    assert least_tokens(Deliverable("VERSION", "create", 0), "whole_file") == 0


@pytest.mark.parametrize("size", [400, 50_000])
def test_a_deletion_takes_a_line_and_in_a_diff_the_whole_file(size):
    deleted = Deliverable("src/a.py", "delete", size)
    assert 8 <= share(deleted, "ndjson").tokens < 100
    assert share(deleted, "diff").least == size
    assert share(deleted, "whole_file").tokens < 100


DELIVERABLES = st.builds(
    Deliverable,
    path=st.none() | st.sampled_from(["src/a.py", "tests/test_a.py", "docs/a.md", "x/"]),
    action=st.none() | st.sampled_from(ACTIONS),
    existing_tokens=st.none() | st.integers(0, 10**7),
    many=st.booleans(),
)


@given(DELIVERABLES, st.sampled_from(FORMATS))
def test_no_share_is_below_its_floor(one, output_format):
    found = share(one, output_format)
    assert 0 <= found.least <= found.tokens
    assert found.tokens >= 1


def test_a_longer_file_is_not_shorter_to_write_whole():
    tokens = [
        share(Deliverable("src/a.py", "modify", size), "whole_file").tokens
        for size in (10, 100, 1_000, 10_000, 100_000)
    ]
    assert all(a < b for a, b in pairwise(tokens))


def test_the_model_survives_its_json():
    for model in SHIPPED.values():
        assert SizeModel.from_json(model.as_json()) == model


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ({"weights": {}, "terms": {}}, KeyError, "typical_sizes"),
        ({"weights": {}, "terms": {}, "typical_sizes": {"code": 1}}, ValueError, "unknown kinds"),
        (
            {"weights": {"a": math.nan}, "terms": {}, "typical_sizes": {"unknown": 1}},
            ValueError,
            "weights.a: expected a finite number, found nan",
        ),
        (
            {"weights": {}, "terms": {}, "typical_sizes": {"unknown": math.inf}},
            ValueError,
            "typical_sizes.unknown: expected a finite number, found inf",
        ),
        ({"weights": {"a": "much"}}, ValueError, "much"),
        ({"weights": {}, "terms": {"word a": math.inf}}, ValueError, "terms.word a: expected"),
    ],
)
def test_damaged_weights_are_refused(data, error, message):
    with pytest.raises(error, match=message):
        SizeModel.from_json(data)


@pytest.mark.parametrize("output_format", FORMATS)
@pytest.mark.parametrize("path", ["src/a.py", "tests/test_a.py", "docs/a.md"])
def test_a_model_writes_larger_new_files_than_people_do(path, output_format):
    new = Deliverable(path, "create", 0)
    by_people, by_model = (
        share(new, output_format, by_model=chance).tokens for chance in (0.0, 1.0)
    )
    assert by_model > 1.5 * by_people


def test_a_title_moves_every_file_alike_and_within_bounds():
    model = SizeModel({"1": 5.0}, {"word tidy": -0.5, "word huge": 9.0}, {"unknown": 5.0})
    new = Deliverable("src/a.py", "create", 0)
    plain, tidy, huge = (share(new, model=model, title=one).tokens for one in ("x", "tidy", "huge"))
    assert tidy == pytest.approx(plain * math.exp(-0.5))
    assert huge == pytest.approx(plain * math.exp(LARGEST_TITLE_SHIFT))
