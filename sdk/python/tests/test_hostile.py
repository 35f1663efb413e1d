"""What hosts and servers do that nobody planned: nothing of it reaches the host, nothing is lost unsaid."""

import asyncio
import subprocess
import sys
import threading
import unittest
import uuid
from pathlib import Path
from typing import Any, AsyncIterator, Dict, Iterator, List
from unittest import mock

from server import EventServer, results
from watchllm import Loss, WatchLLM

SOURCE = Path(__file__).resolve().parent.parent / "src"


def client_of(url: str, losses: List[Loss], **options: Any) -> WatchLLM:
    given: Dict[str, Any] = {"retry": (0.001, 0.005), "on_loss": losses.append, **options}
    return WatchLLM("k", url, **given)


class Work(unittest.TestCase):
    def setUp(self) -> None:
        self.losses: List[Loss] = []
        self.server = EventServer()
        self.addCleanup(self.server.__exit__)
        self.watch = client_of(self.server.url, self.losses)
        self.addCleanup(self.watch.close)

    def recorded(self) -> List[Dict[str, Any]]:
        self.watch.close()
        self.assertEqual(self.losses, [])
        return self.server.events

    def test_a_generators_span_lasts_until_it_has_been_read(self) -> None:
        @self.watch.tool("numbers")
        def numbers() -> Iterator[int]:
            got = yield 1
            with self.watch.span("inside"):
                pass
            yield got
            return "end"  # type: ignore[return-value]

        with self.watch.trace("reader") as trace:
            made = numbers()
            read = [next(made), made.send(5)]  # type: ignore[attr-defined]
            self.assertIs(self.watch.current(), trace)
            with self.assertRaises(StopIteration) as end:
                next(made)
        self.assertEqual((read, end.exception.value), ([1, 5], "end"))
        inside, numbers_, reader = self.recorded()
        self.assertEqual(inside["parent_span_id"], numbers_["span_id"])
        self.assertEqual(numbers_["parent_span_id"], reader["span_id"])
        self.assertNotIn("output", numbers_)

    def test_a_generator_that_fails_is_left_or_is_thrown_into_ends_its_span(self) -> None:
        @self.watch.span("g")
        def g(fails: bool) -> Iterator[int]:
            try:
                yield 1
            except KeyError:
                yield 2
            if fails:
                raise ValueError("broke")

        with self.assertRaises(ValueError):
            list(g(True))
        left = g(False)
        next(left)
        left.close()  # type: ignore[attr-defined]
        caught = g(False)
        next(caught)
        self.assertEqual(caught.throw(KeyError()), 2)  # type: ignore[attr-defined]
        list(caught)
        self.assertEqual(
            [event["status"] for event in self.recorded()], ["error", "success", "success"]
        )

    def test_an_async_generators_span_lasts_until_it_has_been_read(self) -> None:
        @self.watch.tool("numbers")
        async def numbers() -> AsyncIterator[int]:
            yield 1
            await asyncio.sleep(0)
            with self.watch.span("inside"):
                pass
            yield 2

        async def main() -> List[int]:
            with self.watch.trace("reader"):
                read = [one async for one in numbers()]
                left = numbers()
                await left.__anext__()
                await left.aclose()  # type: ignore[attr-defined]
            return read

        self.assertEqual(asyncio.run(main()), [1, 2])
        inside, numbers_, left, reader = self.recorded()
        self.assertEqual(inside["parent_span_id"], numbers_["span_id"])
        self.assertEqual(numbers_["parent_span_id"], reader["span_id"])
        self.assertEqual(left["status"], "success")

    def test_one_scope_may_be_entered_again_before_it_is_left(self) -> None:
        shared = self.watch.span("shared")

        async def enter() -> None:
            async with shared:
                await asyncio.sleep(0)

        async def main() -> None:
            await asyncio.gather(enter(), enter(), enter())

        asyncio.run(main())
        with shared as outer, shared as inner:
            self.assertIs(self.watch.current(), inner)
        self.assertIsNone(self.watch.current())
        events = self.recorded()
        self.assertEqual(len(events), 5)
        self.assertEqual(events[-2]["parent_span_id"], outer.span_id)

    def test_static_and_class_methods_are_decorated_in_any_order(self) -> None:
        class Tools:
            @self.watch.tool("s")
            @staticmethod
            def s(x: int) -> int:
                return x

            @self.watch.tool("c")
            @classmethod
            def c(cls, x: int) -> int:
                return x

        self.assertEqual((Tools.s(1), Tools().c(2)), (1, 2))
        self.assertEqual(len(self.recorded()), 2)

    def test_what_goes_in_is_kept_as_it_was_then(self) -> None:
        messages = [{"role": "user"}]
        with self.watch.generation("g", model="m", input=messages) as call:
            output = {"n": 1}
            call.set(output=output)
            output["n"] = 2
            messages.append({"role": "assistant"})
        [event] = self.recorded()
        self.assertEqual((event["input"], event["output"]), ([{"role": "user"}], {"n": 1}))

    def test_users_of_any_kind_make_events_that_are_taken_and_headers_that_can_be_sent(self) -> None:
        user = uuid.uuid4()
        sent = []
        for one in (81, user, "日本 é\n", "100%41", "", "\ud800"):
            with self.watch.trace("t", user_id=one, session_id=one) as trace:  # type: ignore[arg-type]
                sent.append(trace.headers.get("x-watchllm-user"))
        self.assertEqual(
            sent, ["81", str(user), "%E6%97%A5%E6%9C%AC%20%C3%A9%0A", "100%2541", None, "%3F"]
        )
        users = [event.get("user_id") for event in self.recorded()]
        self.assertEqual(users, ["81", str(user), "日本 é\n", "100%41", None, "?"])

    def test_whatever_is_raised_is_what_the_caller_gets(self) -> None:
        class Hostile(Exception):
            def __str__(self) -> str:
                raise RuntimeError("not to be read")

        with self.assertRaises(Hostile), self.watch.trace("t"):
            raise Hostile
        self.watch.log_error(Hostile())
        self.watch.record({"name": "without a type", "input": Hostile()})
        self.watch.close()
        self.assertEqual([loss.reason for loss in self.losses], ["unusable"])
        self.assertEqual(len(self.server.events), 2)

    def test_feedback_about_nothing_is_not_taken_for_feedback_about_itself(self) -> None:
        def refuse(events: List[Dict[str, Any]]) -> Any:
            return results([{"status": 201 if "event_id" in one else 400} for one in events], 207)

        with EventServer(refuse) as server:
            watch = client_of(server.url, self.losses)
            watch.feedback("up")
            watch.feedback("up", session_id="s")
            watch.close()
        self.assertEqual(watch.counts, (0, 1, 1))
        self.losses.clear()

    def test_what_can_be_made_very_small_is_sent_as_it_is(self) -> None:
        self.watch.record({"type": "span", "input": "a" * 2_000_000})
        self.recorded()
        self.assertEqual([request.get("content-encoding") for request in self.server.requests], [None])


class Sending(unittest.TestCase):
    def test_an_address_or_a_key_that_cannot_be_sent_is_told_at_once(self) -> None:
        for api_key, base_url in (("k", "localhost:8787"), ("wl_live_…", "http://127.0.0.1:9")):
            losses: List[Loss] = []
            watch = WatchLLM(api_key, base_url, on_loss=losses.append)
            watch.record({"type": "span"})
            self.assertEqual(watch.flush(), 0)
            self.assertEqual([loss.reason for loss in losses], ["refused"])
            watch.close()

    def test_a_key_out_of_a_file_may_end_with_its_line(self) -> None:
        with EventServer() as server:
            with WatchLLM("wl_key\n", server.url) as watch:
                watch.record({"type": "span"})
            self.assertEqual(server.requests[0]["authorization"], "Bearer wl_key")

    def test_an_answer_that_is_not_watchllms_is_told_not_counted_as_taken(self) -> None:
        for status, body in ((404, b"<html>"), (200, b'{"ok": true}'), (200, b"[1]"), (401, b"null")):
            losses: List[Loss] = []
            with EventServer(lambda events, a=(status, {}, body): a) as server:  # type: ignore[misc]
                watch = client_of(server.url, losses)
                watch.record({"type": "span"})
                self.assertEqual(watch.flush(), 0)
                self.assertEqual([loss.reason for loss in losses], ["refused"])
                self.assertEqual(watch.counts, (0, 0, 1))
                watch.close()

    def test_close_does_not_wait_for_a_server_that_is_silent(self) -> None:
        held = threading.Event()

        def hold(events: List[Dict[str, Any]]) -> None:
            held.wait(60)

        losses: List[Loss] = []
        with EventServer(hold) as server:
            watch = client_of(server.url, losses, timeout=600)
            watch.record({"type": "span"})
            # Were it waited for, the server's answer would be counted.
            watch.close(0.05)
            self.assertEqual([loss.reason for loss in losses], ["closed"])
            self.assertEqual(watch.counts, (0, 0, 1))
            held.set()

    def test_a_host_without_room_for_a_thread_is_not_bothered(self) -> None:
        losses: List[Loss] = []
        watch = client_of("http://127.0.0.1:9", losses)
        with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError("no more")):
            watch.record({"type": "span"})
        watch.close()
        self.assertEqual([loss.reason for loss in losses], ["closed"])

    def test_a_loss_that_nobody_is_told_of_is_logged_and_does_not_flood_the_log(self) -> None:
        watch = WatchLLM("k", "localhost:8787", max_queue_size=0)
        with self.assertLogs("watchllm", "WARNING") as logged:
            for _ in range(100):
                watch.record({"type": "span"})
        watch.close()
        self.assertEqual(len(logged.output), 1)
        self.assertIn("1 events lost (queue_full)", logged.output[0])

    def test_a_provider_on_another_port_is_not_taken_for_the_gateway(self) -> None:
        from watchllm._openai import METHODS
        from watchllm._watched import watched

        class Resource:
            class _client:
                base_url = ""

        with EventServer() as server:
            Resource._client.base_url = f"{server.url}0/v1/"
            with client_of(server.url, []) as watch:
                create = watched(lambda self, **kwargs: {}, METHODS[0][4], lambda: watch)
                create(Resource(), model="m", messages=[])
            self.assertEqual([event["type"] for event in server.events], ["prompt_call"])


class Ending(unittest.TestCase):
    def names_of(self, program: str) -> List[str]:
        with EventServer() as server:
            head = f"from watchllm import WatchLLM\nwatch = WatchLLM('k', {server.url!r})\n"
            subprocess.run(
                [sys.executable, "-c", head + program],
                check=True,
                timeout=60,
                env={"PYTHONPATH": str(SOURCE)},
            )
            return sorted(event["name"] for event in server.events)

    def test_what_a_forgotten_client_has_queued_is_sent(self) -> None:
        program = "watch.record({'type': 'span', 'name': 'a'})\ndel watch\nimport gc\ngc.collect()\n"
        self.assertEqual(self.names_of(program), ["a"])

    @unittest.skipUnless(hasattr(__import__("os"), "fork"), "this system does not fork")
    def test_children_of_multiprocessing_send_what_they_have_recorded(self) -> None:
        program = """
import multiprocessing
def work(name):
    watch.record({'type': 'span', 'name': name})
context = multiprocessing.get_context('fork')
child = context.Process(target=work, args=('child',))
work('parent')
child.start()
child.join()
"""
        self.assertEqual(self.names_of(program), ["child", "parent"])


if __name__ == "__main__":
    unittest.main()
