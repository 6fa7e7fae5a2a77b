"""One response while it arrives: the message, its operations, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndjson import Done, Meta, NdjsonError, Parser
from token_budget.executor.events import Arrived
from token_budget.streamed import StreamedMessage

if TYPE_CHECKING:
    from ndjson import FileOperation
    from token_budget.executor.events import Event, Watch


class Incoming:
    """Takes the events of one stream.

    Attributes:
        message: What came so far.
        request_id: The API's name for the request; None: it never said.
        error: What broke the stream off; None: nothing did.
    """

    def __init__(self, watch: Watch) -> None:
        """Start before the first event."""
        self.message = StreamedMessage()
        self.request_id: str | None = None
        self.error: Exception | None = None
        self._watch = watch
        self._raised: Exception | None = None  # by whoever watches
        self._parser: Parser | None = Parser()

    @property
    def interrupted(self) -> bool:
        """Whether the stream did not come to its end, or cannot be trusted from some place on."""
        return self.error is not None or not self.message.stopped or self.message.damaged

    def take(self, event: object) -> None:
        """Take one event, and tell whoever watches."""
        text = self.message.take(event)
        if text:
            self.tell(Arrived(text, self._operations(text)))

    def tell(self, event: Event) -> None:
        """Tell whoever watches."""
        try:
            self._watch(event)
        except Exception as error:
            self._raised = error
            raise

    def broke_off(self, error: BaseException) -> bool:
        """Whether an error is the stream's; it is none if whoever watches or waits gave up."""
        if not isinstance(error, Exception) or error is self._raised:
            return False
        self.error = error
        return True

    def _operations(self, text: str) -> tuple[FileOperation, ...]:
        """The operations that a piece of text completes, for whoever watches.

        The attempt reads the whole answer once more: what it makes of it is what counts. So an
        answer that cannot be read is its matter, and here only ends the watching.
        """
        if self._parser is None:
            return ()
        try:
            found = self._parser.feed(text)
        except NdjsonError:
            self._parser = None
            return ()
        return tuple(one.operation for one in found if not isinstance(one.operation, Meta | Done))
