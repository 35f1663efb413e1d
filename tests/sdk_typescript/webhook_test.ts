import { expect } from "expect";
import { verifyWebhook } from "@watchllm/sdk";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const timestamp = "1614265330";
const body = '{"test": 2432232314}';
const now = () => Number(timestamp) * 1_000;

/** The example of the Standard Webhooks specification. */
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const headers = {
  "webhook-id": id,
  "webhook-timestamp": timestamp,
  "webhook-signature": signature,
};

Deno.test("the specification's own example is accepted, as text and as bytes", async () => {
  expect(await verifyWebhook(body, headers, secret, { now })).toEqual({ test: 2432232314 });
  const bytes = new TextEncoder().encode(body);
  expect(await verifyWebhook(bytes, new Headers(headers), secret, { now })).toEqual({
    test: 2432232314,
  });
});

Deno.test("one of several signatures and secrets is enough", async () => {
  const several = { ...headers, "webhook-signature": `v1,AAAA v2,x ${signature}` };
  const secrets = [`whsec_${btoa("another secret of 24 bytes")}`, secret];
  expect(await verifyWebhook(body, several, secrets, { now })).toBeTruthy();
});

for (
  const [what, change] of [
    ["another body", { body: '{"test": 2432232315}' }],
    ["another id", { headers: { ...headers, "webhook-id": "msg_2" } }],
    ["another time", { headers: { ...headers, "webhook-timestamp": "1614265331" } }],
    ["another secret", { secret: `whsec_${btoa("another secret of 24 bytes")}` }],
    ["no signature", { headers: { "webhook-id": id, "webhook-timestamp": timestamp } }],
    ["a signature of another version", {
      headers: { ...headers, "webhook-signature": signature.replace("v1", "v2") },
    }],
    ["a time that is no number", { headers: { ...headers, "webhook-timestamp": "soon" } }],
    ["a time six minutes ago", { now: () => now() + 360_000 }],
    ["a time six minutes ahead", { now: () => now() - 360_000 }],
  ] as const
) {
  Deno.test(`${what} is refused`, async () => {
    const given = { body, headers, secret, now, ...change };
    await expect(verifyWebhook(given.body, given.headers, given.secret, { now: given.now }))
      .rejects.toMatchObject({ name: "WebhookError" });
  });
}
