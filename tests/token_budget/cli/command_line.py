"""The command line as a shell sees it, without the second that the start of a process takes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import traceback
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from token_budget.cli import main

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "import sys; from token_budget.cli import main; sys.argv[0] = 'token-budget'; main()"


def call(*arguments, cwd, stdin=b"", **environment):
    """What a process of the command line would leave: exit code, standard output and error."""
    argv = ["token-budget", *map(str, arguments)]
    out, err = _stream(), _stream()
    with (
        chdir(cwd),
        mock.patch.dict(os.environ, environment),
        mock.patch.multiple(sys, argv=argv, stdin=_stream(_bytes(stdin))),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = _exit_code()
    return subprocess.CompletedProcess(argv, code, _text(out), _text(err))


def start(*arguments, cwd, stdin=b"", program=PROGRAM, preexec_fn=None, **environment):
    """The same by a process: for what only a process can show."""
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=cwd,
        input=_bytes(stdin),
        preexec_fn=preexec_fn,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def _stream(content=b""):
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def _text(stream):
    stream.flush()
    return stream.buffer.getvalue().decode()


def _exit_code():
    try:
        main()
    except SystemExit as ended:
        return ended.code or 0
    except Exception:  # noqa: BLE001 - whatever escapes is what a process would print
        traceback.print_exc()
        return 1
    return 0
