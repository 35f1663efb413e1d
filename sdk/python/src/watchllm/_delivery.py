"""Brings what is queued to the server, from a thread of its own.

Guarantees: recording never raises and never waits for the network; an event is sent again with the same
id until the server has acknowledged it; every event is either acknowledged or reported as lost, once.
"""

import email.utils
import gzip
import http.client
import json
import os
import random
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ._http import Answer, Connection


@dataclass(frozen=True)
class Loss:
    """Events that will not arrive."""

    count: int
    #: ``queue_full``, ``too_large``, ``rejected``, ``refused``, ``closed`` or ``unusable``.
    reason: str
    #: In words; holds nothing of the events.
    message: str


class Limits(NamedTuple):
    """Bounds of queue and requests."""

    queue_events: int = 10_000
    queue_bytes: int = 32 * 1024 * 1024
    batch_events: int = 100
    batch_bytes: int = 1024 * 1024
    #: The longest that an event waits for others, in seconds.
    interval: float = 1.0
    #: How long a request may take, in seconds.
    timeout: float = 15.0
    #: The first and the longest pause between attempts, in seconds.
    retry: Tuple[float, float] = (0.2, 30.0)


_COMPRESS_FROM = 8 * 1024
_PASSING = (408, 425, 429)
#: Pauses that a server may ask for, in seconds.
_LONGEST_WAIT = 60.0

_alive: "weakref.WeakSet[Delivery]" = weakref.WeakSet()


class Delivery:
    """A queue, and the thread that empties it. The thread starts with the first event."""

    def __init__(
        self,
        base_url: str,
        path: str,
        headers: Dict[str, str],
        limits: Limits,
        on_loss: Callable[[Loss], None],
    ) -> None:
        self._base_url = base_url
        self._path = path
        self._headers = headers
        self._limits = limits
        self._on_loss = on_loss
        self.sent = 0
        self.lost = 0
        self._reset()
        _alive.add(self)

    def _reset(self) -> None:
        self._queue: Deque[bytes] = deque()
        self._bytes = 0
        self._in_flight = 0
        self._closed = False
        self._hurry = False
        self._changed = threading.Condition()
        self._thread: Optional[threading.Thread] = None

    @property
    def queued(self) -> int:
        with self._changed:
            return len(self._queue) + self._in_flight

    def push(self, event: Dict[str, Any]) -> None:
        """Queues an event; it is written at once, so that later changes are not seen."""
        try:
            item = json.dumps(
                event, ensure_ascii=False, default=_written, allow_nan=False, separators=(",", ":")
            ).encode("utf-8", "replace")
        except (TypeError, ValueError, RecursionError):
            self._lose(1, "unusable", "An event cannot be written as JSON")
            return
        limits = self._limits
        with self._changed:
            closed = self._closed
            full = (
                len(self._queue) >= limits.queue_events
                or self._bytes + len(item) > limits.queue_bytes
            )
            if not closed and not full:
                self._queue.append(item)
                self._bytes += len(item)
                self._start()
                if len(self._queue) in (1, limits.batch_events) or self._bytes >= limits.batch_bytes:
                    self._changed.notify_all()
        if closed:
            self._lose(1, "closed", "The client is closed")
        elif full:
            self._lose(1, "queue_full", f"The queue holds {limits.queue_events} events already")

    def flush(self, within: float) -> int:
        """Sends what is queued; answers how many are not acknowledged when the time is over."""
        deadline = time.monotonic() + within
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            while self._queue or self._in_flight:
                left = deadline - time.monotonic()
                if left <= 0 or self._thread is None or not self._thread.is_alive():
                    break
                self._changed.wait(left)
            self._hurry = False
            return len(self._queue) + self._in_flight

    def close(self, within: float) -> None:
        """Sends what is queued, then gives up on what is left."""
        self.flush(within)
        with self._changed:
            if self._closed:
                return
            self._closed = True
            left = len(self._queue)
            self._queue.clear()
            self._bytes = 0
            self._changed.notify_all()
            thread = self._thread
        if left:
            self._lose(left, "closed", "The client was closed before they could be sent")
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=self._limits.timeout)

    def after_fork(self) -> None:
        """In a forked child: the parent sends what it has queued, the child begins with nothing."""
        self._reset()

    # --- the thread ---

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="watchllm", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        connection = Connection(self._base_url, self._limits.timeout)
        try:
            while True:
                batch = self._next()
                if batch is None:
                    return
                self._deliver(batch, connection)
        finally:
            connection.close()

    def _next(self) -> Optional[List[bytes]]:
        """Waits for a batch that is worth a request; None when the client was closed."""
        limits = self._limits
        with self._changed:
            began = time.monotonic()
            while not self._closed:
                if not self._queue:
                    self._changed.wait()
                    began = time.monotonic()
                    continue
                worth = (
                    self._hurry
                    or len(self._queue) >= limits.batch_events
                    or self._bytes >= limits.batch_bytes
                )
                left = began + limits.interval - time.monotonic()
                if worth or left <= 0:
                    return self._take()
                self._changed.wait(left)
            return None

    def _take(self) -> List[bytes]:
        batch: List[bytes] = []
        size = 0
        while self._queue and len(batch) < self._limits.batch_events:
            if batch and size + len(self._queue[0]) > self._limits.batch_bytes:
                break
            item = self._queue.popleft()
            batch.append(item)
            size += len(item)
        self._bytes -= size
        self._in_flight = len(batch)
        return batch

    def _deliver(self, batch: List[bytes], connection: Connection) -> None:
        failures = 0
        while batch:
            again, wait = self._attempt(batch, connection)
            batch = again
            if not batch:
                return
            if wait is None:
                failures += 1
                first, longest = self._limits.retry
                wait = random.random() * min(longest, first * 2 ** min(failures - 1, 30))
            if not self._pause(wait):
                self._settle(len(batch))
                self._lose(len(batch), "closed", "The client was closed before the server took them")
                return

    def _attempt(
        self, batch: List[bytes], connection: Connection
    ) -> Tuple[List[bytes], Optional[float]]:
        """What must be sent again, and how long to wait before."""
        body = b'{"events":[' + b",".join(batch) + b"]}"
        headers = dict(self._headers)
        if len(body) >= _COMPRESS_FROM:
            body = gzip.compress(body, 5)
            headers["content-encoding"] = "gzip"
        try:
            answer = connection.request("POST", self._path, headers, body)
            return self._read(batch, answer, connection)
        except (OSError, http.client.HTTPException, ValueError):
            # No connection, no answer in time, or half of one: it may have arrived or not.
            return batch, None

    def _read(
        self, batch: List[bytes], answer: Answer, connection: Connection
    ) -> Tuple[List[bytes], Optional[float]]:
        if answer.status == 413:
            return self._halve(batch, connection)
        if answer.status in _PASSING or answer.status >= 500:
            return batch, _retry_after(answer.headers.get("retry-after"))
        told = answer.json()
        results = told.get("results") if isinstance(told, dict) else None
        if isinstance(results, list) and len(results) == len(batch):
            return self._settle_each(batch, results), None
        if answer.status < 300:
            self._settle(len(batch), sent=len(batch))
            return [], None
        error = told.get("error") if isinstance(told, dict) else None
        message = (error or {}).get("message") or f"The server answered {answer.status}"
        self._settle(len(batch))
        self._lose(len(batch), "refused", message)
        return [], None

    def _halve(
        self, batch: List[bytes], connection: Connection
    ) -> Tuple[List[bytes], Optional[float]]:
        if len(batch) == 1:
            self._settle(1)
            self._lose(1, "too_large", "The server takes no event of this size")
            return [], None
        middle = len(batch) // 2
        self._deliver(batch[:middle], connection)
        return batch[middle:], 0.0

    def _settle_each(self, batch: List[bytes], results: Sequence[Any]) -> List[bytes]:
        again: List[bytes] = []
        messages: List[str] = []
        lost = 0
        for item, result in zip(batch, results):
            status = result.get("status", 0)
            if status < 300:
                continue
            if status in _PASSING or status >= 500:
                again.append(item)
                continue
            lost += 1
            message = _message(status, result.get("error") or {})
            if message not in messages and len(messages) < 3:
                messages.append(message)
        done = len(batch) - len(again)
        self._settle(done, sent=done - lost)
        if lost:
            self._lose(lost, "rejected", "; ".join(messages))
        return again

    def _settle(self, count: int, sent: int = 0) -> None:
        with self._changed:
            self._in_flight -= count
            self.sent += sent
            self._changed.notify_all()

    def _pause(self, seconds: float) -> bool:
        """False when the client was closed. A flush that begins meanwhile ends the pause."""
        deadline = time.monotonic() + seconds
        with self._changed:
            hurried = self._hurry
            while not self._closed:
                left = deadline - time.monotonic()
                if left <= 0 or (self._hurry and not hurried):
                    return True
                self._changed.wait(left)
            return False

    def _lose(self, count: int, reason: str, message: str) -> None:
        with self._changed:
            self.lost += count
        try:
            self._on_loss(Loss(count, reason, message))
        except Exception:  # noqa: BLE001 - its failure is not the host's
            pass


def _written(value: Any) -> Any:
    """The host's own objects: pydantic models as what they hold, the rest as text."""
    for name in ("model_dump", "to_dict", "dict"):
        method = getattr(value, name, None)
        if callable(method):
            try:
                return method()
            except Exception:  # noqa: BLE001 - not the method that it looks like
                continue
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)


def _message(status: int, error: Dict[str, Any]) -> str:
    fields = ", ".join(str(one.get("field")) for one in error.get("fields") or [])
    text = f"{status} {error.get('message', '')}".strip()
    return f"{text} ({fields})" if fields else text


def _retry_after(value: Optional[str]) -> Optional[float]:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError):
            return None
    return min(_LONGEST_WAIT, max(0.0, seconds))


def _after_fork() -> None:
    for delivery in list(_alive):
        delivery.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
