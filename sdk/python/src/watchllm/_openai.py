"""Recording the calls of the ``openai`` package (from version 1)."""

import types
import urllib.parse
from typing import Any, Dict, List, Optional, Tuple

from ._client import WatchLLM
from ._spans import without_none
from ._watched import Gathering, Hide, Method, Plain, is_watched, watched

_OTHER_NAMES = {"x": "xai", "googleapis": "google"}


def provider_of(base_url: str) -> str:
    """By the address's domain, which for all but two is the provider's name."""
    host = urllib.parse.urlsplit(base_url).hostname or ""
    parts = host.split(".")
    domain = parts[-2] if len(parts) > 1 else "openai"
    # Addresses of a machine have no domain: whatever is there speaks OpenAI's dialect.
    return "openai" if any(c.isdigit() for c in domain) else _OTHER_NAMES.get(domain, domain)


def _ask_for_usage(kwargs: Plain, base_url: str) -> Optional[Hide]:
    """A stream tells its usage only when asked; who did not ask is not shown the extra chunk."""
    options = kwargs.get("stream_options")
    if kwargs.get("stream") is not True or (isinstance(options, dict) and "include_usage" in options):
        return None
    kwargs["stream_options"] = {**(options if isinstance(options, dict) else {}), "include_usage": True}
    return lambda chunk: bool(getattr(chunk, "usage", None)) and not getattr(chunk, "choices", None)


class _Chat(Gathering):
    def __init__(self) -> None:
        self._head: Plain = {}
        self._content: List[str] = []
        self._calls: Dict[int, Plain] = {}
        self._finish: Optional[str] = None

    def add(self, chunk: Plain) -> None:
        for name in ("id", "model", "usage"):
            if chunk.get(name):
                self._head[name] = chunk[name]
        for choice in chunk.get("choices") or []:
            if choice.get("index", 0) != 0:
                continue
            self._finish = choice.get("finish_reason") or self._finish
            delta = choice.get("delta") or {}
            self._content.append(delta.get("content") or choice.get("text") or "")
            for part in delta.get("tool_calls") or []:
                self._add_call(part)

    def _add_call(self, part: Plain) -> None:
        call = self._calls.setdefault(
            part.get("index", 0), {"type": "function", "function": {"name": "", "arguments": ""}}
        )
        function = part.get("function") or {}
        if part.get("id"):
            call["id"] = part["id"]
        if function.get("name"):
            call["function"]["name"] = function["name"]
        call["function"]["arguments"] += function.get("arguments") or ""

    def answer(self) -> Plain:
        calls = [self._calls[index] for index in sorted(self._calls)]
        text = "".join(self._content)
        message: Plain = {"role": "assistant", "content": text}
        if calls:
            message["tool_calls"] = calls
        choice = {"message": message, "text": text, "finish_reason": self._finish}
        return {**self._head, "choices": [choice]}


class _Response(Gathering):
    def __init__(self) -> None:
        self._last: Plain = {}

    def add(self, chunk: Plain) -> None:
        # ``response.created`` has the head, ``response.completed`` all of it.
        self._last = chunk.get("response") or self._last

    def answer(self) -> Plain:
        return self._last


def _read_chat(answer: Plain) -> Plain:
    choice = (answer.get("choices") or [{}])[0]
    message = choice.get("message") or {}
    calls = [
        without_none(
            id=call.get("id"),
            name=(call.get("function") or {}).get("name", ""),
            arguments=(call.get("function") or {}).get("arguments"),
        )
        for call in message.get("tool_calls") or []
    ]
    return without_none(
        output=message or None,
        response_id=answer.get("id"),
        response_model=answer.get("model"),
        usage=answer.get("usage"),
        finish_reason=choice.get("finish_reason"),
        tool_calls=calls or None,
    )


def _read_completion(answer: Plain) -> Plain:
    choice = (answer.get("choices") or [{}])[0]
    return {**_read_chat(answer), "output": choice.get("text")}


def _read_response(answer: Plain) -> Plain:
    calls = [
        without_none(id=item.get("call_id"), name=item.get("name"), arguments=item.get("arguments"))
        for item in answer.get("output") or []
        if item.get("type") == "function_call"
    ]
    return without_none(
        output=answer.get("output"),
        response_id=answer.get("id"),
        response_model=answer.get("model"),
        usage=answer.get("usage"),
        finish_reason=answer.get("status"),
        tool_calls=calls or None,
    )


def _read_embeddings(answer: Plain) -> Plain:
    # The vectors are large and say nothing to a reader.
    return without_none(response_model=answer.get("model"), usage=answer.get("usage"))


def _response_input(kwargs: Plain) -> Any:
    if not isinstance(kwargs.get("instructions"), str):
        return kwargs.get("input")
    return {"instructions": kwargs["instructions"], "input": kwargs.get("input")}


def _messages(kwargs: Plain) -> Any:
    return kwargs.get("messages")


#: Where (module, class, attribute of the client), which method, recorded as what.
METHODS: Tuple[Tuple[str, str, str, str, Method], ...] = tuple(
    (f"openai.resources.{module}", prefix + name, path, function, method)
    for module, name, path, function, method in (
        (
            "chat.completions.completions",
            "Completions",
            "chat.completions",
            "create",
            Method("chat.completions.create", provider_of, _messages, _read_chat, _Chat, _ask_for_usage),
        ),
        (
            "chat.completions.completions",
            "Completions",
            "chat.completions",
            "parse",
            Method("chat.completions.parse", provider_of, _messages, _read_chat, _Chat),
        ),
        (
            "completions",
            "Completions",
            "completions",
            "create",
            Method(
                "completions.create",
                provider_of,
                lambda kwargs: kwargs.get("prompt"),
                _read_completion,
                _Chat,
                _ask_for_usage,
            ),
        ),
        (
            "responses.responses",
            "Responses",
            "responses",
            "create",
            Method("responses.create", provider_of, _response_input, _read_response, _Response),
        ),
        (
            "responses.responses",
            "Responses",
            "responses",
            "parse",
            Method("responses.parse", provider_of, _response_input, _read_response, _Response),
        ),
        (
            "embeddings",
            "Embeddings",
            "embeddings",
            "create",
            Method(
                "embeddings.create",
                provider_of,
                lambda kwargs: kwargs.get("input"),
                _read_embeddings,
                _Response,
            ),
        ),
    )
    for prefix in ("", "Async")
)


def wrap_openai(client: Any, watch: WatchLLM) -> Any:
    """Puts the recording in the place of a client's methods. Doing it twice changes nothing."""
    return wrap_methods(client, METHODS, watch)


def wrap_methods(client: Any, methods: Any, watch: WatchLLM) -> Any:
    """Puts the recording in the place of those of a client's methods that it has."""
    for _, _, path, function, method in methods:
        owner: Any = client
        for part in path.split("."):
            owner = getattr(owner, part, None)
        bound = getattr(owner, function, None)
        if bound is None or is_watched(bound) or not hasattr(bound, "__func__"):
            continue
        replaced = watched(bound.__func__, method, lambda: watch)
        setattr(owner, function, types.MethodType(replaced, owner))
    return client
