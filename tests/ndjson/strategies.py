"""Operations and whole answers, made up by hypothesis, in every shape that is read."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from ndjson.edits import (
    Append,
    DeleteText,
    InsertAfter,
    InsertBefore,
    Prepend,
    Replace,
    ReplaceAll,
)
from ndjson.operations import Continue, Create, Delete, Done, Meta, Modify, Rename, encode_one

FIXTURE = (
    '{"type":"delete","path":"never"}\n[{"type":"delete","path":"never"}]\n'
    '```json\n{"type":"create","path":"never","content":"x"}\n```\n{"type":"done"}\n'
)
"""A text that looks like operations on the path ``never``."""

ODD = ["\n", "\r\n", "\x0c", "\x85", " ", " ", '"', "\\", "\\n", "\x00", "😀", "é", "{", "]}"]
texts = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from([*ODD, FIXTURE, "x = 1", " "]), max_size=8).map("".join),
    st.just(""),
)
paths = st.text(min_size=1, max_size=8)

edits = st.one_of(
    st.builds(Replace, old=texts, new=texts),
    st.builds(ReplaceAll, old=texts, new=texts),
    st.builds(InsertBefore, anchor=texts, content=texts),
    st.builds(InsertAfter, anchor=texts, content=texts),
    st.builds(Append, content=texts),
    st.builds(Prepend, content=texts),
    st.builds(DeleteText, old=texts),
)
creates = st.builds(Create, path=paths, content=texts, overwrite=st.booleans())
continues = st.builds(Continue, path=paths, after=texts, content=texts)
file_operations = st.one_of(
    creates,
    continues,
    st.builds(Modify, path=paths, edits=st.lists(edits, min_size=1, max_size=3).map(tuple)),
    st.builds(Rename, path=paths, to=paths),
    st.builds(Delete, path=paths),
)
operations = st.lists(file_operations, max_size=4)


def fields(operation):
    """The operation as a decoded JSON object."""
    return json.loads(encode_one(operation))


def _line(operation, ascii_only):
    return json.dumps(fields(operation), ensure_ascii=ascii_only)


def as_lines(found, ascii_only=False):
    return "".join(f"{_line(one, ascii_only)}\n" for one in [Meta(), *found, Done()])


def as_lines_with_prose(found):
    return f"Here it is:\n\n```ndjson\n{as_lines(found)}```\n\nThat is all."


def as_crlf(found):
    return "\ufeff" + as_lines(found).replace("\n", "\r\n")


def on_one_line(found):
    return " ".join(encode_one(one) for one in [Meta(), *found, Done()])


def pretty(found):
    whole = [fields(one) for one in [Meta(), *found, Done()]]
    return "\n".join(json.dumps(one, indent=2, ensure_ascii=False) for one in whole)


def as_array(found):
    return json.dumps([fields(one) for one in found], ensure_ascii=False)


def as_array_over_lines(found):
    return "[\n" + ",\n".join(f"  {encode_one(one)}" for one in found) + "\n]\n"


def as_operations_object(found):
    return json.dumps({"summary": "s", "operations": [fields(one) for one in found]})


def as_pretty_operations_object(found):
    whole = {"operations": [fields(one) for one in found], "summary": "s"}
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _entry(operation):
    entry = fields(operation)
    kind = entry.pop("type")
    if kind == "create":
        mode = "modify" if entry.pop("overwrite", False) else "create"
        return {"path": entry["path"], "mode": mode, "new_content": entry["content"]}
    return {"mode": kind, **entry} if kind in ("modify", "delete") else {"type": kind, **entry}


def as_files_object(found):
    return json.dumps({"files": [_entry(one) for one in found]}, ensure_ascii=False)


def _with_lines(operation):
    entry = fields(operation)
    if entry.get("content", "").endswith("\n"):
        entry["lines"] = entry.pop("content").removesuffix("\n").split("\n")
    return entry


def as_lines_fields(found):
    return "".join(f"{json.dumps(_with_lines(one))}\n" for one in found) + '{"type":"done"}\n'


SHAPES = [
    as_lines,
    lambda found: as_lines(found, ascii_only=True),
    as_lines_with_prose,
    as_crlf,
    on_one_line,
    pretty,
    as_array,
    as_array_over_lines,
    as_operations_object,
    as_pretty_operations_object,
    as_files_object,
    as_lines_fields,
]
answers = st.tuples(operations, st.sampled_from(SHAPES)).map(lambda pair: (pair[0], pair[1]))
