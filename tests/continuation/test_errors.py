from __future__ import annotations

import pickle

import pytest

from continuation.errors import (
    SHOWN_CHARACTERS,
    SHOWN_MISSING,
    ContinuationError,
    NoProgress,
    Refused,
    SeamMismatch,
    TooManyRounds,
    UnknownStopReason,
    shown,
)

ERRORS = {
    "nothing came; still missing: a.py, b.py": NoProgress("nothing came", ("a.py", "b.py")),
    "nothing came": NoProgress("nothing came"),
    "the answer is not whole after 8 rounds; still missing: a.py": TooManyRounds(8, ("a.py",)),
    "a.py: expected 'x', found 'y'": SeamMismatch("a.py", "'x'", "'y'"),
    "the answer ended with the unknown stop reason 'nap'": UnknownStopReason("nap"),
    "the answer ended without a stop reason": UnknownStopReason(None),
    "the model refused: no weapons": Refused("no weapons"),
    "the model refused": Refused(),
}


@pytest.mark.parametrize("message", ERRORS)
def test_an_error_says_in_one_line_what_it_is_about(message):
    assert str(ERRORS[message]) == message


@pytest.mark.parametrize("error", ERRORS.values(), ids=lambda error: type(error).__name__)
def test_every_error_is_a_continuation_error_and_survives_another_process(error):
    assert isinstance(error, ContinuationError)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), vars(copy)) == (str(error), vars(error))


def test_a_long_list_of_what_is_missing_is_shortened():
    missing = tuple(f"file-{number}.py" for number in range(SHOWN_MISSING + 1_234))
    assert str(NoProgress("x", missing)).endswith("file-9.py and 1,234 more")


def test_a_long_text_is_shortened():
    assert shown("a" * SHOWN_CHARACTERS) == f"'{'a' * SHOWN_CHARACTERS}'"
    assert shown("a" * 1_000).endswith("a'…")
    assert len(shown("a" * 1_000)) < SHOWN_CHARACTERS + 10
