from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.splitting.blocks import SLACK, Block, ChunkSize, chunk_lines

SMALL = ChunkSize(lines=4, characters=200)


def spans(chunks):
    return [(chunk.first, chunk.last) for chunk in chunks]


def covers(chunks, lines):
    joined = [number for chunk in chunks for number in range(chunk.first, chunk.last + 1)]
    return joined == list(range(1, lines + 1))


@st.composite
def nested_blocks(draw, lines, depth=0):
    """Blocks as a careless grammar may give them: overlapping, out of order and out of range."""
    made = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.integers(-1, lines + 2))
        last = first + draw(st.integers(-1, lines))
        inner = draw(nested_blocks(lines, depth + 1)) if depth < 3 else []
        comments = draw(st.booleans())
        made.append(
            Block(first, last, draw(st.sampled_from(["", "a", "b"])), lambda i=inner: i, comments)
        )
    return made


LINES = st.lists(
    st.sampled_from(["", "  ", "x = 1", "    y", "# note", "}", "\tz", "w" * 90]), max_size=40
)


@given(st.data(), LINES)
def test_chunks_cover_every_line_once_whatever_the_blocks(data, lines):
    blocks = data.draw(nested_blocks(len(lines)))
    chunks = chunk_lines(lines, blocks, SMALL)
    assert covers(chunks, len(lines))
    assert all(c.last - c.first + 1 <= SLACK * SMALL.lines for c in chunks)


@given(LINES)
def test_a_chunk_is_over_its_target_only_by_one_line_or_its_slack(lines):
    for chunk in chunk_lines(lines, (), SMALL):
        size = sum(len(line) + 1 for line in lines[chunk.first - 1 : chunk.last])
        assert chunk.first == chunk.last or size <= SLACK * SMALL.characters


def test_blocks_that_fit_are_whole_and_small_neighbours_are_one():
    blocks = [Block(1, 2, "a"), Block(3, 4, "b"), Block(5, 8, "c")]
    chunks = chunk_lines(["x"] * 8, blocks, SMALL)
    assert spans(chunks) == [(1, 4), (5, 8)]
    assert [chunk.name for chunk in chunks] == ["a, b", "c"]


def test_a_block_that_does_not_fit_becomes_what_it_is_made_of_and_keeps_its_name():
    inner = [Block(2, 5, "a.one"), Block(6, 9, "")]
    chunks = chunk_lines(["x"] * 9, [Block(1, 9, "a", lambda: inner)], SMALL)
    assert [(c.first, c.last, c.name) for c in chunks] == [
        (1, 1, "a"),
        (2, 5, "a.one"),
        (6, 9, "a"),
    ]


def test_comments_above_belong_to_what_they_speak_of():
    lines = ["x"] * 3 + ["# about b", "@wrapped"] + ["y"] * 3
    blocks = [Block(1, 3, "a"), Block(6, 8, "b", takes_comments=True)]
    assert spans(chunk_lines(lines, blocks, ChunkSize(lines=5))) == [(1, 3), (4, 8)]


def test_nesting_without_end_is_split_by_lines():
    def endless():
        return [Block(2, 99, "deep", endless)]

    assert covers(chunk_lines(["x"] * 100, [Block(1, 100, "deep", endless)], SMALL), 100)


def test_a_file_without_lines_has_no_chunks():
    assert chunk_lines([], [Block(1, 3)]) == []


@pytest.mark.parametrize("size", [{"lines": 0}, {"characters": -1}])
def test_a_size_that_means_nothing_is_refused(size):
    with pytest.raises(ValueError, match="expected 1 or more"):
        ChunkSize(**size)
