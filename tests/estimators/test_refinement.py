from __future__ import annotations

import json

import pytest

from estimators.phase_features import NAMES
from estimators.prior import Prior
from estimators.refinement import Refinement

SHIPPED = Prior.shipped().formats["ndjson"]


def test_a_refinement_survives_its_json_and_knows_its_features():
    data = json.loads(json.dumps(SHIPPED.adapted.as_json()))
    assert Refinement.from_json(data) == SHIPPED.adapted
    with pytest.raises(ValueError, match="expected those of this release"):
        Refinement.from_json({**data, "features": [*NAMES, "more"]})
