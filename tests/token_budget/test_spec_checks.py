from __future__ import annotations

from token_budget.spec_checks import problems_between, unknown_keys


def test_unknown_parts_of_a_deliverable_are_warned_of_with_the_nearest_name():
    phase = {
        "phase_id": "x",
        "deliverables": [{"path": "a.py", "acton": "create"}],
        "scope": {"deliverables": {"code": [{"path": "b.py", "size": 3}]}},
    }
    assert list(unknown_keys({"phases": [phase]})) == [
        ("phases[0].scope.deliverables.code[0].size", "unknown key, ignored"),
        (
            "phases[0].deliverables[0].acton",
            "unknown key, ignored; did you mean 'action'?",
        ),
    ]


def test_what_is_no_mapping_is_passed_over():
    assert list(unknown_keys({"phases": ["x", {"scope": 3}]})) == []
    assert list(problems_between("f", ["x", 3, None])) == []


def test_a_long_chain_of_dependencies_is_no_circle():
    phases = [{"phase_id": f"p{n}", "dependencies": [f"p{n - 1}"] * (n > 0)} for n in range(5_000)]
    assert list(problems_between("f", phases)) == []
