import asyncio
import doctest
import threading
import unittest
from typing import Any, Dict, List

import watchllm
import watchllm._client
import watchllm._instrument
from server import EventServer
from watchllm import Loss, WatchLLM


def load_tests(loader: Any, tests: unittest.TestSuite, pattern: Any) -> unittest.TestSuite:
    for module in (watchllm, watchllm._client, watchllm._instrument):
        tests.addTests(doctest.DocTestSuite(module))
    return tests


def client_of(server: EventServer, **options: Any) -> WatchLLM:
    return WatchLLM("wl_test_key", server.url + "/", retry=(0.001, 0.005), **options)


class Traces(unittest.TestCase):
    def test_what_happens_in_a_trace_is_one_tree(self) -> None:
        with EventServer() as server:
            with client_of(server, environment="test", release="1.2") as watch:
                with watch.trace("answer", user_id="u", session_id="s", run_id="r") as trace:
                    with watch.tool("search", input={"q": "x"}, tool_id="call_1") as tool:
                        tool.set(output=["Page 3"])
                        with watch.generation("draft", model="gpt-4o", provider="openai") as call:
                            call.set(tokens_input=10, tokens_output=2, output="Yes")
            events = {event["type"]: event for event in server.events}
        self.assertEqual(set(events), {"span", "tool_call", "prompt_call"})
        for event in events.values():
            self.assertEqual(event["trace_id"], trace.trace_id)
            for name, value in {
                "user_id": "u",
                "session_id": "s",
                "run_id": "r",
                "environment": "test",
                "release": "1.2",
                "status": "success",
            }.items():
                self.assertEqual(event[name], value)
        self.assertNotIn("parent_span_id", events["span"])
        self.assertEqual(events["tool_call"]["parent_span_id"], trace.span_id)
        self.assertEqual(events["tool_call"]["output"], ["Page 3"])
        self.assertEqual(events["prompt_call"]["parent_span_id"], tool.span_id)
        self.assertEqual(events["prompt_call"]["tokens_input"], 10)
        self.assertRegex(events["span"]["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(server.requests[0]["authorization"], "Bearer wl_test_key")

    def test_decorators_work_on_functions_and_coroutines(self) -> None:
        with EventServer() as server, client_of(server) as watch:

            @watch.tool("add")
            def add(a: int, b: int) -> int:
                """Adds."""
                return a + b

            @watch.trace("run")
            async def run() -> int:
                await asyncio.sleep(0.001)
                first, second = await asyncio.gather(step(1), step(2))
                return add(first, second)

            @watch.span("step")
            async def step(n: int) -> int:
                await asyncio.sleep(0.001)
                return n

            self.assertEqual(add.__doc__, "Adds.")
            self.assertEqual([asyncio.run(run()), asyncio.run(run())], [3, 3])
            watch.flush()
            by_trace: Dict[str, List[Dict[str, Any]]] = {}
            for event in server.events:
                by_trace.setdefault(event["trace_id"], []).append(event)
        self.assertEqual([len(events) for events in by_trace.values()], [4, 4])
        for events in by_trace.values():
            root = next(event for event in events if event.get("name") == "run")
            for event in events:
                if event is not root:
                    self.assertEqual(event["parent_span_id"], root["span_id"])
        self.assertIn(3, [event.get("output") for event in events])

    def test_threads_do_not_share_a_span(self) -> None:
        with EventServer() as server, client_of(server) as watch:
            seen: List[Any] = []
            with watch.trace("t"):
                thread = threading.Thread(target=lambda: seen.append(watch.current()))
                thread.start()
                thread.join()
            self.assertEqual(seen, [None])

    def test_work_that_raises_is_recorded_and_raises_on(self) -> None:
        with EventServer() as server:
            with client_of(server) as watch:
                with self.assertRaises(KeyError):
                    with watch.span("s"):
                        raise KeyError("lost")
                self.assertIsNone(watch.current())
            [event] = server.events
        self.assertEqual(event["status"], "error")
        self.assertEqual(event["error"]["type"], "KeyError")
        self.assertIn("raise KeyError", event["error"]["stack"])

    def test_scores_feedback_and_logs_are_about_the_present_span_or_what_they_name(self) -> None:
        with EventServer() as server:
            with client_of(server) as watch:
                with watch.trace("t", user_id="u") as trace:
                    watch.score("quality", 0.5)
                    watch.feedback("up", target_event_id="ev_1")
                    watch.log_agent_step(step_name="think", step_number=1)
                    watch.log_error(ValueError("broken"))
                watch.log_prompt_call(model="gpt-4o", tokens_input=1)
            events = {event["type"]: event for event in server.events}
        self.assertEqual(events["score"]["span_id"], trace.span_id)
        self.assertNotIn("trace_id", events["feedback"])
        self.assertEqual(events["agent_step"]["parent_span_id"], trace.span_id)
        self.assertEqual(events["agent_step"]["user_id"], "u")
        self.assertEqual(events["error"]["error"]["type"], "ValueError")
        self.assertNotIn("trace_id", events["prompt_call"])


class Privacy(unittest.TestCase):
    def test_redact_changes_keeps_back_and_lets_nothing_out_when_it_fails(self) -> None:
        losses: List[Loss] = []

        def redact(event: Dict[str, Any]) -> Any:
            if event["name"] == "secret":
                raise RuntimeError("cannot read")
            return None if event["name"] == "private" else {**event, "input": "[removed]"}

        with EventServer() as server:
            with client_of(server, redact=redact, on_loss=losses.append) as watch:
                for name in ("secret", "private", "open"):
                    with watch.span(name, input="4111 1111 1111 1111"):
                        pass
                self.assertEqual(watch.counts.lost, 1)
            self.assertEqual([event["input"] for event in server.events], ["[removed]"])
        self.assertEqual(losses, [Loss(1, "unusable", "The redact hook failed")])

    def test_a_trace_goes_whole_or_not_at_all_and_what_people_said_always(self) -> None:
        with EventServer() as server:
            with client_of(server, sample_rate=0.3) as watch:
                for _ in range(300):
                    with watch.trace("t"):
                        with watch.span("s"):
                            watch.score("q", 1)
            spans: Dict[str, int] = {}
            for event in server.events:
                if event["type"] == "span":
                    spans[event["trace_id"]] = spans.get(event["trace_id"], 0) + 1
            scores = sum(event["type"] == "score" for event in server.events)
        self.assertEqual(set(spans.values()), {2})
        self.assertTrue(40 < len(spans) < 140, len(spans))
        self.assertEqual(scores, 300)


class HostsOwnThings(unittest.TestCase):
    def test_objects_are_written_as_what_they_hold(self) -> None:
        class Model:
            def model_dump(self) -> Dict[str, Any]:
                return {"a": 1}

        with EventServer() as server:
            with client_of(server) as watch:
                with watch.span("s", input=[Model(), {1}, b"raw", "\ud800"]):
                    pass
            [event] = server.events
        self.assertEqual(event["input"][:2], [{"a": 1}, [1]])

    def test_an_event_that_cannot_be_written_is_reported_not_raised(self) -> None:
        losses: List[Loss] = []

        def on_loss(loss: Loss) -> None:
            losses.append(loss)
            raise RuntimeError("the callback is broken as well")

        cycle: List[Any] = []
        cycle.append(cycle)
        with EventServer() as server:
            with client_of(server, on_loss=on_loss) as watch:
                watch.record({"type": "span", "input": cycle})
                watch.record({"type": "span", "input": {float("nan"): [float("nan"), {(1, 2): 3}]}})
            self.assertEqual([event["input"] for event in server.events], [{"nan": [None, {"(1, 2)": 3}]}])
        self.assertEqual([loss.reason for loss in losses], ["unusable"])

    def test_proxy_gives_the_address_and_makes_calls_part_of_the_trace(self) -> None:
        watch = WatchLLM("k", "http://127.0.0.1:9/", enabled=False)
        with watch.trace("t", user_id="u", session_id="s") as trace:
            address = watch.proxy("openai")
        self.assertEqual(address.base_url, "http://127.0.0.1:9/v1")
        self.assertEqual(
            address.headers,
            {
                "traceparent": trace.traceparent,
                "x-watchllm-user": "u",
                "x-watchllm-session": "s",
            },
        )
        self.assertEqual(watch.proxy("mistral").base_url, "http://127.0.0.1:9/proxy/mistral")


if __name__ == "__main__":
    unittest.main()
