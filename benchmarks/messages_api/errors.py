"""An error of the API, and what it looks like on the wire."""

from __future__ import annotations

from typing import Any

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
"""The API's own name of the error of each status that the server gives."""


class ApiError(Exception):
    """An HTTP status with the API's words.

    Attributes:
        status: Of HTTP.
        message: The API's own.
        headers: More headers of the response.
    """

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        """Keep the parts."""
        self.status, self.message, self.headers = status, message, headers or {}
        super().__init__(f"{status} {message}")

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON of the response."""
        return {**error_body(KINDS[self.status], self.message), "request_id": request_id}


def error_body(kind: str, message: str) -> dict[str, Any]:
    """The JSON of an error, in a response or in a stream."""
    return {"type": "error", "error": {"type": kind, "message": message}}
