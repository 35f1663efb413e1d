"""Recording every client of the installed provider packages, whoever makes it."""

import importlib
import threading
from typing import Any, Callable, List, Optional, Tuple

from . import _anthropic, _openai
from ._client import WatchLLM
from ._watched import is_watched, watched

_lock = threading.Lock()
_client: Optional[WatchLLM] = None
_undo: List[Callable[[], None]] = []


def auto_instrument(client: Optional[WatchLLM] = None, **options: Any) -> WatchLLM:
    """Records the calls of ``openai`` and ``anthropic``, where they are installed.

    >>> watch = auto_instrument(enabled=False)
    >>> is_instrumented() and get_client() is watch
    True
    >>> disable_instrumentation()

    :param client: the client to record with; one is made from ``options`` when absent
    """
    global _client
    with _lock:
        _client = client or WatchLLM(**options)
        if not _undo:
            for method in (*_openai.METHODS, *_anthropic.METHODS):
                _patch(*method)
        return _client


def disable_instrumentation() -> None:
    """Takes the recording out again. What is queued is still sent."""
    global _client
    with _lock:
        while _undo:
            _undo.pop()()
        _client = None


def is_instrumented() -> bool:
    """Whether ``auto_instrument()`` is in effect."""
    return _client is not None


def get_client() -> Optional[WatchLLM]:
    """The client that ``auto_instrument()`` records with."""
    return _client


def _patch(module: str, kind: str, path: str, function: str, method: Any) -> None:
    found = _class(module, kind)
    original = found.__dict__.get(function) if found else None
    if found is None or original is None or is_watched(original):
        return
    setattr(found, function, watched(original, method, get_client))
    _undo.append(lambda: setattr(found, function, original))


def _class(module: str, kind: str) -> Optional[Any]:
    """Packages of other versions have other modules: what is not there is not recorded."""
    try:
        return getattr(importlib.import_module(module), kind, None)
    except ImportError:
        return None


__all__: Tuple[str, ...] = (
    "auto_instrument",
    "disable_instrumentation",
    "get_client",
    "is_instrumented",
)
