"""The host's values as JSON. Nothing of them can make this fail but a cycle."""

import json
import math
from datetime import date
from typing import Any, Optional

#: Deeper than the server reads.
_DEEPEST = 100


def written(event: Any) -> Optional[bytes]:
    """UTF-8; None when it cannot be written."""
    try:
        return _dumped(event)
    except Exception:  # noqa: BLE001 - most likely a NaN or an odd key: looked for only now
        try:
            return _dumped(_plain(event, 0))
        except Exception:  # noqa: BLE001 - whatever the host's objects do
            return None


def copied(value: Any, depth: int = 0) -> Any:
    """Lists and dictionaries as they are now: the host may go on changing its messages meanwhile."""
    if depth > _DEEPEST:
        return value
    if type(value) is dict:
        return {name: copied(one, depth + 1) for name, one in list(value.items())}
    if type(value) is list:
        return [copied(one, depth + 1) for one in list(value)]
    return value


def _dumped(event: Any) -> bytes:
    text = json.dumps(
        event, ensure_ascii=False, default=_own, allow_nan=False, separators=(",", ":")
    )
    return text.encode("utf-8", "replace")


def _own(value: Any) -> Any:
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
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _plain(value: Any, depth: int) -> Any:
    """With names that are text, and without the numbers that JSON does not know."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one, depth + 1) for one in value]
    if value is None or isinstance(value, (str, int)):
        return value
    return _plain(_own(value), depth + 1)
