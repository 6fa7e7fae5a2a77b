import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.unwrap import unwrap


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('```json\n{"a": 1}\n```', '{"a": 1}\n'),
        ("```\nplain\n```\n", "plain\n"),
        ("\n  \n~~~ text\n a \n\n~~~\n\n", " a \n\n"),
        ("```\n```", ""),
        ("````md\n```py\nx\n```\n````", "```py\nx\n```\n"),
        ("```md\n# T\n```sh\nls\n```\nend\n```", "# T\n```sh\nls\n```\nend\n"),
        ("```json\r\n{}\r\n```\r\n", "{}\r\n"),
    ],
)
def test_a_fence_round_everything_is_taken_off(text, expected):
    assert unwrap(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "plain text",
        '{"a": "```"}',
        "```json\n{}",
        "```json\n{}\n``",
        "Here:\n```json\n{}\n```",
        "```json\n{}\n```\nDone.",
        "```\na\n```\n```\nb\n```",
        "```a```\nb\n```",
        "    ```\na\n    ```",
    ],
)
def test_anything_else_is_left_as_it_is(text):
    assert unwrap(text) == text


@given(st.text(alphabet=st.characters(exclude_characters="`", exclude_categories=["Cs"])))
def test_the_content_is_given_byte_for_byte(text):
    assert unwrap(f"```json\n{text}\n```") == f"{text}\n"
