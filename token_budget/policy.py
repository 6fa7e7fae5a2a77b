"""The policy: one object that answers what a phase will take, and what to send for it."""

from __future__ import annotations

import math
import os
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from token_budget.answer_tokens import answer_estimate, envelope_tokens
from token_budget.config import PolicyConfig, read_settings
from token_budget.counting import TokenCounter, in_model_tokens
from token_budget.deliverables import described, resolved_deliverables
from token_budget.models import ModelCatalogue, bare_model_id
from token_budget.planning import Situation
from token_budget.prepared import Prepared
from token_budget.prices import PriceBook
from token_budget.prompt import fixed_prompt
from token_budget.remaining import Balance, FixedBalances, Remaining, phase_scope, tightest
from token_budget.workspace import WorkspaceFiles
from token_budget.workspace_state import learnt_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from estimators.output import OutputEstimator
    from estimators.phase_description import PhaseDescription
    from estimators.thinking import ThinkingEstimate
    from token_budget.answer_tokens import PlanEstimate
    from token_budget.attempts.attempt import Attempt
    from token_budget.attempts.beginning import Beginning
    from token_budget.ceiling import BoundName
    from token_budget.context.budgeter import ContextBudgeter
    from token_budget.context.embeddings.vector_cache import VectorCache
    from token_budget.context.selected import ContextSelection
    from token_budget.learnt import Learnt
    from token_budget.ledger import Ledger
    from token_budget.models import ModelLimits
    from token_budget.plan import BudgetPlan
    from token_budget.spec import Phase
    from token_budget.telemetry.recording import EndedAttempt
    from token_budget.telemetry.records import PhaseRecord

PROMPT_SPREADS = 2.0
"""The prompt is taken to be this many standard deviations of the tokenizer's multiplier longer than
expected: if the multiplier is log-normal, the figure is too low once in 44 times."""

_MICRO_USD = 1_000_000


class BudgetPolicy:
    """Plans phases: how long the answer will be, what to send as ``max_tokens``, what to hold.

    Reads no environment; `from_file` does. Planning never writes and never sends.

    Attributes:
        config: Every setting.
        workspace: The folder that phases are about.
        ledger: Who knows what is left of the budgets.
    """

    def __init__(
        self,
        workspace: str | os.PathLike[str] = ".",
        model: str | None = None,
        provider: str | None = None,
        ledger: Remaining | None = None,
        config: PolicyConfig | None = None,
    ) -> None:
        """Set up a policy; nothing is read before the first plan.

        Args:
            workspace: The folder that phases are about.
            model: Overrides the setting.
            provider: Overrides the setting: ``anthropic``, ``bedrock`` or ``vertex``.
            ledger: Who knows what is left; None: only the settings limit anything.
            config: Every other setting; None: the defaults.

        Raises:
            ConfigError: A setting cannot be used, or the workspace is not a folder.
        """
        self.config = (config or PolicyConfig()).updated(model=model, provider=provider)
        self.workspace = Path(workspace)
        self.ledger: Remaining = FixedBalances() if ledger is None else ledger
        self._own_books = ledger is None
        self.counter = TokenCounter()
        self.files = WorkspaceFiles(self.workspace, self.counter.count)
        self.models = ModelCatalogue.shipped().overridden(self.config.models)
        self.prices = PriceBook(self.config.prices)

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        workspace: str | os.PathLike[str] = ".",
        ledger: Remaining | None = None,
        **settings: object,
    ) -> BudgetPolicy:
        """A policy from a file and the environment.

        Args:
            path: A TOML file; None: ``token-budget.toml`` or ``pyproject.toml`` of the workspace.
            workspace: The folder that phases are about.
            ledger: Who knows what is left.
            settings: Over the environment, which is over the file; None: not given.

        Raises:
            ConfigError: A setting cannot be read or used.
        """
        file = None if path is None else Path(path)
        config = read_settings(Path(workspace), file, os.environ).updated(**settings)
        return cls(workspace, ledger=ledger, config=config)

    @cached_property
    def learnt(self) -> Learnt:
        """What this workspace taught; read once.

        Raises:
            StorageError: The workspace has a state that cannot be used.
        """
        return learnt_in(self.workspace)

    @cached_property
    def estimator(self) -> OutputEstimator:
        """What knows how long answers are: the shipped one, with what this workspace taught it.

        Raises:
            StorageError: The workspace has a state that cannot be used.
        """
        from estimators.output import OutputEstimator

        shipped = OutputEstimator.pretrained()
        return OutputEstimator(shipped.prior, self.learnt.adaptations)

    def plan(self, phase: Phase, *, spent: int = 0, today: date | None = None) -> BudgetPlan:
        """Decide what a phase may take.

        Args:
            phase: The phase.
            spent: Input and output tokens that earlier rounds of the phase took.
            today: The day against which retirements are judged; None: the current day, UTC.

        Returns:
            The plan; ``plan.exhausted`` is set where there is no room.

        Raises:
            SpecError: A deliverable cannot be used in this workspace.
            StorageError: The workspace has a state that cannot be used.
        """
        day = today or datetime.now(UTC).date()
        return self.prepare(phase, spent=spent).plan(day)

    def prepare(self, phase: Phase, *, spent: int = 0) -> Prepared:
        """Read all that a phase is decided from; as `plan`, which decides."""
        model = phase.model or self.config.model
        output_format = phase.output_format or self.config.output_format
        effort = phase.effort or self.config.effort
        limits = self.models.resolve(model, self.config.provider)
        resolved = resolved_deliverables(phase, self.files)
        said = described(phase, resolved.deliverables, output_format)
        fixed = fixed_prompt(phase, output_format, said.deliverables)
        contracts = (one for one in (phase.max_tokens, self.config.max_tokens) if one)
        situation = Situation(
            config=self.config,
            limits=limits,
            prices=self.prices.sheet(model, self.config.provider),
            estimate=self._estimate(said, limits, effort),
            prompt=self.prompt_tokens(fixed.text, limits) + self.config.caller_prompt_tokens,
            contract=min(contracts, default=None),
            balances=self.balances(phase, spent, limits),
        )
        return Prepared(phase, model, effort, output_format, resolved, fixed, situation)

    def context(
        self,
        phase: Phase,
        plan: BudgetPlan,
        *,
        rate: float = 1.0,
        progress: Callable[[int, int], None] | None = None,
    ) -> ContextSelection:
        """Choose what of the workspace goes into the prompt: the slower step, after `plan`.

        Args:
            phase: The phase.
            plan: What was planned for it: its ``context_budget`` is never exceeded.
            rate: The model's tokens for one that we count, where the API has said more than that.
            progress: Told how many of how many files have been read.

        Raises:
            ConfigError: An embedder cannot be used as it is set.
            PinnedFilesTooLarge: In strict mode: the pinned files do not fit whole, or are there
                and are not read.
            StorageError: The workspace has a state that cannot be used.
            WorkspaceError: The workspace cannot be listed.
        """
        from token_budget.context.budget import ContextBudget

        limits = self.models.resolve(plan.model, self.config.provider)
        tiers = self.prices.sheet(plan.model, self.config.provider).tier_starts
        budget = ContextBudget(
            plan.context_budget,
            count=lambda text: math.ceil(rate * self.prompt_tokens(text, limits)),
            sized=lambda count: math.ceil(rate * self._upper(count, limits)),
            soft_cap=max(tiers[0] - plan.prompt_tokens, 0) if tiers else None,
            strict=self.config.strict_context,
        )
        return self.contexts.select(phase, plan.deliverables, budget, progress)

    @cached_property
    def contexts(self) -> ContextBudgeter:
        """What chooses contexts; the index is opened once.

        Raises:
            ConfigError: An embedder cannot be used as it is set.
            WorkspaceError: The workspace cannot be listed.
        """
        from token_budget.context.budgeter import ContextBudgeter
        from token_budget.context.embeddings.named import embedder_named

        name, key = self.config.embedder, self.config.embedder_key
        return ContextBudgeter(
            self.workspace,
            self.counter,
            embedder=embedder_named(name, key) if name else None,
            embedding_cap=self.config.embedding_cap,
            vectors=self._vectors() if name else None,
            artifacts=self.config.artifacts,
        )

    def _vectors(self) -> VectorCache:
        """Where vectors are kept, as the settings say."""
        from token_budget.context.cache_database import cache_url
        from token_budget.context.embeddings.vector_cache import VectorCache

        return VectorCache.opened(
            self.config.embedding_database or cache_url(self.workspace.absolute()),
            precision=self.config.embedding_precision,
            maximum_bytes=self.config.embedding_cache_bytes,
        )

    def begin(self, phase: Phase, beginning: Beginning | None = None) -> Attempt:
        """Hold what a phase needs, and start carrying it out.

        Without a ledger the workspace's own books are kept.

        Args:
            phase: The phase.
            beginning: Parts of the workspace for the prompt, a prompt of the caller's, or what an
                earlier attempt got; None: the phase alone.

        Raises:
            BudgetExhausted: It does not fit; nothing is held.
            LedgerError: The books cannot be kept.
            SpecError: A deliverable cannot be used in this workspace.
            StorageError: The workspace has a state that cannot be used.
        """
        from token_budget.attempts.beginning import Beginning, begin_attempt

        return begin_attempt(self, phase, beginning or Beginning())

    @cached_property
    def books(self) -> Ledger:
        """The ledger in which attempts are entered: the given one, or else the workspace's own.

        Once it is open, plans see what it says, unless fixed balances were given.

        Raises:
            LedgerUnavailable: It cannot be opened.
            SchemaMismatch: A newer release wrote it.
        """
        from token_budget.ledger import Ledger

        if isinstance(self.ledger, Ledger):
            return self.ledger
        provider, floor = self.config.provider, self.config.floor
        books = Ledger.of_workspace(
            self.workspace, provider=provider, floor=floor, prices=self.prices
        )
        if self._own_books:
            self.ledger = books
        return books

    def record(self, ended: EndedAttempt) -> PhaseRecord:
        """Keep what became of an attempt, and learn from it: later plans use what it taught.

        Doing it again changes nothing: an attempt, by its scope, is recorded and learnt once.

        Raises:
            LedgerValueError: A round is of another attempt, or a figure cannot be true.
            StorageError: The ledger's database or the workspace's state cannot be used.
        """
        from token_budget.telemetry.recorder import record_attempt

        record = record_attempt(self.workspace, self.ledger, ended)
        for stale in ("learnt", "estimator"):
            self.__dict__.pop(stale, None)
        return record

    def _estimate(
        self, said: PhaseDescription, limits: ModelLimits, effort: str | None
    ) -> PlanEstimate:
        output = self.estimator.predict(
            said.deliverables,
            description=said.description,
            category=said.category,
            complexity=said.complexity,
            acceptance_criteria=said.acceptance_criteria,
            output_format=said.output_format,
            by_model=said.by_model,
        )
        return answer_estimate(
            output,
            envelope_tokens(said.deliverables, said.output_format),
            self._thinking(limits, effort),
            lambda count, kind: in_model_tokens(count, limits, kind, self.models),
        )

    def _thinking(self, limits: ModelLimits, effort: str | None) -> ThinkingEstimate:
        from estimators.thinking import ThinkingEstimate

        if limits.thinking == "enabled":
            return ThinkingEstimate.none("none: this model thinks only in a budget that is sent")
        if self.config.thinking == "off" and not limits.always_thinks:
            return ThinkingEstimate.none("none: thinking is switched off")
        return self.learnt.thinking.predict(bare_model_id(limits.id), effort)

    def prompt_tokens(self, prompt: str, limits: ModelLimits) -> int:
        """Tokens of a prompt at the most, in the model's own."""
        return math.ceil(self._upper(self.counter.count(prompt), limits))

    def _upper(self, count: int, limits: ModelLimits) -> float:
        sized = in_model_tokens(count, limits, "prose", self.models)
        return sized.count * math.exp(PROMPT_SPREADS * sized.log_spread)

    def balances(
        self, phase: Phase, spent: int, limits: ModelLimits
    ) -> Mapping[BoundName, Balance]:
        """What is left of the phase's, the run's and the ledger's budget, and the window."""
        scope = phase_scope(phase)
        money = None if self.config.usd is None else round(self.config.usd * _MICRO_USD)
        configured = Balance(limit=self.config.token_budget, micro_usd_left=money)
        return {
            "phase": tightest(
                Balance(limit=phase.token_budget, spent=spent),
                self.ledger.remaining(scope),
            ),
            "run": tightest(configured, self.ledger.remaining(scope[:1])),
            "ledger": self.ledger.remaining(()),
            "window": Balance(limit=limits.context_window),
        }
