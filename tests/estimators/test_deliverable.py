from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from estimators.deliverable import Deliverable


def test_what_is_not_said_is_unknown_rather_than_zero():
    deliverable = Deliverable("src/a.py")
    assert deliverable.action is None
    assert deliverable.existing_tokens is None
    assert deliverable.new_path is None
    assert deliverable.counts == ()
    assert not deliverable.many


def test_fields_are_those_of_the_contract_in_its_order():
    assert [field.name for field in fields(Deliverable)] == [
        "path",
        "action",
        "existing_tokens",
        "new_path",
        "note",
        "counts",
        "many",
        "text",
    ]


def test_it_is_a_value():
    assert Deliverable("a.py", counts=(("tests", 3),)) == Deliverable(
        "a.py", counts=(("tests", 3),)
    )
    assert len({Deliverable("a.py"), Deliverable("a.py")}) == 1
    with pytest.raises(FrozenInstanceError):
        Deliverable("a.py").path = "b.py"  # type: ignore[misc]
