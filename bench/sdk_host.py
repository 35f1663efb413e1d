"""A host of the Python SDK that makes spans and prints what they cost it: sdk_host.py <url> <spans>."""

import json
import resource
import sys
import time

sys.path.insert(0, "sdk/python/src")
from watchllm import WatchLLM  # noqa: E402

url, spans = sys.argv[1], int(sys.argv[2])
watch = WatchLLM("wl_live_bench", url, max_queue_size=spans * 3, max_queue_bytes=2**30)
question = {"question": "How many orders were late last week, and by how much?"}


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def make(count):
    with watch.trace("warm"):
        for _ in range(count):
            with watch.span("search", input=question) as span:
                span.set(output="12")


make(1_000)
assert watch.flush(120) == 0
# The thread that makes spans is not the one that sends them.
before, begun = cpu(), time.thread_time()
make(spans)
returned = time.thread_time()
assert watch.flush(120) == 0
after = cpu()
watch.close()
print(json.dumps({"callUs": (returned - begun) * 1e6 / spans, "cpuUs": (after - before) * 1e6 / spans}))
