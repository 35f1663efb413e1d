"""The client: traces, spans, scores and feedback, queued and sent behind the host's back."""

import os
from datetime import datetime, timezone
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Union

from . import _ids
from ._analytics import Analytics
from ._delivery import Delivery, Limits, Loss
from ._json import copied
from ._losses import LogLosses
from ._spans import Event, Facts, Scope, Span, current_span, error_facts, timestamp, without_none

Redact = Callable[[Event], Optional[Event]]


class Counts(NamedTuple):
    """What has become of the events until now."""

    #: Not acknowledged yet.
    queued: int
    #: Acknowledged: in the server's log.
    sent: int
    #: Reported through ``on_loss``.
    lost: int


class ProxyAddress(NamedTuple):
    """What a provider's client is made with to go through the gateway."""

    base_url: str
    api_key: str
    headers: Dict[str, str]


class WatchLLM:
    """A client of one project.

    It never raises into the host and never holds it up: events are queued within bounds and sent by a
    thread until the server has acknowledged them. What will not arrive is told to ``on_loss``.

    >>> watch = WatchLLM(enabled=False)
    >>> with watch.trace("answer", user_id="u_1") as trace:
    ...     with watch.tool("search", input={"q": "refund"}) as tool:
    ...         tool.set(output=["Page 3"])
    >>> len(trace.trace_id)
    32
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        *,
        enabled: bool = True,
        environment: Optional[str] = None,
        release: Optional[str] = None,
        sample_rate: float = 1.0,
        redact: Optional[Redact] = None,
        on_loss: Optional[Callable[[Loss], None]] = None,
        batch_size: int = 100,
        flush_interval: float = 1.0,
        max_queue_size: int = 10_000,
        max_queue_bytes: int = 32 * 1024 * 1024,
        timeout: float = 15.0,
        retry: "tuple[float, float]" = (0.2, 30.0),
        exit_timeout: float = 5.0,
        project_id: Optional[str] = None,
    ) -> None:
        """
        :param api_key: the project key; the environment's ``WATCHLLM_API_KEY`` when absent
        :param base_url: where WatchLLM is; ``WATCHLLM_BASE_URL``, else ``http://127.0.0.1:8787``
        :param sample_rate: the share of traces that is sent, 0 to 1; a trace goes whole or not at all
        :param redact: changes an event before it is queued, or keeps it back with None; when it raises,
            the event is not sent and counted as lost
        :param on_loss: told of events that will not arrive; when absent they are logged as warnings of
            the logger ``watchllm``
        :param flush_interval: the longest that an event waits for others, in seconds
        :param retry: the first and the longest pause between attempts, in seconds
        :param exit_timeout: how long the interpreter's end waits for what is queued, in seconds
        :param project_id: said of every event; the key's own project when absent
        """
        given = api_key if api_key is not None else os.environ.get("WATCHLLM_API_KEY", "")
        # Out of a file it has a line's end.
        self.api_key = given.strip()
        self.base_url = (
            base_url or os.environ.get("WATCHLLM_BASE_URL") or "http://127.0.0.1:8787"
        ).rstrip("/")
        self._enabled = enabled
        self._base = without_none(
            environment=environment,
            release=release,
            project_id=project_id or os.environ.get("WATCHLLM_PROJECT_ID") or None,
        )
        self._sample_rate = sample_rate
        self._redact = redact
        self._on_loss = on_loss or LogLosses()
        self._exit_timeout = exit_timeout
        self._unusable = 0
        self._delivery = Delivery(
            self.base_url,
            "/v1/events/batch",
            {"content-type": "application/json", "authorization": f"Bearer {self.api_key}"},
            Limits(
                queue_events=max_queue_size,
                queue_bytes=max_queue_bytes,
                batch_events=min(1000, batch_size),
                interval=flush_interval,
                timeout=timeout,
                retry=retry,
                exit_timeout=exit_timeout,
            ),
            self._on_loss,
        )
        #: What is stored, read back.
        self.analytics = Analytics(self.base_url, self.api_key, timeout)

    # --- work ---

    def trace(
        self,
        name: str = "trace",
        *,
        input: Any = None,
        attributes: Optional[Mapping[str, Any]] = None,
        user_id: Optional[str] = None,
        session_id: Optional[str] = None,
        tags: Optional[Sequence[str]] = None,
        properties: Optional[Mapping[str, Any]] = None,
        run_id: Optional[str] = None,
        trace_id: Optional[str] = None,
        parent_span_id: Optional[str] = None,
    ) -> Scope:
        """The root of a trace; what is recorded inside belongs to it. A context manager and a decorator.

        :param trace_id: goes on with a trace of another process: its 32 hex digits
        :param parent_span_id: the span of that process that this work belongs to
        """
        facts = Facts(user_id, session_id, tags, properties, run_id)

        def begin() -> Span:
            event = _work("span", name, input, attributes, kind="chain")
            return Span(self._send, event, facts, trace_id or _ids.trace_id(), parent_span_id)

        return Scope(begin)

    def span(
        self,
        name: str,
        *,
        kind: str = "span",
        input: Any = None,
        attributes: Optional[Mapping[str, Any]] = None,
    ) -> Scope:
        """A stretch of work: ``kind`` is one of span, agent, chain, tool, retriever, embedding, …"""
        return Scope(lambda: self._inside(_work("span", name, input, attributes, kind=kind)))

    def tool(
        self,
        name: str,
        *,
        tool_id: Optional[str] = None,
        input: Any = None,
        attributes: Optional[Mapping[str, Any]] = None,
    ) -> Scope:
        """One use of a tool. As a decorator, what the function returns is its output.

        :param tool_id: the id that the model gave the call
        """
        return Scope(
            lambda: self._inside(
                _work("tool_call", name, input, attributes, tool_name=name, tool_id=tool_id)
            ),
            returns_output=True,
        )

    def generation(
        self,
        name: str,
        *,
        model: str,
        provider: Optional[str] = None,
        input: Any = None,
        attributes: Optional[Mapping[str, Any]] = None,
    ) -> Scope:
        """A call of a model that does not pass through the gateway. Tell its tokens with ``set``."""

        def begin() -> Span:
            event = without_none(
                type="prompt_call",
                model=model,
                provider=provider,
                input=copied(input),
                metadata={"name": name, **(attributes or {})},
            )
            return self._inside(event)

        return Scope(begin)

    def current(self) -> Optional[Span]:
        """The innermost span around this line of code."""
        return current_span.get()

    # --- events ---

    def score(
        self,
        name: str,
        value: Union[float, bool, str],
        *,
        comment: Optional[str] = None,
        target_event_id: Optional[str] = None,
        trace_id: Optional[str] = None,
        span_id: Optional[str] = None,
        session_id: Optional[str] = None,
    ) -> str:
        """Records a measurement, of the present span when it names nothing else. Returns its id."""
        return self._about(
            without_none(
                type="score",
                name=name,
                value=value,
                comment=comment,
                target_event_id=target_event_id,
                trace_id=trace_id,
                span_id=span_id,
                session_id=session_id,
            )
        )

    def feedback(
        self,
        rating: Union[str, float, bool],
        *,
        comment: Optional[str] = None,
        correction: Any = None,
        target_event_id: Optional[str] = None,
        trace_id: Optional[str] = None,
        span_id: Optional[str] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
    ) -> str:
        """Records what a person thought: ``"up"``, ``"down"``, a number, True or False."""
        return self._about(
            without_none(
                type="feedback",
                rating=rating,
                comment=comment,
                correction=correction,
                target_event_id=target_event_id,
                trace_id=trace_id,
                span_id=span_id,
                session_id=session_id,
                user_id=user_id,
            )
        )

    def record(self, event: Mapping[str, Any]) -> str:
        """Records any event (``docs/ingest.md``), as part of the present span. Returns its id."""
        around = current_span.get()
        whole: Event = {
            "timestamp": _now(),
            **(around.facts.event if around else {}),
            **({"trace_id": around.trace_id, "parent_span_id": around.span_id} if around else {}),
            **event,
        }
        whole.setdefault("event_id", _ids.event_id())
        self._send(whole)
        return str(whole["event_id"])

    def log_prompt_call(self, *, model: str, **fields: Any) -> str:
        """Records a call of a model that is over."""
        return self.record({"type": "prompt_call", "model": model, **fields})

    def log_agent_step(self, *, step_name: str, **fields: Any) -> str:
        """Records a step of an agent that is over."""
        return self.record({"type": "agent_step", "step_name": step_name, **fields})

    def log_error(self, error: Union[str, BaseException], **fields: Any) -> str:
        """Records that something failed."""
        facts = {"message": error} if isinstance(error, str) else error_facts(error)
        return self.record({"type": "error", "message": facts["message"], "error": facts, **fields})

    # --- sending ---

    @property
    def counts(self) -> Counts:
        """What has become of the events until now."""
        delivery = self._delivery
        return Counts(delivery.queued, delivery.sent, delivery.lost + self._unusable)

    def flush(self, timeout: float = 30.0) -> int:
        """Sends what is queued; answers how many events are not acknowledged when the time is over."""
        return self._delivery.flush(timeout)

    def close(self, timeout: Optional[float] = None) -> None:
        """Sends what is queued, for at most ``timeout`` seconds, and reports the rest as lost."""
        self._delivery.close(self._exit_timeout if timeout is None else timeout)

    def __enter__(self) -> "WatchLLM":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    async def __aenter__(self) -> "WatchLLM":
        return self

    async def __aexit__(self, *_: Any) -> None:
        import asyncio

        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def proxy(self, provider: str = "openai") -> ProxyAddress:
        """Base URL, key and headers that send a provider's own client through the gateway."""
        paths = {"openai": "/v1", "anthropic": "", "google": ""}
        path = paths.get(provider, f"/proxy/{provider}")
        around = current_span.get()
        return ProxyAddress(self.base_url + path, self.api_key, around.headers if around else {})

    def wrap_openai(self, client: Any) -> Any:
        """Records the calls of an OpenAI client, synchronous or not. It is changed in place."""
        from ._openai import wrap_openai

        return wrap_openai(client, self)

    def wrap_anthropic(self, client: Any) -> Any:
        """Records the calls of an Anthropic client, synchronous or not. It is changed in place."""
        from ._anthropic import wrap_anthropic

        return wrap_anthropic(client, self)

    # --- inside ---

    def _inside(self, event: Event) -> Span:
        around = current_span.get()
        if around is None:
            return Span(self._send, event, Facts(), _ids.trace_id(), None)
        return Span(self._send, event, around.facts, around.trace_id, around.span_id)

    def _about(self, event: Event) -> str:
        named = ("target_event_id", "trace_id", "span_id", "session_id")
        around = current_span.get()
        if around is not None and not any(name in event for name in named):
            event = {**event, "trace_id": around.trace_id, "span_id": around.span_id}
        # About nothing, it must not be taken for an opinion about the event of its own id.
        name = "event_id" if any(name in event for name in named) else "id"
        event = {"timestamp": _now(), name: _ids.event_id(), **event}
        self._send(event)
        return str(event[name])

    def _send(self, event: Event) -> None:
        if not self._enabled or not self._is_sampled(event):
            return
        whole: Optional[Event] = {**self._base, **event}
        if self._redact is not None and whole is not None:
            try:
                whole = self._redact(whole)
            except Exception:  # noqa: BLE001 - what could not be redacted must not go out
                self._tell(Loss(1, "unusable", "The redact hook failed"))
                return
        if whole is not None:
            self._delivery.push(whole)

    def _is_sampled(self, event: Event) -> bool:
        # People's words are few and worth more than a trace: they go whatever the share is.
        trace = event.get("trace_id")
        if self._sample_rate >= 1 or trace is None or event.get("type") in ("feedback", "score"):
            return True
        try:
            return int(str(trace)[-8:], 16) < self._sample_rate * 2**32
        except ValueError:
            return True

    def _tell(self, loss: Loss) -> None:
        self._unusable += loss.count
        try:
            self._on_loss(loss)
        except Exception:  # noqa: BLE001 - its failure is not the host's
            pass


def _work(event_type: str, name: str, input: Any, attributes: Any, **more: Any) -> Event:
    return without_none(
        type=event_type,
        name=name,
        input=copied(input),
        attributes=dict(attributes) if attributes else None,
        **more,
    )


def _now() -> str:
    return timestamp(datetime.now(timezone.utc))
