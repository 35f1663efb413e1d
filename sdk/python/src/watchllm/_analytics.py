"""Reads what is stored, over the analytics API."""

import http.client
import urllib.parse
from datetime import datetime
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union, cast

from ._http import Connection
from ._spans import timestamp

Instant = Union[str, datetime, None]


class WatchLLMError(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: str, message: str, request_id: Optional[str]) -> None:
        super().__init__(message)
        #: The HTTP status; 0 when there was no answer.
        self.status = status
        #: The stable code of the error table.
        self.code = code
        #: To quote when you report it.
        self.request_id = request_id


class Analytics:
    """Reads a project's analytics. Unlike recording, reading raises: ``WatchLLMError``."""

    def __init__(self, base_url: str, api_key: str, timeout: float) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout

    def stats(self, date_from: Instant = None, date_to: Instant = None) -> Dict[str, Any]:
        """The totals of a stretch of time. Money is US dollars as decimal strings."""
        query = {"date_from": date_from, "date_to": date_to}
        return cast(Dict[str, Any], self.get("/v1/analytics/stats", query))

    def timeseries(
        self, *, period: str = "24h", metric: str = "requests", group_by: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """A figure over time; empty buckets are 0."""
        query = {"period": period, "metric": metric, "group_by": group_by}
        answer = self.get("/v1/analytics/timeseries", query)
        return cast(List[Dict[str, Any]], answer["data"])

    def logs(
        self,
        *,
        date_from: Instant = None,
        date_to: Instant = None,
        properties: Optional[Mapping[str, str]] = None,
        page_size: int = 100,
        **filters: Any,
    ) -> Iterator[Dict[str, Any]]:
        """Every call that fits, page by page behind the scenes.

        Filters: status, provider, model, user_id, session_id, trace_id, cache, q, order.
        """
        query: Dict[str, Any] = {
            "date_from": date_from,
            "date_to": date_to,
            "limit": page_size,
            **filters,
            **{f"property.{name}": value for name, value in (properties or {}).items()},
        }
        while True:
            page = self.get("/v1/analytics/logs", query)
            yield from page["logs"]
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]

    def event(self, event_id: str) -> Dict[str, Any]:
        """One event with its bodies, the cost's arithmetic and the decisions behind it."""
        path = f"/v1/analytics/event/{urllib.parse.quote(event_id, safe='')}"
        return cast(Dict[str, Any], self.get(path))

    def trace(self, trace_id: str) -> Dict[str, Any]:
        """One trace as a tree."""
        path = f"/v1/analytics/traces/{urllib.parse.quote(trace_id, safe='')}"
        return cast(Dict[str, Any], self.get(path))

    def get(self, path: str, query: Optional[Mapping[str, Any]] = None) -> Any:
        """Any route of the API."""
        given = {
            name: timestamp(value) if isinstance(value, datetime) else str(value)
            for name, value in (query or {}).items()
            if value is not None
        }
        target = f"{path}?{urllib.parse.urlencode(given)}" if given else path
        connection = Connection(self._base_url, self._timeout)
        try:
            answer = connection.request("GET", target, {"authorization": f"Bearer {self._api_key}"})
        except (OSError, http.client.HTTPException) as error:
            message = f"No answer from {self._base_url}: {error}"
            raise WatchLLMError(0, "unreachable", message, None) from error
        finally:
            connection.close()
        try:
            told = answer.json()
        except ValueError:
            told = {}
        if answer.status < 300:
            return told
        error_told = told.get("error", {}) if isinstance(told, dict) else {}
        raise WatchLLMError(
            answer.status,
            error_told.get("code", "unknown"),
            error_told.get("message", f"The server answered {answer.status}"),
            error_told.get("request_id"),
        )
