"""A server in WatchLLM's place that takes events as told, and remembers each by its id."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple

#: Status, headers, body; or None to take the batch. A status of 0 hangs up.
Answer = Optional[Tuple[int, Dict[str, str], bytes]]


class EventServer:
    def __init__(self, answer: Callable[[List[Dict[str, Any]]], Answer] = lambda events: None) -> None:
        self.taken: Dict[str, Dict[str, Any]] = {}
        self.requests: List[Dict[str, str]] = []
        self.answer = answer
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # noqa: N802 - the standard library's name
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                self._reply(server.take(self.path, dict(self.headers), json.loads(body)["events"]))

            def _reply(self, answer: Tuple[int, Dict[str, str], bytes]) -> None:
                status, headers, sent = answer
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)
                if int(headers.get("Content-Length", len(sent))) != len(sent):
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def take(
        self, path: str, headers: Dict[str, str], events: List[Dict[str, Any]]
    ) -> Tuple[int, Dict[str, str], bytes]:
        with self._lock:
            self.requests.append({"path": path, **{k.lower(): v for k, v in headers.items()}})
            other = self.answer(events)
            if other is not None:
                return other
            for event in events:
                self.taken[event["event_id"]] = event
        return results([{"id": event["event_id"], "status": 201} for event in events])

    @property
    def events(self) -> List[Dict[str, Any]]:
        return list(self.taken.values())

    def __enter__(self) -> "EventServer":
        return self

    def __exit__(self, *_: Any) -> None:
        self._http.shutdown()
        self._http.server_close()


def results(items: List[Dict[str, Any]], status: int = 200) -> Tuple[int, Dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps({"results": items}).encode()
