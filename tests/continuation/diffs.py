"""Diffs for the tests: as difflib and git make them, and what models send after a cut."""

import difflib

from hypothesis import strategies as st

from continuation.unified_diff import read_diff

LINES = st.sampled_from(
    [
        "foo()",
        "",
        "- item",
        "-- sql",
        "}",
        "++ y",
        "    return x",
        "@@ -1 +1 @@",
        "```",
        "\tä\u2028b",
    ]
)
FILES = st.lists(LINES, max_size=30)


@st.composite
def changed_files(draw, most=3):
    """Old and new content by path; the last line may lack its end."""
    found = {}
    for number in range(draw(st.integers(1, most))):
        old = draw(FILES)
        new = list(old)
        for _ in range(draw(st.integers(1, 3))):
            start = draw(st.integers(0, len(new)))
            new[start : start + draw(st.integers(0, 2))] = draw(st.lists(LINES, max_size=4))
        ends = draw(st.tuples(st.booleans(), st.booleans()))
        found[f"dir/f {number}.py"] = (_text(old, ends[0]), _text(new, ends[1]))
    return found


def _text(lines, ended):
    text = "".join(f"{line}\n" for line in lines)
    return text if ended else text.removesuffix("\n")


def diff_of(files, *, git=False, context=3):
    """A unified diff of (old, new) by path."""
    return "".join(one_diff(path, *both, git=git, context=context) for path, both in files.items())


def one_diff(path, old, new, *, git=False, context=3):
    lines = difflib.unified_diff(
        _split(old), _split(new), f"a/{path}", f"b/{path}", n=context, lineterm="\n"
    )
    text = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    return f"diff --git a/{path} b/{path}\n{text}" if git and text else text


def _split(text):
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def hunk_texts(text):
    """Each hunk of a diff: its file's header, and its own text; empty for a header alone."""
    full = read_diff(text, cut=False)
    return [
        ("\n".join(file.header) + "\n", hunk)
        for file in full.files
        for hunk in ["\n".join((one.header, *one.lines)) + "\n" for one in file.hunks] or [""]
    ]


def pieces_of(diff):
    """How many of them a diff has."""
    return sum(max(1, len(file.hunks)) for file in diff.files)


def written(pieces):
    """Hunks as one diff: a header where the file changes."""
    text, before = "", None
    for header, hunk in pieces:
        text += hunk if header == before else header + hunk
        before = header
    return text
