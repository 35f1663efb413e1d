"""Exactly once, or reported: whatever the server does."""

import os
import random
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, Dict, List, Set

from server import Answer, EventServer, results
from watchllm import Loss, WatchLLM

SOURCE = Path(__file__).resolve().parent.parent / "src"


def client_of(url: str, **options: Any) -> WatchLLM:
    return WatchLLM("k", url, retry=(0.001, 0.005), timeout=0.5, **options)


class Delivery(unittest.TestCase):
    def test_5000_events_reach_a_server_that_fails_in_every_way(self) -> None:
        chance = random.Random(7)
        stored: Set[str] = set()
        attempts: List[int] = []

        def answer(events: List[Dict[str, Any]]) -> Answer:
            attempts.append(len(events))
            fate = chance.random()
            if fate < 0.1:
                return 500, {}, b"no"
            if fate < 0.2:
                return 429, {"Retry-After": "0"}, b""
            if fate < 0.3:
                # It is stored, and the answer is lost on the way.
                stored.update(event["event_id"] for event in events)
                return 200, {"Content-Length": "500"}, b'{"results":['
            if fate < 0.35:
                return 0, {}, b""
            if fate < 0.5:
                told = []
                for event in events:
                    busy = chance.random() < 0.3
                    if not busy:
                        stored.add(event["event_id"])
                    told.append({"id": event["event_id"], "status": 503 if busy else 201})
                return results(told, 207)
            stored.update(event["event_id"] for event in events)
            return None

        losses: List[Loss] = []
        with EventServer(answer) as server:
            watch = client_of(server.url, on_loss=losses.append)
            ids = [watch.record({"type": "span", "name": str(n)}) for n in range(5000)]
            self.assertEqual(watch.flush(60), 0)
            watch.close()
        self.assertEqual(losses, [])
        self.assertEqual(stored, set(ids))
        self.assertEqual(watch.counts, (0, 5000, 0))
        self.assertGreater(len(attempts), 55)

    def test_events_beyond_the_bound_are_reported_with_the_right_count(self) -> None:
        refuse = [True]
        losses: List[Loss] = []
        with EventServer(lambda events: (503, {}, b"") if refuse[0] else None) as server:
            watch = client_of(server.url, max_queue_size=250, on_loss=losses.append)
            for n in range(2000):
                watch.record({"type": "span", "name": str(n)})
            lost = sum(loss.count for loss in losses)
            self.assertGreaterEqual(lost, 1500)
            self.assertEqual({loss.reason for loss in losses}, {"queue_full"})
            refuse[0] = False
            self.assertEqual(watch.flush(20), 0)
            watch.close()
            self.assertEqual(len(server.taken), 2000 - lost)
        self.assertEqual(watch.counts, (0, 2000 - lost, lost))

    def test_what_the_server_does_not_want_is_reported_and_the_rest_arrives(self) -> None:
        def answer(events: List[Dict[str, Any]]) -> Answer:
            told: List[Dict[str, Any]] = [{"id": None, "status": 201} for _ in events]
            told[1] = {
                "id": None,
                "status": 400,
                "error": {"message": "Not valid", "fields": [{"field": "model"}]},
            }
            return results(told, 207)

        losses: List[Loss] = []
        with EventServer(answer) as server:
            with client_of(server.url, on_loss=losses.append) as watch:
                for _ in range(4):
                    watch.record({"type": "span"})
        self.assertEqual(losses, [Loss(1, "rejected", "400 Not valid (model)")])
        self.assertEqual(watch.counts, (0, 3, 1))

    def test_a_wrong_key_is_not_tried_again(self) -> None:
        losses: List[Loss] = []
        told = b'{"error": {"message": "The project key is not known"}}'
        with EventServer(lambda events: (401, {}, told)) as server:
            with client_of(server.url, on_loss=losses.append) as watch:
                for _ in range(3):
                    watch.record({"type": "span"})
            self.assertEqual(len(server.requests), 1)
        self.assertEqual(losses, [Loss(3, "refused", "The project key is not known")])

    def test_a_batch_that_is_too_large_is_halved_until_it_fits(self) -> None:
        losses: List[Loss] = []
        with EventServer(
            lambda events: (413, {}, b"") if len(str(events)) > 5000 else None
        ) as server:
            with client_of(server.url, on_loss=losses.append) as watch:
                for _ in range(20):
                    watch.record({"type": "span", "input": "x" * 1000})
                watch.record({"type": "span", "input": "y" * 6000})
            self.assertEqual(len(server.taken), 20)
        self.assertEqual([(loss.count, loss.reason) for loss in losses], [(1, "too_large")])
        self.assertEqual(watch.counts, (0, 20, 1))

    def test_close_reports_what_could_not_be_sent(self) -> None:
        losses: List[Loss] = []
        # Nothing listens there.
        watch = client_of("http://127.0.0.1:1", on_loss=losses.append)
        for _ in range(250):
            watch.record({"type": "span"})
        self.assertEqual(watch.flush(0.05), 250)
        watch.close(0.05)
        watch.record({"type": "span"})
        self.assertEqual(sum(loss.count for loss in losses), 251)
        self.assertEqual({loss.reason for loss in losses}, {"closed"})
        self.assertEqual(watch.counts, (0, 0, 251))

    def test_larger_batches_are_compressed(self) -> None:
        with EventServer() as server:
            with client_of(server.url) as watch:
                for _ in range(50):
                    watch.record({"type": "span", "input": "word " * 100})
            self.assertEqual(server.requests[0].get("content-encoding"), "gzip")
            self.assertEqual(len(server.taken), 50)


class Hosts(unittest.TestCase):
    def run_host(self, server: EventServer, code: str) -> Set[str]:
        program = (
            "import os, signal\nfrom watchllm import WatchLLM\n"
            f"watch = WatchLLM('k', {server.url!r})\n{code}"
        )
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        subprocess.run([sys.executable, "-c", program], env=environment, check=False, timeout=60)
        return {event["name"] for event in server.events}

    def test_a_host_that_ends_by_itself_has_sent_everything(self) -> None:
        with EventServer() as server:
            names = self.run_host(
                server, "for name in 'abc': watch.record({'type': 'span', 'name': name})"
            )
        self.assertEqual(names, {"a", "b", "c"})

    def test_a_host_that_is_killed_after_flush_loses_nothing_of_what_went_before(self) -> None:
        with EventServer() as server:
            names = self.run_host(
                server,
                "for n in range(500): watch.record({'type': 'span', 'name': str(n)})\n"
                "assert watch.flush() == 0\nos.kill(os.getpid(), signal.SIGKILL)",
            )
        self.assertEqual(len(names), 500)

    @unittest.skipUnless(hasattr(os, "fork"), "this platform does not fork")
    def test_after_a_fork_parent_and_child_send_what_is_theirs_once(self) -> None:
        with EventServer() as server:
            names = self.run_host(
                server,
                "watch.record({'type': 'span', 'name': 'before'})\n"
                "child = os.fork()\n"
                "watch.record({'type': 'span', 'name': 'parent' if child else 'child'})\n"
                "if child: os.waitpid(child, 0)",
            )
            self.assertEqual(names, {"before", "parent", "child"})
            self.assertEqual(len(server.taken), 3)


if __name__ == "__main__":
    unittest.main()
