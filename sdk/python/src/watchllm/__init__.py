"""WatchLLM for Python: traces, tool calls, scores and feedback into the event log.

>>> from watchllm import WatchLLM
>>> watch = WatchLLM(enabled=False)
>>> @watch.tool("search")
... def search(query):
...     return ["Page 3"]
>>> with watch.trace("answer", user_id="u_1"):
...     search("refund")
['Page 3']
"""

from ._analytics import Analytics, WatchLLMError
from ._client import Counts, ProxyAddress, WatchLLM
from ._delivery import Loss
from ._instrument import (
    auto_instrument,
    disable_instrumentation,
    get_client,
    is_instrumented,
)
from ._spans import Scope, Span
from ._webhook import WebhookError, verify_webhook

__version__ = "0.1.0"

#: The name that earlier users know.
WatchLLMClient = WatchLLM

__all__ = [
    "Analytics",
    "Counts",
    "Loss",
    "ProxyAddress",
    "Scope",
    "Span",
    "WatchLLM",
    "WatchLLMClient",
    "WatchLLMError",
    "WebhookError",
    "auto_instrument",
    "disable_instrumentation",
    "get_client",
    "is_instrumented",
    "verify_webhook",
    "__version__",
]
