from __future__ import annotations

import pytest

from estimators.deliverable import Deliverable
from ndjson import instructions
from token_budget import BudgetPolicy, Phase
from token_budget.errors import ForeignPackage
from token_budget.prompt import fixed_prompt

PHASE = Phase(
    phase_id="one",
    display_name="Address book",
    goal="A small office",
    description="Keep the addresses of our customers.",
    deliverables=["src/book.py (new)", "tests/test_book.py: 15 tests"],
    scope={"protected_paths": ["src/secret.py"]},
    acceptance_criteria=["all tests pass"],
)


def test_the_prompt_says_all_that_the_phase_does_in_a_fixed_order():
    parts = fixed_prompt(PHASE, "ndjson").text.split("\n\n")[-6:]
    assert parts == [
        "Goal of the run: A small office",
        "Phase: Address book",
        "Keep the addresses of our customers.",
        "Deliverables:\n- src/book.py (new)\n- tests/test_book.py: 15 tests",
        "Do not change:\n- src/secret.py",
        "Done when:\n- all tests pass",
    ]


def test_the_instructions_of_our_format_come_first():
    prompt = fixed_prompt(PHASE, "ndjson")
    assert prompt.instructions == instructions()
    assert prompt.text == f"{prompt.instructions}\n\n{prompt.task}"


def test_the_instructions_leave_out_what_the_deliverables_cannot_need():
    created = [Deliverable("src/book.py", "create")]
    prompt = fixed_prompt(PHASE, "ndjson", created).text
    assert prompt.startswith(f"{instructions(created)}\n\nGoal of the run")
    assert "rename" not in prompt


def test_a_plan_counts_the_instructions_that_its_deliverables_need(tmp_path):
    (tmp_path / "old.py").write_text("x = 1\n", encoding="utf-8")
    policy = BudgetPolicy(tmp_path, model="claude-opus-5-5")
    changed, created = (
        policy.plan(Phase(phase_id="one", deliverables=[path])) for path in ("old.py", "new.py")
    )
    assert [one.action for one in changed.deliverables] == ["modify"]
    assert created.prompt_tokens < changed.prompt_tokens - 100


@pytest.mark.parametrize("output_format", ["whole_file", "diff"])
def test_other_formats_bring_their_own_instructions(output_format):
    prompt = fixed_prompt(PHASE, output_format)
    assert prompt.instructions == ""
    assert prompt.text.startswith("Goal of the run")


def test_what_a_phase_does_not_say_leaves_no_heading():
    assert fixed_prompt(Phase(phase_id="one"), "diff").text == "Phase: one"


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"path": "a.py"}, "- a.py"),
        ({"path": "a.py", "action": "delete"}, "- delete a.py"),
        ({"path": "a.py", "action": "create", "note": "with f"}, "- create a.py: with f"),
        ({"path": "a.py", "to": "b.py"}, "- rename a.py -> b.py"),
    ],
)
def test_a_deliverable_given_by_its_parts_is_written_out(parts, line):
    phase = Phase(phase_id="one", deliverables=[parts])
    assert fixed_prompt(phase, "diff").text.endswith(f"Deliverables:\n{line}")


def test_the_prompts_of_two_phases_begin_alike():
    other = PHASE.model_copy(update={"phase_id": "two", "display_name": "Another"})
    one, two = (fixed_prompt(phase, "ndjson").text for phase in (PHASE, other))
    shared = f"{instructions()}\n\nGoal of the run: A small office\n\nPhase: A"
    assert one.startswith(shared)
    assert two.startswith(shared)


def test_a_foreign_package_of_the_name_is_not_asked_for_instructions(monkeypatch):
    monkeypatch.setattr("ndjson.DISTRIBUTION", "somebody-else")
    with pytest.raises(ForeignPackage, match="pip uninstall ndjson"):
        fixed_prompt(PHASE, "ndjson")
