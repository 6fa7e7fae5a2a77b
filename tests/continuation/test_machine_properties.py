"""Answers cut off anywhere, by authors that go on as they were asked to, and by others."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from continuation.errors import NoProgress, SeamMismatch, TooManyRounds
from continuation.steps import Ask, Failed, Finished
from ndjson import Append, Create, Done, Modify, encode
from tests.continuation.authors import (
    ENCODINGS,
    Attempt,
    going_on,
    left_of,
    merged,
    open_operation,
    rest,
    rest_in_lines,
    targets,
    whole,
)

cuts = st.lists(st.integers(0, 1_000), min_size=1, max_size=5)
encodings = st.sampled_from(ENCODINGS)
THREE_FILES = tuple(
    Create(path=f"f{n}.py", content="".join(f"line {n} {k}\n" for k in range(6))) for n in range(3)
)


def cut_in_rounds(target, encoding, cuts, author=rest, **more):
    """An attempt whose first rounds were cut off."""
    attempt = Attempt(target, encoding, more)
    for cut in cuts:
        if not attempt.ended:
            attempt.write(author, cut)
    return attempt


@settings(max_examples=300)
@pytest.mark.parametrize("author", [rest, rest_in_lines])
@given(target=targets(), encoding=encodings, cuts=cuts)
def test_an_answer_cut_anywhere_any_number_of_times_is_finished_exactly(
    author, target, encoding, cuts
):
    step = cut_in_rounds(target, encoding, cuts, author).finish(author)
    assert isinstance(step, Finished), step.error
    assert merged(step.answer.operations) == target
    # Where a file was cut off at the end of its first line, nothing could be asked for again.
    assert step.proven or all("it goes on here" in one for one in step.warnings)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_answer_is_finished_exactly_wherever_it_is_cut(encoding):
    for cut in range(len(encoding(whole(THREE_FILES)))):
        step = cut_in_rounds(THREE_FILES, encoding, [cut]).finish()
        assert isinstance(step, Finished), (cut, step)
        assert step.answer.operations == THREE_FILES


@given(targets(), encodings, cuts)
def test_rounds_are_asked_for_only_while_there_is_progress(target, encoding, cuts):
    attempt = cut_in_rounds(target, encoding, cuts)
    attempt.finish()
    raised = [one for one in attempt.steps if isinstance(one, Ask) and one.strategy == "escalate"]
    assert len(raised) <= 1
    ceilings = [one["max_tokens"] for one in attempt.requests]
    assert ceilings == sorted(ceilings)
    assert all(
        one != other for one, other in zip(attempt.requests, attempt.requests[1:], strict=False)
    )


def said(request):
    """Who said what, block by block, without cache breakpoints."""
    found = []
    for message in request["messages"]:
        content = message["content"]
        blocks = [{"text": content}] if isinstance(content, str) else content
        found += [(message["role"], one["text"]) for one in blocks]
    return found


def breakpoints(request):
    return [
        (message["role"], number)
        for number, message in enumerate(request["messages"])
        if not isinstance(message["content"], str)
        for block in message["content"]
        if "cache_control" in block
    ]


@given(targets(), encodings, cuts)
def test_the_transcript_only_grows_and_has_one_breakpoint_at_its_end(target, encoding, cuts):
    attempt = cut_in_rounds(target, encoding, cuts, cache=lambda _: "5m")
    attempt.finish()
    for before, after in zip(attempt.requests, attempt.requests[1:], strict=False):
        assert said(after)[: len(said(before))] == said(before)
        assert breakpoints(after) == [("user", len(after["messages"]) - 1)]
        assert all(text.strip() for _, text in said(after))
        roles = [one["role"] for one in after["messages"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]


def repeats_operations(target, answer):
    return [*answer.kept[-2:], *rest(target, answer)]


def repeats_lines(target, answer):
    return rest(target, answer, earlier=2)


def restarts(target, answer):
    return whole(target)


def prefaces(target, answer):
    return f"Sure, here is the rest:\n\n{encode(rest(target, answer))}"


def fences(target, answer):
    return f"```json\n{encode(rest(target, answer))}```\n"


def miscounts(target, answer):
    return [*rest(target, answer)[:-1], Done(operations=len(target) + 3)]


def creates_again(target, answer):
    again = [open_operation(target, answer)] if answer.file else []
    return [*again, *left_of(target, answer), Done()]


@settings(max_examples=60)
@pytest.mark.parametrize(
    "author", [repeats_operations, restarts, prefaces, fences, miscounts, creates_again]
)
@given(target=targets(), encoding=encodings, cuts=cuts)
def test_what_can_be_told_from_the_rest_does_no_harm(author, target, encoding, cuts):
    step = cut_in_rounds(target, encoding, cuts).finish(author)
    assert isinstance(step, Finished), step.error
    assert merged(step.answer.operations) == target


def skips_lines(target, answer):
    return rest(target, answer, earlier=-2)


def goes_on_with_other_files(target, answer):
    found = rest(target, answer)
    return [
        one.model_copy(update={"path": "x.py"}) if one.type == "continue" else one for one in found
    ]


def changes_white_space(target, answer):
    found = rest(target, answer)
    if answer.file is None:
        return found
    return [found[0].model_copy(update={"after": f" {found[0].after}"}), *found[1:]]


def goes_on_with_the_next_character(target, answer):
    """As if its last words had not been cut off; it knows no better than to guess where."""
    text = encode(whole(target))
    return text[len(text) // 2 :]


@settings(max_examples=60)
@pytest.mark.parametrize(
    "author",
    [
        repeats_lines,
        skips_lines,
        goes_on_with_other_files,
        changes_white_space,
        goes_on_with_the_next_character,
    ],
)
@given(target=targets(), encoding=encodings, cuts=cuts)
def test_what_cannot_be_joined_for_certain_is_refused_or_exact(author, target, encoding, cuts):
    step = cut_in_rounds(target, encoding, cuts).finish(author)
    if isinstance(step, Finished):
        lost = {one.path for one in target} - {one.path for one in step.answer.operations}
        found = [one for one in target if one.path not in lost]
        assert merged(step.answer.operations) == tuple(found)
        assert not lost or any("not in the answer" in one for one in step.warnings)
    else:
        assert isinstance(step.error, SeamMismatch | NoProgress | TooManyRounds)


def changed(target):
    """Every file says something else."""
    for one in target:
        if isinstance(one, Create):
            yield one.model_copy(update={"content": f"changed\n{one.content}"})
        elif isinstance(one, Modify):
            edits = tuple(Append(content=f"changed {n}\n") for n, _ in enumerate(one.edits))
            yield one.model_copy(update={"edits": edits})
        else:
            yield one


@given(targets(("create", "modify")), encodings, cuts)
@example(THREE_FILES, encode, [200])
def test_two_versions_of_a_file_are_never_mixed(target, encoding, cuts):
    other = tuple(changed(target))
    attempt = cut_in_rounds(target, encoding, cuts)
    kept = attempt.machine.answer
    step = attempt.finish(lambda _, answer: whole(other))
    if isinstance(step, Finished):
        assert all(one in target or one in other for one in merged(step.answer.operations))
    elif any(isinstance(one, Create) for one in kept.kept):
        assert isinstance(step.error, SeamMismatch)


@given(targets(), encodings, cuts)
def test_a_response_that_comes_back_from_storage_gives_the_same_attempt(target, encoding, cuts):
    from continuation.response import Response

    first = cut_in_rounds(target, encoding, cuts)
    again = Attempt(target, encoding)
    for cut in cuts:
        if not again.ended:
            text = encoding(rest(target, again.machine.answer))
            kept = Response.of(
                {"content": [{"type": "text", "text": text}], "stop_reason": "end_turn"}
            )
            assert Response.from_json(kept.as_json()) == kept
            again.write(rest, cut)
    assert again.machine.answer == first.machine.answer


@given(targets(), encodings, st.integers(0, 400))
def test_what_is_missing_is_named_when_the_rounds_are_used_up(target, encoding, cut):
    attempt = Attempt(target, encoding, {"rounds": 1})
    step = attempt.write(rest, cut)
    if isinstance(step, Failed):
        assert isinstance(step.error, TooManyRounds)
        assert step.error.missing == step.missing
        named = " ".join(step.missing)
        done = {one.path for one in step.answer.operations}
        assert all(one.path in done or one.path in named for one in target)


def test_going_on_in_the_right_place_is_what_the_request_asks_for():
    attempt = cut_in_rounds(THREE_FILES, encode, [encode(whole(THREE_FILES)).index("1 3")])
    asked = said(attempt.requests[-1])[-1][1]
    wanted = going_on(THREE_FILES, attempt.machine.answer)
    opening = encode([wanted.model_copy(update={"content": "..."})]).strip()
    assert opening in asked
