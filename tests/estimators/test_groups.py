from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.groups import file_groups, phase_groups
from estimators.phase_description import PhaseDescription


def test_groups_of_a_file_go_from_general_to_special():
    keys = [group.key for group in file_groups(Deliverable("src/a2.py", "rename", 5, "lib/a3.py"))]
    assert keys[0] == "files"
    assert keys[-1] == "path modify lib/a3.py"
    assert "name modify a0.py" in keys
    assert len(set(keys)) == len(keys)


def test_what_a_spec_says_beyond_its_files_has_chains_of_its_own():
    deliverables = (Deliverable("a.py", "create"),)
    [bare] = phase_groups(PhaseDescription(deliverables, "Fix it (#12)"))
    named = phase_groups(PhaseDescription(deliverables, "Fix it (#12)", "Web ", "HIGH", 5))
    assert [[group.key for group in chain] for chain in named[1:]] == [
        ["category web"],
        ["complexity high"],
        ["acceptance criteria 4 to 7"],
    ]
    assert named[0] == bare
    assert {"title fix it", "verb fix"} < {group.key for group in bare}


@given(st.text(), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_has_groups(title, paths):
    deliverables = tuple(Deliverable(path, None) for path in paths)
    assert phase_groups(PhaseDescription(deliverables, title))
    assert all(file_groups(one) for one in deliverables)


@pytest.mark.parametrize(
    ("number", "key"),
    [(1, "1 to 3"), (3, "1 to 3"), (4, "4 to 7"), (8, "8 or more"), (900, "8 or more")],
)
def test_acceptance_criteria_are_grouped_in_a_few_steps(number, key):
    [_, [group]] = phase_groups(PhaseDescription((), "", acceptance_criteria=number))
    assert group.key == f"acceptance criteria {key}"
