"""Tells of lost events in the host's log, when nobody else is told: a wrong key should not go unseen."""

import logging
import threading
import time
from typing import TYPE_CHECKING, Dict, Tuple

if TYPE_CHECKING:
    from ._delivery import Loss

_logger = logging.getLogger("watchllm")
#: Seconds between two warnings for the same reason.
_PAUSE = 60.0


class LogLosses:
    """A warning for the first loss of each reason, then one a minute with all that came meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: By reason: when it was told of last, and how many were not told of since.
        self._told: Dict[str, Tuple[float, int]] = {}

    def __call__(self, loss: "Loss") -> None:
        now = time.monotonic()
        with self._lock:
            last, untold = self._told.get(loss.reason, (float("-inf"), 0))
            count = untold + loss.count
            due = now - last >= _PAUSE
            self._told[loss.reason] = (now, 0) if due else (last, count)
        if due:
            _logger.warning("%d events lost (%s): %s", count, loss.reason, loss.message)
