from __future__ import annotations

import json
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from token_budget.errors import SpecError
from token_budget.spec_file import MAXIMUM_BYTES, load_run, parse_run

PHASE = {"phase_id": "one", "deliverables": ["src/a.py"]}


@pytest.fixture
def write(tmp_path):
    def written(content, name="run.json"):
        path = tmp_path / name
        data = content if isinstance(content, bytes | str) else json.dumps(content)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return written


def problems_of(document):
    with pytest.raises(SpecError) as error:
        parse_run(document, "run.json")
    return {problem.place: problem for problem in error.value.problems}


def run_of(*phases, **header):
    return {"run_id": "r", "phases": list(phases), **header}


def test_json_yaml_and_toml_give_the_same_run(write):
    document = run_of({**PHASE, "max_tokens": 4000, "scope": {"protected_paths": ["src/b.py"]}})
    toml = (
        'run_id = "r"\n[[phases]]\nphase_id = "one"\ndeliverables = ["src/a.py"]\n'
        'max_tokens = 4000\n[phases.scope]\nprotected_paths = ["src/b.py"]\n'
    )
    runs = [
        load_run(write(document)),
        load_run(write(yaml.safe_dump(document), "run.yaml")),
        load_run(write(toml, "run.toml")),
    ]
    assert runs[0] == runs[1] == runs[2]
    assert runs[0].phases[0].max_tokens == 4000


def test_the_phase_knows_its_run():
    run = parse_run(run_of(PHASE, goal="ship it"))
    assert (run.phases[0].run_id, run.phases[0].goal) == ("r", "ship it")


def test_a_byte_order_mark_is_no_content(write):
    assert load_run(write(b"\xef\xbb\xbf" + json.dumps(run_of(PHASE)).encode())).run_id == "r"


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "run.json", "expected a run spec"),
        (b" \n", "run.yaml", "expected a run spec"),
        (b"{", "run.json", "expected well-formed JSON"),
        (b"a: [", "run.yaml", "expected well-formed YAML"),
        (b"a = ", "run.toml", "expected well-formed TOML"),
        (b'{"a": NaN}', "run.json", "NaN is no JSON value"),
        (b'{"a": 1, "a": 2}', "run.json", "'a' stands twice"),
        (b"a: 1\na: 2\n", "run.yaml", "'a' stands twice"),
        (b"a: !!python/name:os.system\n", "run.yaml", "expected well-formed YAML"),
        (b"[" * 100_000, "run.json", "nested too deeply"),
        (b"\xff\xfe{}", "run.json", "expected UTF-8 at byte 0"),
        (b"{}", "run.txt", "expected one of .json"),
        (b"[]", "run.json", "expected a mapping with 'phases'"),
        (b"{}", "run.json", "phases: expected a list of phases"),
        (b'{"phases": []}', "run.json", "phases: expected a list of phases"),
        (b'{"phases": {}}', "run.json", "phases: expected a list of phases"),
    ],
)
def test_a_file_that_holds_no_run_is_one_message(write, content, name, expected):
    path = write(content, name)
    with pytest.raises(SpecError) as error:
        load_run(path)
    assert len(error.value.problems) == 1
    assert str(error.value).startswith(str(path))
    assert expected in str(error.value)


def test_a_file_that_is_too_large_is_not_read(write):
    with pytest.raises(SpecError, match=f"expected at most {MAXIMUM_BYTES}"):
        load_run(write(b" " * (MAXIMUM_BYTES + 1)))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SpecError, match="expected a readable file"):
            load_run(path)


def test_aliases_that_multiply_are_refused(write):
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    text = "\n".join(["a0: &a0 []", *levels, "phases: [{phase_id: x, deliverables: *a11}]"])
    with pytest.raises(SpecError, match="at most"):
        load_run(write(text, "run.yaml"))


def test_every_problem_of_a_file_is_named_at_once():
    found = problems_of(
        run_of(
            {"phase_id": "one", "max_tokens": -1, "deliverables": ["../up.py", "/etc/passwd"]},
            {"deliverables": [{"path": ""}, 7], "token_budget": 1.5},
            {"phase_id": "one", "dependencies": ["none"], "effort": "huge"},
            {"phase_id": 3, "scope": {"deliverables": {"code": ["ok.py", "~/x.py"]}}},
            "no mapping",
            {
                "phase_id": "p",
                "scope": {"paths": ["../x"], "read_only_context": [{"path": "C:\\a"}]},
            },
        )
    )
    assert set(found) == {
        "phases[0].max_tokens",
        "phases[0].deliverables[0]",
        "phases[0].deliverables[1]",
        "phases[1].phase_id",
        "phases[1].deliverables[0].path",
        "phases[1].deliverables[1]",
        "phases[1].token_budget",
        "phases[2].phase_id",
        "phases[2].dependencies[0]",
        "phases[2].effort",
        "phases[3].phase_id",
        "phases[3].scope.deliverables.code[1]",
        "phases[4]",
        "phases[5].scope.paths[0]",
        "phases[5].scope.read_only_context[0]",
    }
    assert found["phases[0].max_tokens"].value == -1
    assert "greater than 0" in found["phases[0].max_tokens"].expected
    assert found["phases[0].deliverables[0]"].value == "../up.py"
    assert "phases[0]" in found["phases[2].phase_id"].expected


def test_a_budget_given_as_text_or_truth_value_is_refused():
    found = problems_of(run_of({**PHASE, "max_tokens": "4000", "token_budget": True}))
    assert set(found) == {"phases[0].max_tokens", "phases[0].token_budget"}


def test_circles_of_dependencies_are_found_each():
    def phase(name, *needs):
        return {"phase_id": name, "dependencies": list(needs)}

    found = problems_of(
        run_of(phase("a", "b"), phase("b", "a"), phase("c", "c"), phase("d", "a"), phase("e"))
    )
    circles = [str(problem.value) for problem in found.values()]
    assert len(circles) == 2
    assert any("c -> c" in circle for circle in circles)


@pytest.mark.parametrize(
    "protected", ["src/a.py", "src", "src/", "*.py", {"path": "src/a.py", "reason": "x"}]
)
def test_a_deliverable_that_is_protected_is_an_error(protected):
    phase = {
        "phase_id": "x",
        "scope": {"deliverables": ["modify src/a.py"], "protected_paths": [protected]},
    }
    found = problems_of(run_of(phase))
    assert "src/a.py is" in found["phases[0].scope.deliverables[0]"].expected


def test_the_target_of_a_rename_is_protected_too():
    phase = {
        "phase_id": "x",
        "deliverables": ["a.py -> b.py"],
        "scope": {"protected_paths": ["b.py"]},
    }
    assert "phases[0].deliverables[0]" in problems_of(run_of(phase))


def test_unknown_keys_are_warnings_with_the_nearest_name():
    run = parse_run(
        {"phases": [{**PHASE, "max_token": 5, "scope": {"protected": []}}], "owner": "me"}, "f"
    )
    assert run.warnings == (
        "f: owner: unknown key, ignored",
        "f: phases[0].max_token: unknown key, ignored; did you mean 'max_tokens'?",
        "f: phases[0].scope.protected: unknown key, ignored; did you mean 'protected_paths'?",
    )


def test_synonyms_are_read_and_must_agree():
    run = parse_run(run_of({"id": "x", "category": "backend"}))
    assert (run.phases[0].phase_id, run.phases[0].task_category) == ("x", "backend")
    assert not run.warnings
    found = problems_of(run_of({"phase_id": "x", "id": "y"}))
    assert set(found) == {"phases[0].id"}


def test_a_lone_surrogate_is_refused_at_its_place():
    found = problems_of(
        run_of({"phase_id": "x", "description": "\ud800", "deliverables": ["\ud800.py"]})
    )
    assert set(found) == {"phases[0].description", "phases[0].deliverables[0]"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "phase_id",
                    "id",
                    "path",
                    "deliverables",
                    "scope",
                    "dependencies",
                    "protected_paths",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.lists(JSON, min_size=1, max_size=4))
def test_any_document_is_a_run_or_a_spec_error(phases):
    with suppress(SpecError):
        assert len(parse_run({"phases": phases}).phases) == len(phases)
