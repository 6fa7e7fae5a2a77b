from __future__ import annotations

import json
import re

from ndjson import instructions
from token_budget import TokenCounter


def test_the_instructions_are_short():
    assert TokenCounter().count(instructions()) < 600


def test_every_example_in_the_instructions_is_json():
    examples = re.findall(
        r'\{"type":"(?:create|replace|insert_after|rename|delete)".*?\}', instructions()
    )
    whole = [example for example in examples if "..." not in example]
    assert {json.loads(example)["type"] for example in whole} == {
        "create",
        "replace",
        "insert_after",
        "rename",
        "delete",
    }
