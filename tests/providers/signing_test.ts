import { expect } from "expect";
import { signAws, type Signing, type Unsigned } from "@/core/gateway/signing/aws.ts";

/** Requests and signatures that AWS publishes to check an implementation with. */
const vectors: readonly (readonly [string, Partial<Unsigned>, string, string])[] = [
  [
    "get-vanilla",
    { method: "GET", path: "/" },
    "host;x-amz-date",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-vanilla-query-order-key-case",
    { method: "GET", path: "/?Param2=value2&Param1=value1" },
    "host;x-amz-date",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  [
    "post-vanilla",
    { method: "POST", path: "/" },
    "host;x-amz-date",
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  ],
  [
    "post-vanilla-query",
    { method: "POST", path: "/?Param1=value1" },
    "host;x-amz-date",
    "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
  ],
  [
    "post-x-www-form-urlencoded",
    {
      method: "POST",
      path: "/",
      contentType: "application/x-www-form-urlencoded",
      body: new TextEncoder().encode("Param1=value1"),
    },
    "content-type;host;x-amz-date",
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
];

const signing: Signing = {
  credential: {
    access_key_id: "AKIDEXAMPLE",
    secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    session_token: null,
  },
  region: "us-east-1",
  service: "service",
  at: new Date("2015-08-30T12:36:00Z"),
};

for (const [name, request, signed, signature] of vectors) {
  Deno.test(`AWS's published vector ${name} gets AWS's signature`, async () => {
    const headers = await signAws({
      method: "GET",
      host: "example.amazonaws.com",
      path: "/",
      contentType: null,
      body: null,
      ...request,
    }, signing);
    expect(headers).toEqual([
      "x-amz-date",
      "20150830T123600Z",
      "authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
      `SignedHeaders=${signed}, Signature=${signature}`,
    ]);
  });
}

Deno.test("a session's token is sent and signed", async () => {
  const headers = await signAws(
    { method: "POST", host: "example.amazonaws.com", path: "/", contentType: null, body: null },
    { ...signing, credential: { ...signing.credential, session_token: "AQoDYXdz" } },
  );
  expect(headers).toContain("x-amz-security-token");
  expect(headers.join()).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token");
});
