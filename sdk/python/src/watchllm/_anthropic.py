"""Recording the calls of the ``anthropic`` package."""

import json
from typing import Any, Dict, List, Tuple

from ._client import WatchLLM
from ._openai import wrap_methods
from ._spans import without_none
from ._watched import Gathering, Method, Plain


class _Message(Gathering):
    def __init__(self) -> None:
        self._message: Plain = {}
        self._blocks: Dict[int, Plain] = {}
        self._inputs: Dict[int, List[str]] = {}

    def add(self, chunk: Plain) -> None:
        kind = chunk.get("type")
        index = chunk.get("index", 0)
        delta = chunk.get("delta") or {}
        if kind == "message_start":
            self._message = dict(chunk.get("message") or {})
        elif kind == "content_block_start":
            self._blocks[index] = dict(chunk.get("content_block") or {})
        elif kind == "content_block_delta" and index in self._blocks:
            self._add_delta(index, delta)
        elif kind == "message_delta":
            if delta.get("stop_reason"):
                self._message["stop_reason"] = delta["stop_reason"]
            self._message["usage"] = {
                **(self._message.get("usage") or {}),
                **(chunk.get("usage") or {}),
            }

    def _add_delta(self, index: int, delta: Plain) -> None:
        block = self._blocks[index]
        for name in ("text", "thinking"):
            if delta.get(name):
                block[name] = block.get(name, "") + delta[name]
        if delta.get("signature"):
            block["signature"] = delta["signature"]
        if delta.get("partial_json") is not None:
            self._inputs.setdefault(index, []).append(delta["partial_json"])

    def answer(self) -> Plain:
        for index, pieces in self._inputs.items():
            self._blocks[index]["input"] = _parsed("".join(pieces))
        return {**self._message, "content": [self._blocks[index] for index in sorted(self._blocks)]}


def _parsed(text: str) -> Any:
    """A tool's arguments; a stream that was cut leaves half of them, which is kept as text."""
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text


def _read(answer: Plain) -> Plain:
    calls = [
        without_none(id=block.get("id"), name=block.get("name"), arguments=block.get("input"))
        for block in answer.get("content") or []
        if block.get("type") == "tool_use"
    ]
    return without_none(
        output=answer.get("content"),
        response_id=answer.get("id"),
        response_model=answer.get("model"),
        usage=answer.get("usage"),
        finish_reason=answer.get("stop_reason"),
        tool_calls=calls or None,
    )


def _input(kwargs: Plain) -> Any:
    messages = list(kwargs.get("messages") or [])
    system = kwargs.get("system")
    if not isinstance(system, (str, list)):
        return messages
    return [{"role": "system", "content": system}, *messages]


def _provider(base_url: str) -> str:
    return "anthropic"


_CREATE = Method("messages.create", _provider, _input, _read, _Message)
#: The helper ``messages.stream`` asks by itself, with the same arguments.
_PARSE = Method("messages.parse", _provider, _input, _read, _Message)

#: Where (module, class, attribute of the client), which method, recorded as what.
METHODS: Tuple[Tuple[str, str, str, str, Method], ...] = tuple(
    (f"anthropic.resources.{module}", prefix + "Messages", path, method.name.split(".")[1], method)
    for module, path in (("messages.messages", "messages"), ("beta.messages.messages", "beta.messages"))
    for prefix in ("", "Async")
    for method in (_CREATE, _PARSE)
)


def wrap_anthropic(client: Any, watch: WatchLLM) -> Any:
    """Puts the recording in the place of a client's methods. Doing it twice changes nothing."""
    return wrap_methods(client, METHODS, watch)
