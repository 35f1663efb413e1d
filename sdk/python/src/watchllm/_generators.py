"""Generators as spans: their work is done when they have been read, not when they were made.

Each step runs inside the span; between two steps the reader is where it was.
"""

import contextvars
import functools
from typing import TYPE_CHECKING, Any, Callable, Optional

if TYPE_CHECKING:
    from ._spans import Span

Begin = Callable[[], "Span"]


def watched_generator(
    function: Any, begin: Begin, current: "contextvars.ContextVar[Optional[Span]]"
) -> Any:
    """``function`` with a span for each generator that it makes."""

    @functools.wraps(function)
    def generator(*args: Any, **kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        span = begin()
        step: Callable[[], Any] = functools.partial(next, made)
        try:
            while True:
                token = current.set(span)
                try:
                    item = step()
                except StopIteration as stop:
                    return stop.value
                finally:
                    current.reset(token)
                try:
                    step = functools.partial(made.send, (yield item))
                except GeneratorExit:
                    made.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the reader, for the maker
                    step = functools.partial(made.throw, error)
        except GeneratorExit:
            raise
        except BaseException as error:
            span.fail(error)
            raise
        finally:
            span.end()

    return generator


def watched_async_generator(
    function: Any, begin: Begin, current: "contextvars.ContextVar[Optional[Span]]"
) -> Any:
    """The same for an ``async def`` with ``yield``."""

    @functools.wraps(function)
    async def generator(*args: Any, **kwargs: Any) -> Any:
        made = function(*args, **kwargs)
        span = begin()
        step: Callable[[], Any] = made.__anext__
        try:
            while True:
                token = current.set(span)
                try:
                    item = await step()
                except StopAsyncIteration:
                    return
                finally:
                    current.reset(token)
                try:
                    step = functools.partial(made.asend, (yield item))
                except GeneratorExit:
                    await made.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 - thrown in by the reader, for the maker
                    step = functools.partial(made.athrow, error)
        except GeneratorExit:
            raise
        except BaseException as error:
            span.fail(error)
            raise
        finally:
            span.end()

    return generator
