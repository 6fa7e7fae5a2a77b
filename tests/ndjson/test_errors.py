from __future__ import annotations

import pickle

import pytest

from ndjson import errors

ERRORS = [
    errors.InvalidOperation("path: Field required"),
    errors.LimitExceeded("depth", 65, 64),
    errors.UnsafePath("../a", "no '..'"),
    errors.AnchorNotFound("a.py", "x", "y"),
    errors.AmbiguousMatch("a.py", "x", [1, 2]),
    errors.Conflict("a.py", "it changed"),
    errors.JournalDamaged("journal", "it is cut"),
    errors.WorkspaceBusy("root", 1.5),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_is_an_ndjson_error_and_survives_another_process(error):
    assert isinstance(error, errors.NdjsonError)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), vars(copy)) == (str(error), vars(error))


def test_messages_name_what_they_are_about():
    assert str(ERRORS[1]) == "the limit of depth is 64, reached 65"
    assert "occurs 2 times, on lines 1, 2" in str(ERRORS[4])


def test_long_texts_are_shortened():
    assert len(str(errors.AnchorNotFound("a", "x" * 1000))) < 200
