"""Brings what is queued to the server, from a thread of its own.

Guarantees: recording never raises and never waits for the network; an event is sent again with the same
id until the server has acknowledged it; every event is either acknowledged or reported as lost, once.
"""

import atexit
import email.utils
import gzip
import http.client
import json
import os
import random
import sys
import threading
import time
import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ._http import Answer, Connection
from ._json import written


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
    #: How long the interpreter's end waits for what is queued, in seconds.
    exit_timeout: float = 5.0


#: The server takes for a bomb what was made smaller than 1 in 100.
_MOST_RATIO = 90
_CLOSED = "The client was closed before the server took them"
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
        self._impossible = _impossible(base_url, headers)
        self._reset()
        self._exit = _at_exit(self)
        _alive.add(self)

    def _reset(self) -> None:
        self._queue: Deque[bytes] = deque()
        self._bytes = 0
        self._in_flight = 0
        self.sent = 0
        self.lost = 0
        self._closed = False
        #: How many wait for what is queued.
        self._hurry = 0
        self._changed = threading.Condition()
        self._thread: Optional[threading.Thread] = None

    @property
    def queued(self) -> int:
        with self._changed:
            return len(self._queue) + self._in_flight

    def push(self, event: Dict[str, Any]) -> None:
        """Queues an event; it is written at once, so that later changes are not seen."""
        item = written(event)
        if item is None:
            self._lose(1, "unusable", "An event cannot be written as JSON")
            return
        limits = self._limits
        with self._changed:
            full = (
                len(self._queue) >= limits.queue_events
                or self._bytes + len(item) > limits.queue_bytes
            )
            closed = self._closed or (not full and not self._start())
            if not closed and not full:
                self._queue.append(item)
                self._bytes += len(item)
                if len(self._queue) in (1, limits.batch_events) or self._bytes >= limits.batch_bytes:
                    self._changed.notify_all()
        if closed:
            self._lose(1, "closed", "The client is closed, or the host takes no more threads")
        elif full:
            self._lose(1, "queue_full", f"The queue holds {limits.queue_events} events already")

    def flush(self, within: float) -> int:
        """Sends what is queued; answers how many are not acknowledged when the time is over."""
        deadline = time.monotonic() + within
        with self._changed:
            self._hurry += 1
            self._changed.notify_all()
            while self._queue or self._in_flight:
                left = deadline - time.monotonic()
                if left <= 0 or self._thread is None or not self._thread.is_alive():
                    break
                self._changed.wait(left)
            self._hurry -= 1
            return len(self._queue) + self._in_flight

    def close(self, within: float) -> None:
        """Sends what is queued, then gives up on what is left."""
        self.flush(within)
        with self._changed:
            if self._closed:
                return
            self._closed = True
            waiting = self._in_flight
            left = len(self._queue) + waiting
            # What the thread learns of them from now on is not told: they are lost.
            self._in_flight = 0
            self._queue.clear()
            self._bytes = 0
            self._changed.notify_all()
            thread = self._thread
        atexit.unregister(self._exit)
        if left:
            self._lose(left, "closed", _CLOSED)
        # A thread that waits for a server is not waited for: its time was given above.
        if not waiting and thread is not None and thread is not threading.current_thread():
            thread.join(timeout=1)

    def close_at_exit(self) -> None:
        self.close(self._limits.exit_timeout)

    def after_fork(self) -> None:
        """In a forked child: the parent sends what it has queued, the child begins with nothing."""
        self._reset()

    # --- the thread ---

    def _start(self) -> bool:
        """False when there can be no thread: the interpreter ends, or the host has too many."""
        if self._thread is not None and self._thread.is_alive():
            return True
        thread = threading.Thread(target=self._run, name="watchllm", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return False
        if self._thread is None:
            _at_childs_end(self.close_at_exit)
        self._thread = thread
        return True

    def _run(self) -> None:
        connection: Optional[Connection] = None
        try:
            while True:
                batch = self._next()
                if batch is None:
                    return
                if self._impossible is not None:
                    self._settle(len(batch), lost=Loss(len(batch), "refused", self._impossible))
                    continue
                connection = connection or Connection(self._base_url, self._limits.timeout)
                self._deliver(batch, connection)
        finally:
            if connection is not None:
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
                return

    def _attempt(
        self, batch: List[bytes], connection: Connection
    ) -> Tuple[List[bytes], Optional[float]]:
        """What must be sent again, and how long to wait before."""
        body = b'{"events":[' + b",".join(batch) + b"]}"
        headers = dict(self._headers)
        if len(body) >= _COMPRESS_FROM:
            packed = gzip.compress(body, 5)
            if len(packed) * _MOST_RATIO > len(body):
                body = packed
                headers["content-encoding"] = "gzip"
        try:
            answer = connection.request("POST", self._path, headers, body)
            return self._read(batch, answer, connection)
        except (OSError, http.client.HTTPException, ValueError, TypeError, KeyError):
            # No connection, no answer in time, or half of one: it may have arrived or not.
            return batch, None

    def _read(
        self, batch: List[bytes], answer: Answer, connection: Connection
    ) -> Tuple[List[bytes], Optional[float]]:
        if answer.status == 413:
            return self._halve(batch, connection)
        if answer.status in _PASSING or answer.status >= 500:
            return batch, _retry_after(answer.headers.get("retry-after"))
        try:
            told = answer.json()
        except ValueError:
            # Half an answer: what became of the events is not known. An error's page says enough.
            if answer.status < 300:
                raise
            told = None
        results = told.get("results") if isinstance(told, dict) else None
        if isinstance(results, list) and len(results) == len(batch):
            return self._settle_each(batch, results), None
        error = told.get("error") if isinstance(told, dict) else None
        message = error.get("message") if isinstance(error, dict) else None
        reason = str(message or f"The server answered {answer.status}: no WatchLLM")
        self._settle(len(batch), lost=Loss(len(batch), "refused", reason))
        return [], None

    def _halve(
        self, batch: List[bytes], connection: Connection
    ) -> Tuple[List[bytes], Optional[float]]:
        if len(batch) == 1:
            self._settle(1, lost=Loss(1, "too_large", "The server takes no event of this size"))
            return [], None
        middle = len(batch) // 2
        self._deliver(batch[:middle], connection)
        return batch[middle:], 0.0

    def _settle_each(self, batch: List[bytes], results: Sequence[Any]) -> List[bytes]:
        again: List[bytes] = []
        messages: List[str] = []
        lost = 0
        for item, result in zip(batch, results):
            status = result["status"]
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
        self._settle(done, lost=Loss(lost, "rejected", "; ".join(messages)) if lost else None)
        return again

    def _settle(self, count: int, lost: Optional[Loss] = None) -> None:
        """What has become of so many of those under way: they were taken, but for the lost ones."""
        with self._changed:
            if self._closed and self._in_flight == 0:
                return
            self._in_flight -= count
            self.sent += count - (lost.count if lost else 0)
            self._changed.notify_all()
        if lost:
            self._lose(lost.count, lost.reason, lost.message)

    def _pause(self, seconds: float) -> bool:
        """False when the client was closed. A flush that begins meanwhile ends the pause."""
        deadline = time.monotonic() + seconds
        with self._changed:
            hurried = self._hurry
            while not self._closed:
                left = deadline - time.monotonic()
                if left <= 0 or self._hurry > hurried:
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


def _impossible(base_url: str, headers: Dict[str, str]) -> Optional[str]:
    """Why no request can be made at all; else each would fail again and again without a word."""
    try:
        Connection(base_url, 1)
    except ValueError:
        return "base_url must be an http or https URL"
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        return "api_key has characters that no header can carry"
    return None


def _at_exit(delivery: Delivery) -> Callable[[], None]:
    """Has what is queued sent when the interpreter ends. An unused delivery is not kept alive by it, one
    that was used is by its thread, also when nobody has the client any more."""
    reference = weakref.ref(delivery)

    def close() -> None:
        found = reference()
        if found is not None:
            found.close_at_exit()

    atexit.register(close)
    return close


def _at_childs_end(run: Callable[[], None]) -> None:
    """Children of multiprocessing end without what ``atexit`` was told."""
    multiprocessing = sys.modules.get("multiprocessing")
    if multiprocessing is None or multiprocessing.parent_process() is None:
        return
    from multiprocessing import util

    util.Finalize(None, run, exitpriority=10)


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
