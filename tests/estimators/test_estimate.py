from __future__ import annotations

from estimators.distribution import Distribution
from estimators.estimate import OutputEstimate


def test_an_estimate_passes_on_what_its_distribution_says():
    made = Distribution.log_normal(500, 1.0)
    estimate = OutputEstimate(made, "ndjson", (), (), "none")
    assert (estimate.median, estimate.mean) == (made.median, made.mean)
    assert estimate.quantile(0.9) == made.quantile(0.9)
