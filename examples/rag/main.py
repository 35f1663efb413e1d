"""Retrieval and an answer. The OpenAI client is recorded as it is used; retrieval is a span."""

import math
import os
from typing import List, Tuple

import openai
import watchllm

PAGES = [
    "Refunds are paid back to the card that was used, within five working days.",
    "An order can be changed until it is packed, which takes about two hours.",
    "Parcels are insured up to 500 euros. Report a loss within ten days.",
]

watch = watchllm.auto_instrument()
client = openai.OpenAI(
    # Straight to the provider: the SDK records the calls. Through the gateway, it would.
    api_key=os.environ.get("OPENAI_API_KEY"),
    base_url=os.environ.get("OPENAI_BASE_URL"),
)


def embed(texts: List[str]) -> List[List[float]]:
    reply = client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [one.embedding for one in reply.data]


def cosine(a: List[float], b: List[float]) -> float:
    return sum(x * y for x, y in zip(a, b)) / (math.hypot(*a) * math.hypot(*b) or 1)


@watch.span("retrieve", kind="retriever")
def retrieve(question: str, most: int = 2) -> List[str]:
    pages = embed(PAGES)
    asked = embed([question])[0]
    ranked: List[Tuple[float, str]] = sorted(
        ((cosine(asked, page), text) for page, text in zip(pages, PAGES)), reverse=True
    )
    found = [text for _, text in ranked[:most]]
    span = watch.current()
    if span is not None:
        span.set(output=found, attributes={"similarities": [round(s, 3) for s, _ in ranked]})
    return found


def main() -> None:
    question = "When do I get my money back?"
    with watch.trace("support", user_id="u_7", session_id="s_rag", input=question) as trace:
        pages = "\n".join(retrieve(question))
        parts = []
        for chunk in client.chat.completions.create(
            model="gpt-4o-mini",
            messages=[
                {"role": "system", "content": f"Answer from these pages only:\n{pages}"},
                {"role": "user", "content": question},
            ],
            stream=True,
        ):
            parts.append(chunk.choices[0].delta.content or "")
        answer = "".join(parts)
        trace.set(output=answer)
    watch.feedback("up", trace_id=trace.trace_id, comment="to the point")
    watch.close()
    print(answer)
    print(f"{watch.base_url}/dashboard/traces/{trace.trace_id}")


if __name__ == "__main__":
    main()
