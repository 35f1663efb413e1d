/**
 * What tests of the whole product do with it: call it, and read what it has stored.
 *
 * @module
 */
import { expect } from "expect";
import type { Product } from "../fixtures/product.ts";

/** Makes a call; gives its event's id. */
export async function chat({ url, key }: Product, content = "Hello"): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content }] }),
  });
  expect(response.status).toBe(200);
  await response.body?.cancel();
  return response.headers.get("x-watchllm-event-id") ?? "";
}

/** The ids of all calls that analytics have, sorted. */
export async function stored({ url, key }: Product): Promise<string[]> {
  const response = await fetch(`${url}/v1/analytics/logs?limit=1000`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(response.status).toBe(200);
  const { logs } = await response.json();
  return logs.map(({ event_id }: { event_id: string }) => event_id).sort();
}
