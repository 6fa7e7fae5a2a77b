from __future__ import annotations

import pytest

from ndjson.limits import Limits


@pytest.mark.parametrize("name", ["line_bytes", "depth", "objects"])
def test_a_limit_under_which_nothing_can_be_read_is_refused(name):
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})


def test_the_longest_line_is_64_mebibytes():
    assert Limits().line_bytes == 67_108_864
