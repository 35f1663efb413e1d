"""Requests to the server over a kept connection, with the standard library alone."""

import http.client
import json
import urllib.parse
from typing import Any, Dict, Mapping, NamedTuple, Optional


class Answer(NamedTuple):
    """A whole answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Connection:
    """One connection, made when it is needed and made anew when it broke. For one thread."""

    def __init__(self, base_url: str, timeout: float) -> None:
        url = urllib.parse.urlsplit(base_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError("base_url must be an http or https URL")
        self._secure = url.scheme == "https"
        self._host = url.hostname
        self._port = url.port
        self._prefix = url.path.rstrip("/")
        self._timeout = timeout
        self._kept: Optional[http.client.HTTPConnection] = None

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: Optional[bytes] = None
    ) -> Answer:
        """Sends and reads whole. Raises OSError or HTTPException when it is not known what came of it."""
        for attempt in (0, 1):
            fresh = self._kept is None
            connection = self._kept = self._kept or self._connect()
            try:
                connection.request(method, self._prefix + path, body, dict(headers))
                response = connection.getresponse()
                answer = Answer(response.status, _lower(response), response.read())
                if response.will_close:
                    self.close()
                return answer
            except (OSError, http.client.HTTPException):
                self.close()
                # The server may have closed a kept connection between two requests.
                if fresh or attempt == 1:
                    raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=self._timeout)


def _lower(response: http.client.HTTPResponse) -> Dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}
