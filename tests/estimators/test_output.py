from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.distribution import LEVELS
from estimators.errors import UnknownFormatError
from estimators.estimate import PHASE_SCALE
from estimators.observed import ACTIONS, FORMATS
from estimators.output import OutputEstimator
from estimators.placement import LARGEST_SHIFT
from estimators.sizes import least_tokens

ROOT = Path(__file__).resolve().parents[2]
ESTIMATOR = OutputEstimator.pretrained()

MODIFIED = Deliverable("src/a.py", "modify", 2_000)
CREATED = Deliverable("src/b.py", "create", 0)
TEST = Deliverable("tests/test_b.py", "create", 0)

PATHS = st.sampled_from(
    ["src/a.py", "web/app.test.tsx", "docs/a.md", "LICENSE", ".github/ci.yml", "db/migrate/1.sql"]
) | st.text(min_size=1, max_size=30)
DELIVERABLES = st.builds(
    Deliverable,
    path=st.none() | PATHS,
    action=st.none() | st.sampled_from(ACTIONS),
    existing_tokens=st.none() | st.integers(0, 10**6),
    counts=st.lists(st.tuples(st.sampled_from(["tests", "routes", "x"]), st.integers(0, 500)))
    .map(tuple),
    many=st.booleans(),
)  # fmt: skip
PHASES = st.lists(DELIVERABLES, max_size=15)
WORDS = st.none() | st.sampled_from(["low", "high", "backend", "docs"]) | st.text(max_size=10)


def predicted(*deliverables, **options):
    return ESTIMATOR.predict(deliverables, **options)


def spread(estimate):
    return estimate.quantile(0.9) / estimate.median


@given(PHASES, st.sampled_from(FORMATS), WORDS, WORDS, st.text(max_size=40))
def test_quantiles_never_cross_nor_fall_below_what_the_deliverables_imply(
    deliverables, output_format, category, complexity, description
):
    estimate = predicted(
        *deliverables,
        output_format=output_format,
        category=category,
        complexity=complexity,
        description=description,
    )
    quantiles = [estimate.quantile(level) for level in LEVELS]
    assert all(a <= b * (1 + 1e-12) for a, b in pairwise(quantiles))
    named = [one for one in deliverables if one.path is not None]
    floor = sum(least_tokens(one, output_format) for one in named)
    assert quantiles[0] >= floor * (1 - 1e-12)
    assert quantiles[0] > 0


@given(PHASES, st.sampled_from(FORMATS), WORDS, WORDS)
def test_contributions_are_one_a_deliverable_and_the_scale_and_add_up_to_the_median(
    deliverables, output_format, category, complexity
):
    estimate = predicted(
        *deliverables, output_format=output_format, category=category, complexity=complexity
    )
    *own, scale = estimate.contributions
    assert [one.deliverable for one in own] == deliverables
    assert scale.deliverable is None
    assert scale.reason.startswith(PHASE_SCALE)
    assert all(one.tokens > 0 and one.reason for one in own)
    total = sum(one.tokens for one in estimate.contributions)
    assert total == pytest.approx(estimate.median, rel=1e-6)


@pytest.mark.parametrize("output_format", FORMATS)
def test_an_unknown_action_lies_between_create_and_modify(output_format):
    for path in ("src/a.py", "tests/test_a.py", "docs/a.md", "a.toml"):
        unknown, *ends = (
            predicted(Deliverable(path, action), output_format=output_format).median
            for action in (None, "create", "modify")
        )
        refined = math.exp(LARGEST_SHIFT)
        assert min(ends) / refined <= unknown <= max(ends) * refined


def test_a_modify_of_unknown_size_says_so():
    estimate = predicted(replace(MODIFIED, existing_tokens=None))
    sizes = [predicted(replace(MODIFIED, existing_tokens=n)).median for n in (20, 5_000)]
    assert min(sizes) < estimate.median < max(sizes)
    assert "size not known" in estimate.contributions[0].reason


def test_more_deliverables_are_more_tokens():
    one, two = predicted(CREATED), predicted(CREATED, TEST)
    assert one.median < two.median
    assert one.quantile(0.9) < two.quantile(0.9)


@pytest.mark.parametrize(
    "vague", [replace(MODIFIED, path="src/", many=True), Deliverable(None, text="make it faster")]
)
def test_what_names_no_file_is_wider_and_says_so(vague):
    estimate, plain = predicted(vague), predicted(MODIFIED)
    assert spread(estimate) > 1.1 * spread(plain)
    assert estimate.reasons == ("1 of 1 deliverables name no file: the estimate is wider for it",)
    assert plain.reasons == ()


def test_a_vague_deliverable_widens_by_its_share_of_the_phase():
    vague = Deliverable(None, text="make it faster")
    alone, beside = predicted(vague), predicted(vague, *[CREATED] * 20)
    assert spread(alone) > spread(beside)
    assert "1 of 21 deliverables" in beside.reasons[0]


def test_counts_move_a_create():
    def median(*counts):
        return predicted(replace(TEST, counts=counts)).median

    assert median(("tests", 1)) < median() < median(("tests", 100))


def test_complexity_and_category_move_the_estimate_and_say_so():
    low, plain, high = (predicted(CREATED, complexity=word) for word in ("low", "medium", "high"))
    assert low.median < plain.median < high.median
    assert any("complexity high" in reason for reason in high.reasons)
    assert predicted(CREATED, category="backend").median > plain.median


def test_unknown_words_are_reported_and_change_nothing():
    estimate = predicted(CREATED, category="sorcery", complexity="fiendish")
    assert estimate.distribution == predicted(CREATED, by_model=1.0).distribution
    assert [word for word in ("sorcery", "fiendish") if word in " ".join(estimate.reasons)] == [
        "sorcery",
        "fiendish",
    ]


def test_a_phase_without_deliverables_is_wide_and_says_so():
    bare = predicted(description="Make it faster")
    assert spread(bare) > spread(predicted(CREATED, TEST))
    assert spread(bare) > 4
    assert "no usable deliverable" in bare.reasons[0]
    assert bare.calibration == "none: a prior without data"
    assert predicted(complexity="high").median > bare.median


def test_no_description_is_taken_for_one_of_usual_length():
    bare, *described = (
        predicted(CREATED, description=text).median for text in ("", "x" * 20, "x" * 100)
    )
    assert described[0] < bare < described[1]


def test_the_calibration_says_what_it_stands_on():
    assert predicted(CREATED).calibration.startswith("conformal, ")
    assert "(1 file, some created)" in predicted(CREATED).calibration


def test_an_unknown_format_is_named_with_those_that_are_known():
    with pytest.raises(UnknownFormatError, match=r"'html': expected one of .*ndjson") as caught:
        predicted(CREATED, output_format="html")
    assert (caught.value.value, set(caught.value.known)) == ("html", set(FORMATS))


def test_a_format_is_passed_on_and_matters():
    medians = {name: predicted(MODIFIED, output_format=name).median for name in FORMATS}
    assert medians["whole_file"] > 2 * medians["ndjson"]
    assert predicted(MODIFIED, output_format="diff").output_format == "diff"


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_phase_of_two_thousand_deliverables_is_the_refined_sum_of_its_files(output_format):
    files = [
        Deliverable(f"src/m{number}.py", ACTIONS[number % 4], number) for number in range(2_000)
    ]
    estimate = predicted(*files, output_format=output_format)
    assert len(estimate.contributions) == 2_001
    own = sum(one.tokens for one in estimate.contributions[:-1])
    assert abs(math.log(estimate.median / own)) <= LARGEST_SHIFT + 1e-6


PREDICTION = """
import json
from estimators.deliverable import Deliverable
from estimators.output import OutputEstimator
files = [Deliverable("src/a.py"), Deliverable("tests/fixtures/test_b.py", "modify", 70),
         Deliverable("docs/example/README.md", "create", 0, counts=(("tests", 3),))]
made = OutputEstimator.pretrained().predict(files, description="Fix, add and move the tests")
print(json.dumps([made.distribution.values, [c.tokens for c in made.contributions]]))
"""


def test_a_prediction_does_not_depend_on_the_seed_of_hashes():
    printed = {
        subprocess.run(
            [sys.executable, "-c", PREDICTION],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(printed) == 1
    assert json.loads(printed.pop())[0][0] > 0


@given(st.lists(DELIVERABLES, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_a_prediction_does_not_depend_on_the_order_of_deliverables(deliverables, chance):
    mixed = list(deliverables)
    chance.shuffle(mixed)
    one, other = predicted(*deliverables), predicted(*mixed)
    assert one.distribution.values == pytest.approx(other.distribution.values, rel=1e-9)


def test_a_description_moves_a_phase_without_deliverables():
    typo, layer = (
        ESTIMATOR.predict((), description=text) for text in ("Fix a typo", "Implement it")
    )
    assert typo.median < layer.median
    assert "its description" in typo.reasons[0]
