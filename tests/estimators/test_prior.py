from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from estimators import prior
from estimators.deliverable import Deliverable
from estimators.errors import ModelDataError
from estimators.observed import FORMATS
from estimators.output import OutputEstimator
from estimators.prior import DATA_VERSION, Prior

ROOT = Path(__file__).resolve().parents[2]
FILE = resources.files("estimators") / "data" / "prior.json"
DATA = json.loads(FILE.read_text(encoding="utf-8"))
GROUP = "1 file, none created"

PREDICTION = """
import sys
from estimators.deliverable import Deliverable
from estimators.output import OutputEstimator
files = [Deliverable(f"src/a{n}.py", "create", 0) for n in range(12)]
OutputEstimator.pretrained().predict(files, complexity="high").quantile(0.9)
loaded = {"pickle", "joblib", "sklearn", "scipy", "numpy"} & set(sys.modules)
sys.exit(f"loaded: {sorted(loaded)}" if loaded else 0)
"""


def changed(value, first, *rest, data=DATA):
    """The shipped data with another value at a place; None: without what is there."""
    if value is None and not rest:
        return {name: part for name, part in data.items() if name != first}
    return {**data, first: changed(value, *rest, data=data[first]) if rest else value}


def test_the_shipped_file_is_small_and_of_this_version():
    assert DATA["version"] == DATA_VERSION
    assert len(FILE.read_bytes()) < 1_000_000
    assert set(DATA["formats"]) == set(FORMATS)


def test_the_shipped_prior_survives_its_json():
    shipped = Prior.shipped()
    assert Prior.from_json(json.loads(json.dumps(shipped.as_json()))) == shipped
    assert shipped.phases > 1_000
    assert len(shipped.repositories) > 1


def test_a_prediction_loads_no_pickle_and_no_numerical_library():
    done = subprocess.run(
        [sys.executable, "-c", PREDICTION], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def shuffled(value, chance):
    if not isinstance(value, dict):
        return value
    names = list(value)
    chance.shuffle(names)
    return {name: shuffled(value[name], chance) for name in names}


def test_the_order_of_keys_has_no_effect():
    other = Prior.from_json(shuffled(DATA, random.Random(3)))
    files = [Deliverable("src/a.py", "modify", 900), Deliverable("tests/test_a.py", "create", 0)]
    for name in FORMATS:
        one, two = (
            OutputEstimator(made).predict(files, description="Fix", output_format=name)
            for made in (Prior.shipped(), other)
        )
        assert one == two


NDJSON = ("formats", "ndjson")


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        ([], "", r"expected an object, found \[\]"),
        ({}, "version", f"expected version {DATA_VERSION}, found None"),
        (changed(1, "version"), "version", f"expected version {DATA_VERSION}, found 1"),
        (changed("1", "version"), "version", f"expected version {DATA_VERSION}, found '1'"),
        (changed(None, "formats"), "formats", "missing: 'formats'"),
        (changed(None, "repositories"), "repositories", "missing: 'repositories'"),
        (changed("many", "phases"), "phases", "damaged: .*'many'"),
        (changed(math.inf, "phases"), "phases", "damaged: .*infinity"),
        (changed([], "formats"), "formats", "damaged: "),
        (changed([], *NDJSON), "formats.ndjson.sizes", "damaged: "),
        (changed(None, *NDJSON, "sizes"), "formats.ndjson.sizes", "missing: 'sizes'"),
        (changed(None, *NDJSON, "sizes", "weights"), "formats.ndjson.sizes", "missing: 'weights'"),
        (
            changed(math.nan, *NDJSON, "sizes", "weights", "1"),
            "formats.ndjson.sizes",
            "weights.1: expected a finite number, found nan",
        ),
        (
            changed(None, "formats", "diff", "cold", "calibration", "pooled"),
            "formats.diff.cold",
            "missing: 'pooled'",
        ),
        (
            changed([0.0] * 3, *NDJSON, "adapted", "calibration", "groups", GROUP),
            "formats.ndjson.adapted",
            f"groups.{GROUP}: expected 17 quantiles, found 3",
        ),
        (
            changed("wide", *NDJSON, "adapted", "calibration", "pooled"),
            "formats.ndjson.adapted",
            "damaged: could not convert",
        ),
    ],
)
def test_damaged_data_are_refused_by_place(data, place, reason):
    with pytest.raises(ModelDataError, match=reason) as caught:
        Prior.from_json(data, "prior.json")
    assert (caught.value.source, caught.value.place) == ("prior.json", place)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff", b'"text"'])
def test_an_unreadable_file_is_named(tmp_path, monkeypatch, content):
    file = tmp_path / "data" / "prior.json"
    file.parent.mkdir()
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(prior.resources, "files", lambda package: tmp_path)
    with pytest.raises(ModelDataError) as caught:
        prior._shipped.__wrapped__()
    assert caught.value.source == str(file)


def test_the_histories_behind_the_prior_are_listed():
    listed = resources.files("estimators") / "data" / "histories.tsv"
    head, *rows = (line.split("\t") for line in listed.read_text("utf-8").splitlines())
    assert head == ["repository", "newest commit", "phases"]
    shipped = Prior.shipped()
    assert sorted(name for name, _, _ in rows) == sorted(shipped.repositories)
    assert sum(int(phases) for _, _, phases in rows) == shipped.phases


def test_the_data_file_is_small():
    file = resources.files("estimators") / "data" / "prior.json"
    assert len(file.read_bytes()) < 1_000_000
