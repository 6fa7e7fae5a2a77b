"""What a prompt says to get an answer in this format."""

from __future__ import annotations

INSTRUCTIONS_VERSION = 1
"""Counts up with every change of the text: how long answers are depends on how they are asked."""

_INSTRUCTIONS = """\
Answer with newline-delimited JSON only: one complete JSON object on each line, no Markdown fence,
no text before, between or after. Escape line breaks inside strings as \\n.

First line:  {"type":"meta","summary":"<one sentence>","operations":<number of operations>}
Then one line for each operation, in the order in which they are to be applied:
- create a file: {"type":"create","path":"src/a.py","content":"import os\\n"}
  or "lines", joined by line breaks with a final one: {"type":"create",...,"lines":["import os"]}
- change a file: {"type":"modify","path":"src/b.py","edits":[...]} with these edits:
  {"type":"replace","old":"x = 1","new":"x = 2"} (old occurs exactly once; replace_all: any number)
  {"type":"insert_after","anchor":"import os\\n","content":"import re\\n"} (or insert_before)
  {"type":"append","content":"..."}, {"type":"prepend","content":"..."}
  {"type":"delete_text","old":"..."}
- {"type":"rename","path":"src/c.py","to":"src/d.py"}
- {"type":"delete","path":"src/e.py"}
Last line:   {"type":"done","operations":<number of operations>}

Paths are relative to the root of the workspace, with forward slashes. Write every file whole in
its create; never abbreviate. Copy old texts and anchors exactly as the file has them, with just
enough context to occur once."""


def instructions() -> str:
    """The text that asks a model for this format: always the same, under 600 tokens.

    Counted in ``cl100k_base``; its version is `INSTRUCTIONS_VERSION`.
    """
    return _INSTRUCTIONS
