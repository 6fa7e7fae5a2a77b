from __future__ import annotations

import pytest

from continuation.errors import (
    NoProgress,
    Refused,
    SeamMismatch,
    TooManyRounds,
    UnknownStopReason,
)
from continuation.machine import Continuation
from continuation.outcomes import Outcome
from continuation.response import Response
from continuation.steps import Ask, Failed, Finished, RunTools
from ndjson import Append, Continue, Create, Delete, Done, LimitExceeded, Meta, Modify, encode
from tests.continuation.authors import FakeModel, request_of, text_response

A = Create(path="a.py", content="first line of a\nsecond line of a\nthird line of a\n")
B = Create(path="b.py", content="first line of b\nsecond line of b\n")
M = Modify(path="m.py", edits=(Append(content="the end\n"),))
PATHS = ("a.py", "b.py", "m.py")
META, DONE = encode([Meta(operations=3)]), encode([Done(operations=3)])
WHOLE = META + encode([A, B, M]) + DONE
IN_B = WHOLE.index("second line of b") + len("second")
"""Where the answer is cut off in its second file, of which one line is kept."""

THINKING = {"type": "thinking", "thinking": "Let me see", "signature": "c2ln"}
UNSIGNED = {"type": "thinking", "thinking": "Let m", "signature": ""}
CALL = {"type": "tool_use", "id": "t1", "name": "read", "input": {"path": "a.py"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
REST_OF_B = Continue(path="b.py", after="first line of b", content="second line of b\n")


def machine_of(deliverables=PATHS, model=None, request=None, **settings):
    model = model or FakeModel()
    request = request or request_of()
    return Continuation(request, "ndjson", model, deliverables=deliverables, **settings)


def said(text):
    return {"type": "text", "text": text}


def response_of(*content, stop_reason="max_tokens", **more):
    return Response(tuple(content), stop_reason, **more)


def cut(machine, text=WHOLE[:IN_B]):
    return machine.receive(text_response(text, "max_tokens"))


def end(machine, *operations):
    text = operations[0] if operations and isinstance(operations[0], str) else encode(operations)
    return machine.receive(text_response(text))


def last_words(ask):
    return ask.request["messages"][-1]["content"][-1]["text"]


def test_a_whole_answer_is_finished_at_once():
    step = end(machine_of(), WHOLE)
    assert isinstance(step, Finished)
    assert step.answer.operations == (A, B, M)
    assert (step.outcome, step.proven, step.warnings) == (Outcome.COMPLETE, True, ())


def test_what_is_cut_off_is_asked_for_and_joined():
    machine = machine_of()
    step = cut(machine)
    assert step.strategy == "continue"
    assert machine.missing == ("the rest of b.py", "m.py")
    assert last_words(step).startswith("Your answer was cut off.")
    assert step.request["messages"][1] == {"role": "assistant", "content": [said(WHOLE[:IN_B])]}
    assert end(machine, REST_OF_B, M, Done()).answer.operations == (A, B, M)
    assert machine.rounds == 2


def test_the_caller_says_with_which_ceiling_a_request_is_sent():
    machine = machine_of()
    assert machine.sending(700)["max_tokens"] == 700
    assert cut(machine).request["max_tokens"] == 700


@pytest.mark.parametrize("rounds", [0, -1])
def test_an_attempt_has_a_round_at_least(rounds):
    with pytest.raises(ValueError, match="rounds: expected 1 or more"):
        machine_of(rounds=rounds)


def test_an_answer_that_has_ended_takes_no_further_response():
    machine = machine_of()
    end(machine, WHOLE)
    with pytest.raises(RuntimeError, match="the answer has ended"):
        end(machine, WHOLE)


# How an answer ends


def test_what_an_answer_left_out_that_ended_by_itself_is_asked_for_once():
    machine = machine_of()
    step = end(machine, A, B)
    assert step.strategy == "missing"
    assert last_words(step).startswith("Your answer is not complete.")
    assert "- m.py" in last_words(step)
    failed = end(machine, Modify(path="a2.py", edits=M.edits))
    assert isinstance(failed.error, NoProgress)
    assert failed.missing == ("m.py",)


def test_an_answer_without_its_done_line_is_whole_when_every_deliverable_came():
    machine = machine_of()
    end(machine, A, B)
    step = end(machine, M)
    assert step.answer.operations == (A, B, M)
    assert "the answer has no done line; every deliverable is there" in step.warnings


def test_an_answer_that_says_done_early_is_taken_at_its_word_with_a_warning():
    step = end(machine_of(), A, Done())
    assert isinstance(step, Finished)
    assert step.warnings == ("not in the answer: b.py, m.py",)


@pytest.mark.parametrize("text", [DONE, META + DONE])
def test_an_empty_answer_is_a_failure(text):
    failed = end(machine_of(), text)
    assert failed.error.reason == "the answer is empty"
    assert failed.missing == PATHS


@pytest.mark.parametrize("text", ["", " \n", "I cannot do that."])
def test_an_answer_of_which_nothing_can_be_kept_is_a_failure(text):
    assert isinstance(end(machine_of(), text).error, NoProgress)


def test_a_part_that_brings_nothing_ends_the_attempt_with_what_was_kept():
    machine = machine_of()
    cut(machine)
    failed = end(machine, "I am sorry.")
    assert isinstance(failed.error, NoProgress)
    assert failed.answer.operations == (A,)


@pytest.mark.parametrize("stop_reason", [None, "nap"])
def test_an_unknown_stop_reason_fails_loudly_and_keeps_whole_operations(stop_reason):
    failed = machine_of().receive(text_response(WHOLE[:IN_B], stop_reason))
    assert isinstance(failed.error, UnknownStopReason)
    assert failed.error.stop_reason == stop_reason
    assert failed.answer.operations == (A,)


def test_an_unknown_stop_reason_is_named_even_if_the_part_does_not_fit():
    machine = machine_of()
    cut(machine)
    failed = machine.receive(text_response(encode([Create(path="a.py", content="x")]), "nap"))
    assert isinstance(failed.error, UnknownStopReason)
    assert failed.answer.operations == (A,)


def test_nothing_is_kept_of_a_refusal():
    machine = machine_of()
    cut(machine)
    failed = machine.receive(response_of(said(DONE), stop_reason="refusal", explanation="No."))
    assert isinstance(failed.error, Refused)
    assert str(failed.error) == "the model refused: No."
    assert failed.answer.operations == machine.answer.operations == ()


def test_an_answer_that_is_too_deep_fails_with_the_limit():
    deep = '{"type":"create","path":' + "[" * 100 + "]" * 100 + "}\n"
    assert isinstance(end(machine_of(), deep).error, LimitExceeded)


def test_the_caller_may_end_an_attempt():
    machine = machine_of()
    cut(machine)
    failed = machine.fail(NoProgress("no room in the ledger"))
    assert (failed.answer.operations, failed.missing) == ((A,), ("the rest of b.py", "m.py"))
    with pytest.raises(RuntimeError):
        end(machine, DONE)


# Rounds, ceilings, windows


def test_the_rounds_are_bounded_and_what_is_missing_is_named():
    machine = machine_of(rounds=2)
    cut(machine)
    failed = cut(machine, encode([REST_OF_B]))
    assert isinstance(failed.error, TooManyRounds)
    assert (failed.error.rounds, failed.error.missing) == (2, ("m.py",))


def test_a_ceiling_that_went_to_thinking_is_raised_once():
    machine = machine_of(largest_ceiling=5_000)
    step = machine.receive(response_of(THINKING))
    assert step.strategy == "escalate"
    assert step.request == {**request_of(), "max_tokens": 5_000}
    assert step.smallest_ceiling == 1_001
    failed = machine.receive(response_of(THINKING))
    assert isinstance(failed.error, NoProgress)


def test_where_the_ceiling_is_the_largest_the_effort_is_lowered_once():
    machine = machine_of(largest_ceiling=1_000)
    step = machine.receive(response_of(THINKING))
    assert step.request == {**request_of(), "output_config": {"effort": "medium"}}
    assert isinstance(machine.receive(response_of(THINKING)), Failed)


def test_the_models_own_maximum_bounds_the_ceiling():
    machine = machine_of(model=FakeModel(max_output=2_000), largest_ceiling=5_000)
    assert machine.receive(response_of(THINKING)).request["max_tokens"] == 2_000


def test_what_does_not_fit_below_the_ceiling_gets_a_higher_one():
    machine = machine_of()
    cut(machine)
    step = cut(machine, '{"type":"continue","path":"b.py","after":"first line')
    assert step.strategy == "escalate"
    assert step.request["messages"] == machine.request["messages"]
    assert end(machine, REST_OF_B, M, Done()).answer.operations == (A, B, M)


def test_a_request_for_the_cache_alone_is_no_truncation():
    machine = machine_of(request=request_of(max_tokens=0))
    step = machine.receive(response_of())
    assert isinstance(step, Finished)
    assert step.outcome is Outcome.PREWARMED


def without_the_last_character(request):
    first, *others = request["messages"]
    return {**request, "messages": [{**first, "content": first["content"][:-1]}, *others]}


def test_a_full_context_window_gives_a_smaller_prompt_and_keeps_what_came():
    machine = machine_of(shrink=without_the_last_character)
    step = machine.receive(text_response(WHOLE[:IN_B], "model_context_window_exceeded"))
    assert step.strategy == "shrink"
    [message] = step.request["messages"]
    assert message["content"][0] == said("Write the files")
    assert "Of b.py the first 1 lines are kept" in message["content"][1]["text"]
    assert end(machine, REST_OF_B, M, Done()).answer.operations == (A, B, M)


def test_a_window_that_is_full_of_thinking_gives_the_first_request_in_a_smaller_prompt():
    machine = machine_of(shrink=without_the_last_character)
    step = machine.receive(response_of(THINKING, stop_reason="model_context_window_exceeded"))
    assert step.request == without_the_last_character(request_of())


def test_a_prompt_that_cannot_be_made_smaller_ends_the_attempt():
    failed = machine_of().receive(response_of(stop_reason="model_context_window_exceeded"))
    assert "the prompt cannot be made smaller" in str(failed.error)


# Streams that break off


def test_a_stream_that_broke_off_is_gone_on_with():
    machine = machine_of()
    step = machine.receive(response_of(said(WHOLE[:IN_B]), stop_reason=None, interrupted=True))
    assert step.strategy == "continue"
    assert step.reason.startswith("the stream broke off")
    assert end(machine, REST_OF_B, M, Done()).answer.operations == (A, B, M)


def test_a_stream_that_broke_off_after_the_done_line_is_whole():
    step = machine_of().receive(response_of(said(WHOLE), stop_reason=None, interrupted=True))
    assert isinstance(step, Finished)


def test_a_stream_that_broke_off_at_once_ends_the_attempt():
    failed = machine_of().receive(response_of(stop_reason=None, interrupted=True))
    assert str(failed.error).startswith("the stream broke off before anything came")


# Thinking, paused turns, tools


def test_thinking_is_sent_back_untouched_and_without_a_signature_dropped():
    machine = machine_of()
    step = machine.receive(response_of(THINKING, said(WHOLE[:IN_B]), UNSIGNED, said("  ")))
    assert step.request["messages"][1]["content"] == [THINKING, said(WHOLE[:IN_B])]


def test_a_paused_turn_is_sent_back_as_it_is():
    machine = machine_of()
    block = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
    content = (THINKING, said(WHOLE[:IN_B]), block)
    step = machine.receive(response_of(*content, stop_reason="pause_turn"))
    assert step.strategy == "resend"
    assert step.request["messages"][1:] == [{"role": "assistant", "content": list(content)}]
    assert end(machine, WHOLE[IN_B:]).answer.operations == (A, B, M)


def test_a_turn_that_was_paused_and_then_cut_off_is_one_turn():
    machine = machine_of()
    machine.receive(response_of(said(WHOLE[:100]), stop_reason="pause_turn"))
    step = cut(machine, WHOLE[100:IN_B])
    assert [one["role"] for one in step.request["messages"]] == ["user", "assistant", "user"]
    assert step.request["messages"][1]["content"] == [said(WHOLE[:100]), said(WHOLE[100:IN_B])]
    assert end(machine, REST_OF_B, M, Done()).answer.operations == (A, B, M)


def test_an_empty_text_of_a_paused_turn_is_not_sent():
    machine = machine_of()
    step = machine.receive(response_of(said(WHOLE[:100]), said(""), stop_reason="pause_turn"))
    assert step.request["messages"][1]["content"] == [said(WHOLE[:100])]


def test_tools_are_handed_on_and_the_answer_goes_on_after_them():
    machine = machine_of()
    step = machine.receive(response_of(said(META), CALL, stop_reason="tool_use"))
    assert isinstance(step, RunTools)
    assert step.calls == (CALL,)
    with pytest.raises(RuntimeError, match="waits for its tools"):
        end(machine, WHOLE)
    ask = machine.tools_ran([RESULT])
    assert ask.strategy == "tools"
    assert ask.request["messages"][1:] == [
        {"role": "assistant", "content": [said(META), CALL]},
        {"role": "user", "content": [RESULT]},
    ]
    assert end(machine, WHOLE.removeprefix(META)).answer.operations == (A, B, M)


def test_tools_of_a_turn_that_was_paused_are_called_in_one_turn():
    machine = machine_of()
    machine.receive(response_of(said(META), stop_reason="pause_turn"))
    machine.receive(response_of(CALL, stop_reason="tool_use"))
    ask = machine.tools_ran([RESULT])
    assert [one["role"] for one in ask.request["messages"]] == ["user", "assistant", "user"]


def test_a_tool_call_that_was_cut_off_is_never_handed_on():
    machine = machine_of()
    step = machine.receive(response_of(said(WHOLE[:IN_B]), CALL))
    assert isinstance(step, Ask)
    assert step.request["messages"][1]["content"] == [said(WHOLE[:IN_B])]


def test_results_of_tools_that_were_not_called_are_refused():
    with pytest.raises(RuntimeError, match="no tool was called"):
        machine_of().tools_ran([RESULT])


def test_tools_do_not_get_round_the_limit_of_rounds():
    machine = machine_of(rounds=1)
    machine.receive(response_of(CALL, stop_reason="tool_use"))
    assert isinstance(machine.tools_ran([RESULT]).error, TooManyRounds)
    with pytest.raises(RuntimeError):
        end(machine, WHOLE)


# The cache


def test_the_breakpoint_is_placed_where_it_pays():
    asked = []

    def life_of(request):
        asked.append(request)
        return "1h" if len(asked) == 1 else None

    machine = machine_of(cache=life_of)
    step = cut(machine)
    marked = step.request["messages"][-1]["content"][-1]["cache_control"]
    assert marked == {"type": "ephemeral", "ttl": "1h"}
    later = cut(machine, encode([REST_OF_B]))
    assert "cache_control" not in later.request["messages"][-1]["content"][-1]


# Answers that do not go on as they were asked to


def test_a_line_that_was_rejected_is_asked_for_again():
    machine = machine_of()
    step = end(machine, WHOLE.replace('"edits"', '"changes"'))
    assert step.strategy == "missing"
    assert "These lines could not be read; write them again, corrected" in last_words(step)
    assert end(machine, M, Done()).answer.operations == (A, B, M)


def test_a_line_that_was_rejected_and_is_not_written_again_is_not_forgotten():
    machine = machine_of()
    end(machine, WHOLE.replace('"edits"', '"changes"'))
    failed = end(machine, DONE)
    assert isinstance(failed.error, NoProgress)


def test_an_answer_that_is_cut_within_its_done_line_is_whole():
    step = cut(machine_of(), WHOLE[:-5])
    assert isinstance(step, Finished)
    assert step.answer.operations == (A, B, M)


def test_a_line_of_which_nothing_is_known_is_not_taken_for_the_end_if_its_rest_comes():
    machine = machine_of()
    place = WHOLE.index(encode([M]))
    cut(machine, WHOLE[: place + 5])
    failed = end(machine, WHOLE[place + 5 :])
    assert isinstance(failed.error, NoProgress)
    assert failed.missing == ("an operation", "m.py")


def test_another_operation_does_not_stand_for_a_line_that_was_cut_before_its_path():
    machine = machine_of()
    cut(machine, encode([A, B]) + '{"type":"modify",')
    step = end(machine, Delete(path="old.py"), Done())
    assert isinstance(step, Ask)
    assert end(machine, M, Done()).answer.operations == (A, B, Delete(path="old.py"), M)


def test_a_second_file_that_is_cut_while_one_is_open_is_asked_for_from_its_beginning():
    machine = machine_of()
    cut(machine)
    step = cut(machine, encode([M]) + '{"type":"create","path":"c.py","content":"one\\ntwo')
    assert "the rest of b.py" in machine.missing
    assert "- create c.py" in last_words(step)
    c = Create(path="c.py", content="one\ntwo\n")
    assert set(end(machine, REST_OF_B, c, Done()).answer.operations) == {A, B, M, c}


def test_the_rest_of_a_second_file_alone_is_refused():
    machine = machine_of()
    cut(machine)
    cut(machine, encode([M]) + '{"type":"create","path":"c.py","content":"one\\ntwo')
    stray = Continue(path="c.py", after="one", content="two\n")
    assert isinstance(end(machine, REST_OF_B, stray, Done()).error, SeamMismatch)


@pytest.mark.parametrize("place", range(1, len(WHOLE), 7))
def test_a_restart_that_is_cut_off_in_its_turn_leaves_nothing_open_that_is_whole(place):
    machine = machine_of()
    cut(machine)
    step = cut(machine, WHOLE[:place])
    if not isinstance(step, Finished):
        step = end(machine, WHOLE)
    assert step.answer.operations == (A, B, M)


def test_a_file_that_is_created_again_with_another_text_is_refused():
    machine = machine_of()
    cut(machine)
    failed = end(machine, Create(path="b.py", content="another line\n"), M, Done())
    assert isinstance(failed.error, SeamMismatch)
    assert failed.error.place == "b.py"


def test_an_open_file_is_not_finished_by_a_modify():
    machine = machine_of()
    cut(machine)
    failed = end(machine, Modify(path="b.py", edits=M.edits), M, Done())
    assert isinstance(failed.error, SeamMismatch)


def test_done_does_not_close_an_answer_with_an_open_file():
    machine = machine_of()
    cut(machine)
    step = end(machine, M, Done())
    assert step.strategy == "missing"
    assert end(machine, REST_OF_B, Done()).answer.operations == (A, M, B)


# Prefill


def text_machine(*, prefill=True, **request):
    return Continuation(request_of(**request), "text", FakeModel(prefill=prefill))


def test_a_model_that_takes_a_prefill_gets_its_own_words_back_without_white_space_at_their_end():
    step = cut(text_machine(), "It was a dark and stormy \n")
    assert step.strategy == "prefill"
    assert step.request["messages"][0] == request_of()["messages"][0]
    assert step.request["messages"][1:] == [
        {"role": "assistant", "content": [said("It was a dark and stormy")]}
    ]


def test_what_comes_after_a_prefill_goes_on_from_it():
    machine = text_machine()
    cut(machine, "It was a dark and stormy ")
    step = cut(machine, " night; the rain fell")
    assert len(step.request["messages"]) == 2
    finished = end(machine, " in torrents.")
    assert finished.answer.text == "It was a dark and stormy night; the rain fell in torrents."
    assert not finished.proven


@pytest.mark.parametrize(
    "machine", [text_machine(prefill=False), text_machine(thinking={"type": "enabled"})]
)
def test_without_prefill_or_where_it_thinks_the_model_is_asked_in_words(machine):
    step = cut(machine, "It was a dark and stormy ")
    assert step.strategy == "continue"
    assert [one["role"] for one in step.request["messages"]] == ["user", "assistant", "user"]


def test_files_that_a_later_part_leaves_out_are_asked_for_once_although_it_is_closed():
    machine = machine_of()
    cut(machine)
    step = end(machine, REST_OF_B, Done())
    assert isinstance(step, Ask)
    assert (step.strategy, "m.py" in last_words(step)) == ("missing", True)
    step = end(machine, M, Done())
    assert isinstance(step, Finished)
    assert (step.answer.operations, step.warnings) == ((A, B, M), ())


def test_a_file_that_is_left_out_again_is_named_in_a_warning():
    machine = machine_of()
    cut(machine)
    end(machine, REST_OF_B, Done())
    step = end(machine, Done())
    assert isinstance(step, Finished)
    assert step.warnings == ("not in the answer: m.py",)


@pytest.mark.parametrize(
    ("blocks", "why"),
    [((UNSIGNED,), "went to thinking alone"), ((), "was reached before any text")],
)
def test_why_a_ceiling_is_raised_is_said_as_it_was(blocks, why):
    step = machine_of(request=request_of(max_tokens=100)).receive(response_of(*blocks))
    assert isinstance(step, Ask)
    assert step.reason.startswith(f"its ceiling {why}: the ceiling is raised from 100")
