from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.features import SIZE_KNOTS, file_features, is_change_note, phase_context

ALONE = phase_context([Deliverable("src/a.py", "create", 0)], "Add a module")


def features(path, action="create", existing=0, phase=ALONE):
    return file_features(path, action, math.log1p(existing), phase)


def test_a_phase_is_its_counts_its_largest_file_and_its_title():
    phase = phase_context(
        [
            Deliverable("a.py", "modify", 900),
            Deliverable("b.py", "modify", 100),
            Deliverable("c.py", "create", 0),
            Deliverable("d.py"),
        ],
        "fixes the parser\nand adds another",
    )
    assert phase.log_files == math.log(4)
    assert phase.log_count == {"modify": math.log(2), "create": math.log(2)}
    assert phase.log_largest == math.log1p(900)
    assert phase.log_title == math.log1p(len("fixes the parser"))
    assert phase.verbs == ("fix",)


def test_a_phase_of_nothing_has_a_context():
    phase = phase_context([], "  ")
    assert (phase.log_files, phase.log_largest, phase.log_title) == (0, 0, 0)
    assert (phase.log_count, phase.verbs) == ({}, ())


def test_a_title_counts_up_to_160_characters():
    long = phase_context([], "x" * 160 + " fix " + "y" * 1000)
    assert long == phase_context([], "x" * 160)


@pytest.mark.parametrize("title", ["Fixes it", "FIXED it", "bugfix", "fixing"])
def test_forms_of_a_verb_are_one_verb(title):
    assert phase_context([], title).verbs == ("fix",)


def test_every_property_belongs_to_its_action():
    created, modified = features("src/a.py"), features("src/a.py", "modify", 500)
    assert set(created) & set(modified) == {"1"}
    assert all(name in {"1", "create"} or name.startswith("create,") for name in created)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/a.py", "create,kind=code,language=python"),
        ("tests/test_a.py", "create,role=named as test"),
        ("tests/data/sample.json", "create,role=fixture folder"),
        ("src/pkg/__init__.py", "create,stem=__init__"),
        ("src/_version.py", "create,stem=version"),
        ("docs/0001.md", "create,stem=number"),
        (".github/workflows/ci.yml", "create,role=ci"),
        ("README.md", "create,role=root"),
        ("docs/FINAL_REPORT.md", "create,role=capitals"),
    ],
)
def test_a_path_tells_what_it_is(path, name):
    assert features(path)[name] == 1.0


def test_a_new_file_has_no_size_and_a_changed_one_has():
    assert not any(",size" in name for name in features("a.py", "create", 500))
    sized = features("a.py", "modify", 500)
    assert sized["modify,size"] == pytest.approx(math.log1p(500) - 7)


def test_the_slope_may_change_at_every_knot_and_the_curve_never_jumps():
    for number, knot in enumerate(SIZE_KNOTS):
        name = f"modify,size over knot {number}"
        assert name not in features("a.py", "modify", knot - 2)
        assert features("a.py", "modify", knot + 1)[name] < 0.06


def test_the_largest_neighbour_says_something_of_a_new_file():
    beside = phase_context(
        [Deliverable("a.py", "modify", 5_000), Deliverable("b.py", "create")], ""
    )
    assert features("b.py", phase=beside)["create,largest"] == pytest.approx(math.log1p(5_000) - 7)
    assert "create,largest" not in features("b.py")


@pytest.mark.parametrize(
    ("path", "is_note"),
    [
        (".changeset/brave-cats.md", True),
        ("packages/a/.changes/x.md", True),
        ("newsfragments/12.rst", True),
        (".changeset/config.json", False),
        ("docs/changes.md", False),
    ],
)
def test_a_note_on_a_change_is_known_by_its_folder(path, is_note):
    assert is_change_note(path) is is_note


PATHS = st.text(st.characters(exclude_characters="\0"), max_size=60)


@given(
    PATHS,
    st.sampled_from(["create", "modify", "delete", "rename"]),
    st.integers(0, 10**8),
    st.text(max_size=200),
)
def test_any_path_and_title_give_finite_numbers(path, action, existing, title):
    phase = phase_context([Deliverable(path, action, existing)], title)
    found = features(path, action, existing, phase)
    assert all(map(math.isfinite, found.values()))
    assert found == features(path, action, existing, phase)


def test_who_writes_is_weighed_by_its_chance():
    files = [Deliverable("src/a.py", "create", 0)]
    sure, half, none = (phase_context(files, "", by_model=chance) for chance in (1.0, 0.5, 0.0))
    read = [features("src/a.py", "create", 0, one) for one in (sure, half, none)]
    told = [{name: one[name] for name in one if ",model," in name} for one in read]
    assert told[0]["create,model,1"] == 1.0
    assert told[1] == {name: value / 2 for name, value in told[0].items()}
    assert told[2] == {}
