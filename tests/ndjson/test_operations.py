from __future__ import annotations

import json
import sys

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ndjson.edits import Append, Replace
from ndjson.errors import InvalidOperation
from ndjson.operations import (
    Continue,
    Create,
    Delete,
    Done,
    Meta,
    Modify,
    Rename,
    decode_line,
    encode,
    encode_one,
    json_schema,
)
from ndjson.parser import parse
from tests.ndjson.strategies import operations

SCHEMA = jsonschema.Draft202012Validator(json_schema())
SCALAR_VALUES = [chr(n) for n in range(sys.maxunicode + 1) if not 0xD800 <= n <= 0xDFFF]


class TestEncode:
    @given(operations)
    def test_encode_then_parse_is_the_identity(self, found):
        partial = parse(encode([Meta(summary="s", operations=len(found)), *found, Done()]))
        assert partial.operations == tuple(found)
        assert (partial.rejected, partial.warnings, partial.cut) == ((), (), False)

    def test_every_unicode_scalar_value_comes_back(self):
        content = "".join(SCALAR_VALUES)
        found = [Create(path=content, content=content), Delete(path=content[::-1])]
        assert parse(encode(found)).operations == tuple(found)

    @pytest.mark.parametrize(
        "content", ["", "\n", "no final line break", "a\r\nb\r\n", "\x0c\x85\u2028\u2029", "\ufeff"]
    )
    def test_contents_come_back_as_they_are(self, content):
        found = [
            Create(path="a", content=content),
            Modify(path="b", edits=[Append(content=content)]),
        ]
        assert parse(encode(found)).operations == tuple(found)

    def test_the_canonical_lines(self):
        found = [
            Meta(summary="é", operations=5),
            Create(path="a", content="x\n\u2028"),
            Create(path="a", content="", overwrite=True),
            Modify(path="c", edits=(Replace(old="o", new="n"),)),
            Continue(path="a", after="x", content="y"),
            Rename(path="d", to="e"),
            Delete(path="f"),
            Done(),
        ]
        assert encode(found).split("\n") == [
            '{"type":"meta","summary":"é","operations":5}',
            '{"type":"create","path":"a","content":"x\\n\u2028"}',
            '{"type":"create","path":"a","overwrite":true,"content":""}',
            '{"type":"modify","path":"c","edits":[{"type":"replace","old":"o","new":"n"}]}',
            '{"type":"continue","path":"a","after":"x","content":"y"}',
            '{"type":"rename","path":"d","to":"e"}',
            '{"type":"delete","path":"f"}',
            '{"type":"done"}',
            "",
        ]

    def test_an_unchecked_lone_surrogate_is_not_written(self):
        with pytest.raises(InvalidOperation, match="surrogate"):
            encode_one(Delete.model_construct(type="delete", path="\ud800"))


class TestDecode:
    @pytest.mark.parametrize(
        ("line", "operation"),
        [
            ('{"op":"create","filename":"a","new_content":"x"}', Create(path="a", content="x")),
            (
                '{"type":"create","file_path":"a","lines":["x","y"]}',
                Create(path="a", content="x\ny\n"),
            ),
            ('{"type":"create","path":"a","lines":[]}', Create(path="a", content="")),
            ('{"type":"create","path":"a","lines":[""]}', Create(path="a", content="\n")),
            (
                '{"type":"create","path":"a","content":"x","new_content":"x"}',
                Create(path="a", content="x"),
            ),
            (
                '{"type":"continue","path":"a","after":"x","lines":["y"]}',
                Continue(path="a", after="x", content="y\n"),
            ),
            *(
                (
                    f'{{"type":"modify","path":"a","edits":[{{"op":"replace","{old}":"o","{new}":"n"}}]}}',
                    Modify(path="a", edits=(Replace(old="o", new="n"),)),
                )
                for old in ("old", "old_text", "old_str", "search")
                for new in ("new", "new_text", "new_str", "replace")
            ),
        ],
    )
    def test_aliases_are_read(self, line, operation):
        assert decode_line(line) == decode_line(line.encode()) == operation

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (
                '{"type":"delete","path":"a","file_path":"b"}',
                "two names of the field 'path' differ",
            ),
            (
                '{"type":"create","path":"a","content":"x","lines":["x"]}',
                "content and lines differ",
            ),
            ('{"type":"create","path":"a","lines":"x"}', "lines: expected a list of strings"),
            ('{"type":"create","path":"a"}', "content: Field required"),
            ('{"type":"create","path":5,"content":""}', "path: Input should be a valid string"),
            ('{"type":"delete","path":"a","force":true}', "force: Extra inputs"),
            ('{"type":"delete","path":"a","path":"a"}', 'duplicate key "path"'),
            ('{"type":"modify","path":"a","edits":[]}', "edits: .*at least 1 item"),
            ('{"type":"modify","path":"a","edits":[{"type":"replace","old":""}]}', "new: Field"),
            ('{"type":"modify","path":"a","edits":["x"]}', "edits.0"),
            ('{"type":"delete","path":"\\ud800"}', "not valid JSON"),
            ('{"type":"done","operations":"1"}', "operations: Input should be a valid integer"),
            ('{"type":"done","operations":NaN}', "not valid JSON"),
            ('{"type":"remove","path":"a"}', "'remove' found using 'type'"),
            ('{"path":"a"}', "'type' is missing from 'path'"),
            ('["delete"]', "expected a JSON object"),
            ("{} {}", "not valid JSON"),
            ("", "not valid JSON"),
            ("\ud800", "not valid JSON"),
        ],
    )
    def test_what_is_no_operation_says_why(self, line, reason):
        with pytest.raises(InvalidOperation, match=reason):
            decode_line(line)

    def test_empty_texts_to_look_for_are_read(self):
        edit = Replace(old="", new="x")
        line = encode_one(Modify(path="a", edits=(edit,)))
        assert decode_line(line).edits == (edit,)


class TestEditAlone:
    """One edit, with the path of its file, as models give it where a modify is asked for."""

    @pytest.mark.parametrize(
        ("fields", "edit"),
        [
            ({"type": "append", "file_path": "a", "content": "x"}, Append(content="x")),
            (
                {"op": "replace", "path": "a", "old_str": "x", "new_str": "y"},
                Replace(old="x", new="y"),
            ),
        ],
    )
    def test_it_is_a_modify(self, fields, edit):
        assert decode_line(json.dumps(fields)) == Modify(path="a", edits=(edit,))

    @pytest.mark.parametrize(
        "fields",
        [
            {"type": "append", "content": "x"},
            {"type": "replace", "path": "a", "content": "x"},
            {"type": "append", "path": "a", "content": "x", "overwrite": True},
        ],
    )
    def test_with_other_fields_it_is_none(self, fields):
        with pytest.raises(InvalidOperation):
            decode_line(json.dumps(fields))


class TestModels:
    def test_operations_are_frozen_and_hashable(self):
        operation = Modify(path="a", edits=(Append(content="x"),))
        with pytest.raises(ValidationError):
            operation.path = "b"
        assert len({operation, Modify(path="a", edits=(Append(content="x"),))}) == 1

    def test_a_lone_surrogate_is_refused(self):
        with pytest.raises(ValidationError, match="lone surrogate"):
            Create(path="a", content="x\ud800")


class TestSchema:
    @given(operations)
    def test_every_operation_fits_the_schema(self, found):
        for operation in [*found, Meta(), Done()]:
            SCHEMA.validate(json.loads(encode_one(operation)))

    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(json_schema())

    def test_it_holds_canonical_names_only(self):
        text = json.dumps(json_schema())
        assert "file_path" not in text
        assert "old_text" not in text

    @given(st.sampled_from(["move", "", "Create"]))
    def test_other_types_do_not_fit(self, kind):
        with pytest.raises(jsonschema.ValidationError):
            SCHEMA.validate({"type": kind, "path": "a"})
