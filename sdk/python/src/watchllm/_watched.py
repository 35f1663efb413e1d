"""Watching a method of a provider's client without getting between it and its caller."""

import functools
import inspect
import time
from typing import Any, AsyncIterator, Callable, Dict, Iterator, NamedTuple, Optional

from ._client import WatchLLM
from ._spans import Span, without_none

Plain = Dict[str, Any]
Hide = Callable[[Any], bool]


class Gathering:
    """Puts a stream's chunks together, one after the other, to a whole answer."""

    def add(self, chunk: Plain) -> None:
        raise NotImplementedError

    def answer(self) -> Plain:
        raise NotImplementedError


class Method(NamedTuple):
    """What a wrapped method is recorded as."""

    name: str
    provider: Callable[[str], str]
    #: What is known from the request: the prompt.
    input: Callable[[Plain], Any]
    #: What is known from a whole answer, as arguments of ``Span.set``.
    read: Callable[[Plain], Plain]
    gather: Callable[[], Gathering]
    #: Changes the request before it goes out; answers which chunks the caller did not ask for.
    prepare: Optional[Callable[[Plain, str], Optional[Hide]]] = None


def watched(original: Any, method: Method, watch: Callable[[], Optional[WatchLLM]]) -> Any:
    """The function to put in an unbound method's place; ``original`` takes ``self`` first."""

    @functools.wraps(original)
    def replaced(self: Any, *args: Any, **kwargs: Any) -> Any:
        client = watch()
        if client is None:
            return original(self, *args, **kwargs)
        base_url = str(getattr(getattr(self, "_client", None), "base_url", ""))
        # With the slash: another port's number may begin alike.
        if f"{base_url}/".startswith(f"{client.base_url}/"):
            # The gateway records it: it is only made part of the present trace.
            around = client.current()
            if around is not None:
                kwargs["extra_headers"] = {**around.headers, **(kwargs.get("extra_headers") or {})}
            return original(self, *args, **kwargs)
        observer = _begin(client, method, base_url, kwargs)
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            observer.failed(error)
            raise
        if inspect.isawaitable(result):
            return _awaited(result, observer)
        return observer.answered(result)

    replaced.__watchllm__ = original  # type: ignore[attr-defined]
    return replaced


def is_watched(function: Any) -> bool:
    return hasattr(function, "__watchllm__")


async def _awaited(result: Any, observer: "_Observer") -> Any:
    try:
        return observer.answered(await result)
    except BaseException as error:
        observer.failed(error)
        raise


def _begin(client: WatchLLM, method: Method, base_url: str, kwargs: Plain) -> "_Observer":
    hide = method.prepare(kwargs, base_url) if method.prepare else None
    try:
        prompt = plain(method.input(kwargs))
    except Exception:  # noqa: BLE001 - recording must not cost the host its call
        prompt = None
    event = without_none(
        type="prompt_call",
        model=str(kwargs.get("model") or "unknown"),
        provider=method.provider(base_url),
        input=prompt,
        metadata={"name": method.name},
    )
    return _Observer(client._inside(event), method, hide)


class _Observer:
    def __init__(self, span: Span, method: Method, hide: Optional[Hide]) -> None:
        self._span = span
        self._method = method
        self._hide = hide
        self._gathering: Optional[Gathering] = None
        self._started = time.perf_counter()
        self._ttft: Optional[float] = None

    def failed(self, error: BaseException) -> None:
        self._span.fail(error)
        self._span.end()

    def answered(self, answer: Any) -> Any:
        """Hands the answer on; a stream's end is the call's end."""
        iterator = getattr(answer, "_iterator", None)
        if iterator is None:
            self._finish(answer)
            return answer
        self._gathering = self._method.gather()
        if hasattr(iterator, "__anext__"):
            answer._iterator = self._read_async(iterator)
        else:
            answer._iterator = self._read(iterator)
        self._end_with(answer)
        return answer

    def _end_with(self, stream: Any) -> None:
        """Who leaves a stream early closes it, and has paid for what came until then."""
        close = getattr(stream, "close", None)
        if close is None:
            return

        def closed(*args: Any, **kwargs: Any) -> Any:
            self._finish_stream()
            return close(*args, **kwargs)

        stream.close = closed

    def _read(self, chunks: Iterator[Any]) -> Iterator[Any]:
        try:
            for chunk in chunks:
                if self._saw(chunk):
                    yield chunk
        except Exception as error:
            self._span.fail(error)
            raise
        finally:
            self._finish_stream()

    async def _read_async(self, chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        try:
            async for chunk in chunks:
                if self._saw(chunk):
                    yield chunk
        except Exception as error:
            self._span.fail(error)
            raise
        finally:
            self._finish_stream()

    def _saw(self, chunk: Any) -> bool:
        """Whether the caller asked for it."""
        if self._ttft is None:
            self._ttft = round((time.perf_counter() - self._started) * 1000, 3)
        if self._gathering is not None:
            try:
                self._gathering.add(plain(chunk))
            except Exception:  # noqa: BLE001 - a chunk that we cannot read is the host's all the same
                pass
        return self._hide is None or not self._hide(chunk)

    def _finish_stream(self) -> None:
        gathering = self._gathering
        self._span.set(stream=True, ttft_ms=self._ttft)
        self._finish(gathering.answer() if gathering else {})

    def _finish(self, answer: Any) -> None:
        try:
            whole = plain(answer)
            if isinstance(whole, dict):
                self._span.set(**self._method.read(whole))
        except Exception:  # noqa: BLE001 - an answer that we cannot read is the host's all the same
            pass
        self._span.end()


def plain(value: Any) -> Any:
    """The clients' models as what they hold."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(mode="json", exclude_none=True)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value
