"""From the estimator's tokens to the tokens that a model will be billed for.

The estimator speaks of ``cl100k_base`` tokens of the mined form (an operation a hunk, without meta
and done; whole files bare). An answer of the real format has an envelope on top, whole files are
taken to stand in a JSON document, and the model has its own tokenizer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.classify import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from estimators.deliverable import Deliverable
    from estimators.distribution import Distribution
    from estimators.estimate import Contribution, OutputEstimate
    from estimators.thinking import ThinkingEstimate
    from token_budget.counting import ContentKind, ModelTokens

ANSWER_ENVELOPE_TOKENS = 50
"""The meta line, with a summary of 25 words, and the done line: ``cl100k_base`` tokens."""

MODIFY_ENVELOPE_TOKENS = 9
"""What ``{"type":"modify","path":…,"edits":[…]}`` has over the mined form of one hunk. More hunks
would repeat the path in the mined form and do not here, so this is what it costs at the most."""

RENAME_ENVELOPE_TOKENS = 30
"""``{"type":"rename","path":…,"to":…}`` with two paths of eight tokens each; the mined form has the
changes of a renamed file only."""

WHOLE_FILE_ENVELOPE_TOKENS = 20
"""What a whole file has beside its content: its path, and the keys or the fence around it."""

ESCAPED_SHARE: dict[ContentKind, float] = {"code": 1.18, "prose": 1.09, "data": 1.12}
"""``cl100k_base`` tokens of a whole file inside a JSON string over those of the bare file: medians
of 4,855 new files of over 300 tokens in 16 public histories (10th to 90th percentile of code 1.12
to 1.22). The mined form of ``whole_file`` is bare, that of ``ndjson`` is escaped already."""

_CONTENT_KINDS: dict[str, ContentKind] = {"documentation": "prose", "configuration": "data"}


@dataclass(frozen=True, slots=True)
class PlanEstimate:
    """How long the answer to a phase will be.

    Attributes:
        output: The estimator's answer: ``cl100k_base`` tokens of the mined form.
        envelope: What the real format has on top: ``cl100k_base`` tokens.
        multiplier: The model's tokens for one ``cl100k_base`` token of the mined form.
        visible: The answer without thinking, in the model's tokens.
        thinking: Thinking tokens, in the model's tokens.
        thinking_basis: How they were estimated: a sentence.
        total: Visible and thinking together, in the model's tokens; its quantiles are those of
            the sum, not sums of quantiles.
    """

    output: OutputEstimate
    envelope: int
    multiplier: float
    visible: Distribution
    thinking: Distribution
    thinking_basis: str
    total: Distribution


def answer_estimate(
    output: OutputEstimate,
    envelope: int,
    thinking: ThinkingEstimate,
    in_model_tokens: Callable[[float, ContentKind], ModelTokens],
) -> PlanEstimate:
    """The estimate of a phase in the tokens of a model.

    The spread of the tokenizer's multiplier and that of the estimate add as independent variances
    of the logarithm.
    """
    shares = content_shares(output.contributions)
    rates = [(share, in_model_tokens(1.0, kind)) for kind, share in shares]
    multiplier = sum(share * rate.count for share, rate in rates)
    if output.output_format == "whole_file":
        multiplier *= sum(share * ESCAPED_SHARE[kind] for kind, share in shares)
    log_spread = max(rate.log_spread for _, rate in rates)
    visible = output.distribution.shifted(envelope).scaled(multiplier, log_spread)
    total = visible.plus(thinking.distribution)
    return PlanEstimate(
        output, envelope, multiplier, visible, thinking.distribution, thinking.basis, total
    )


def envelope_tokens(deliverables: Iterable[Deliverable], output_format: str) -> int:
    """What the real format adds to the mined form: ``cl100k_base`` tokens."""
    if output_format == "whole_file":
        return ANSWER_ENVELOPE_TOKENS + WHOLE_FILE_ENVELOPE_TOKENS * len(list(deliverables))
    if output_format != "ndjson":
        return 0
    actions = Counter(deliverable.action for deliverable in deliverables)
    edited = actions["modify"] + actions["rename"]
    return (
        ANSWER_ENVELOPE_TOKENS
        + MODIFY_ENVELOPE_TOKENS * edited
        + RENAME_ENVELOPE_TOKENS * actions["rename"]
    )


def content_shares(contributions: Sequence[Contribution]) -> list[tuple[ContentKind, float]]:
    """The share of each kind of content in an answer; the shares add up to 1."""
    tokens: defaultdict[ContentKind, float] = defaultdict(float)
    for contribution in contributions:
        if contribution.deliverable is not None:
            tokens[_content_kind(contribution.deliverable)] += max(contribution.tokens, 0.0)
    whole = sum(tokens.values())
    if not whole:
        return [("code", 1.0)]
    return [(kind, amount / whole) for kind, amount in tokens.items()]


def _content_kind(deliverable: Deliverable) -> ContentKind:
    return _CONTENT_KINDS.get(kind_of(deliverable.path), "code")
