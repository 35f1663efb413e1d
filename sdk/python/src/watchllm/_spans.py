"""Work that is under way: context managers and decorators, for synchronous and asynchronous code."""

import contextvars
import functools
import inspect
import time
import traceback
import urllib.parse
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar, cast

from . import _ids
from ._generators import watched_async_generator, watched_generator
from ._json import copied

F = TypeVar("F", bound=Callable[..., Any])
Event = Dict[str, Any]

current_span: "contextvars.ContextVar[Optional[Span]]" = contextvars.ContextVar(
    "watchllm_span", default=None
)


class Facts:
    """What a trace says for all that happens in it."""

    __slots__ = ("event",)

    def __init__(
        self,
        user_id: Optional[str] = None,
        session_id: Optional[str] = None,
        tags: Optional[Sequence[str]] = None,
        properties: Optional[Mapping[str, Any]] = None,
        run_id: Optional[str] = None,
    ) -> None:
        self.event: Event = without_none(
            # Applications have numbers and UUIDs; an empty one is none.
            user_id=None if user_id in (None, "") else str(user_id),
            session_id=None if session_id in (None, "") else str(session_id),
            tags=list(tags) if tags else None,
            properties=dict(properties) if properties else None,
            run_id=run_id,
        )


class Span:
    """Work that is under way. ``end()`` sends the event that tells of it."""

    def __init__(
        self,
        send: Callable[[Event], None],
        event: Event,
        facts: Facts,
        trace_id: str,
        parent_span_id: Optional[str],
    ) -> None:
        #: The trace that it belongs to: 32 hex digits.
        self.trace_id = trace_id
        #: Its own id in the trace: 16 hex digits.
        self.span_id = _ids.span_id()
        #: The id of the event that will tell of it: what scores and feedback can name.
        self.event_id = _ids.event_id()
        self.facts = facts
        self._parent = parent_span_id
        self._send = send
        self._event = event
        self._at = datetime.now(timezone.utc)
        self._started = time.perf_counter()
        self._ended = False

    @property
    def traceparent(self) -> str:
        """W3C trace context, to go on with the trace in another process."""
        return f"00-{self.trace_id}-{self.span_id}-01"

    @property
    def headers(self) -> Dict[str, str]:
        """Headers that make a call through the gateway part of this trace."""
        headers = {"traceparent": self.traceparent}
        for name, fact in (("x-watchllm-user", "user_id"), ("x-watchllm-session", "session_id")):
            if fact in self.facts.event:
                headers[name] = _header(self.facts.event[fact])
        return headers

    def set(
        self,
        *,
        output: Any = None,
        status: Optional[str] = None,
        attributes: Optional[Mapping[str, Any]] = None,
        usage: Any = None,
        tokens_input: Optional[int] = None,
        tokens_output: Optional[int] = None,
        tokens_cache_read: Optional[int] = None,
        tokens_cache_write: Optional[int] = None,
        tokens_reasoning: Optional[int] = None,
        response_model: Optional[str] = None,
        response_id: Optional[str] = None,
        finish_reason: Optional[str] = None,
        tool_calls: Optional[Sequence[Mapping[str, Any]]] = None,
        cost_usd: Optional[str] = None,
        ttft_ms: Optional[float] = None,
        stream: Optional[bool] = None,
    ) -> None:
        """Adds facts. ``usage`` is the provider's own usage object and goes before the token counts."""
        if attributes:
            self._event["attributes"] = {**self._event.get("attributes", {}), **attributes}
        self._event.update(
            without_none(
                output=copied(output),
                status=status,
                usage=usage,
                tokens_input=tokens_input,
                tokens_output=tokens_output,
                tokens_cache_read=tokens_cache_read,
                tokens_cache_write=tokens_cache_write,
                tokens_reasoning=tokens_reasoning,
                response_model=response_model,
                response_id=response_id,
                finish_reason=finish_reason,
                tool_calls=tool_calls,
                cost_usd=cost_usd,
                ttft_ms=ttft_ms,
                stream=stream,
            )
        )

    def fail(self, error: BaseException) -> None:
        """Marks it as failed."""
        self._event["status"] = "error"
        self._event["error"] = error_facts(error)

    def end(self) -> None:
        """Ends it; later calls do nothing."""
        if self._ended:
            return
        self._ended = True
        took = round((time.perf_counter() - self._started) * 1000, 3)
        kind = self._event["type"]
        self._send(
            {
                **self.facts.event,
                "status": "success",
                **self._event,
                "event_id": self.event_id,
                "timestamp": timestamp(self._at),
                "trace_id": self.trace_id,
                "span_id": self.span_id,
                **({"parent_span_id": self._parent} if self._parent else {}),
                "latency_ms" if kind == "prompt_call" else "duration_ms": took,
            }
        )


class Scope:
    """Begins a span when it is entered. Also a decorator: each call of the function is a span."""

    def __init__(self, begin: Callable[[], Span], returns_output: bool = False) -> None:
        self._begin = begin
        self._returns_output = returns_output
        #: It may be entered again before it is left, by other tasks and threads too.
        self._open: List[Tuple[Span, "contextvars.Token[Optional[Span]]"]] = []

    def __enter__(self) -> Span:
        span = self._begin()
        self._open.append((span, current_span.set(span)))
        return span

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> None:
        if not self._open:
            return
        current = current_span.get()
        # Left in another context than it was entered in, as some generators are, it is the last one.
        left = next((one for one in reversed(self._open) if one[0] is current), self._open[-1])
        self._open.remove(left)
        span, token = left
        try:
            current_span.reset(token)
        except ValueError:
            pass
        if error is not None:
            span.fail(error)
        span.end()

    async def __aenter__(self) -> Span:
        return self.__enter__()

    async def __aexit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        begin, returns_output = self._begin, self._returns_output

        if isinstance(function, (staticmethod, classmethod)):
            return cast(F, type(function)(self(function.__func__)))
        if inspect.isasyncgenfunction(function):
            return cast(F, watched_async_generator(function, begin, current_span))
        if inspect.isgeneratorfunction(function):
            return cast(F, watched_generator(function, begin, current_span))
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def asynchronous(*args: Any, **kwargs: Any) -> Any:
                with Scope(begin) as span:
                    result = await function(*args, **kwargs)
                    if returns_output:
                        span.set(output=result)
                    return result

            return asynchronous  # type: ignore[return-value]

        @functools.wraps(function)
        def synchronous(*args: Any, **kwargs: Any) -> Any:
            with Scope(begin) as span:
                result = function(*args, **kwargs)
                if returns_output:
                    span.set(output=result)
                return result

        return synchronous  # type: ignore[return-value]


def error_facts(error: BaseException) -> Dict[str, Any]:
    """What failed, from whatever was raised: it may be an object that cannot even be looked at."""
    facts: Dict[str, Any] = {"message": "", "type": type(error).__name__}
    try:
        facts["message"] = str(error)
        code = getattr(error, "code", None)
        if isinstance(code, (str, int)):
            facts["code"] = code
        stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        facts["stack"] = stack[-4000:]
    except Exception:  # noqa: BLE001 - its failure is not the host's
        pass
    return facts


def _header(value: str) -> str:
    """What any client can send: percent-encoded when it is not plain, as the gateway reads it."""
    if value.isascii() and value.isprintable() and not set(value) & {" ", "%"}:
        return value
    return urllib.parse.quote(value, safe="", errors="replace")


def timestamp(at: datetime) -> str:
    """UTC with milliseconds."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def without_none(**facts: Any) -> Dict[str, Any]:
    """Leaves out what is not there."""
    return {name: value for name, value in facts.items() if value is not None}
