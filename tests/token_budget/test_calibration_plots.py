from __future__ import annotations

import pytest

from token_budget.calibration_plots import WINDOW, rolled, rolling_window


@pytest.mark.parametrize(("phases", "window"), [(1, 1), (4, 4), (12, 5), (100, 20), (900, WINDOW)])
def test_a_short_history_has_a_short_window(phases, window):
    assert rolling_window(phases) == window


def test_a_rolling_figure_is_the_mean_of_the_last_ones():
    assert rolled([1, 2, 3, 4], 2) == [1.5, 2.5, 3.5]
    assert rolled([1, 2], 2) == [1.5]
