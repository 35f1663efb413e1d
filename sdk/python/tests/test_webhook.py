import unittest

from watchllm import WebhookError, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"test": 2432232314}'
NOW = 1614265330
#: The example of the Standard Webhooks specification.
HEADERS = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "Webhook-Timestamp": str(NOW),
    "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


class Webhooks(unittest.TestCase):
    def test_the_specifications_own_example_is_accepted(self) -> None:
        self.assertEqual(verify_webhook(BODY, HEADERS, SECRET, now=NOW), {"test": 2432232314})
        several = {**HEADERS, "Webhook-Signature": f"v1,AA== v2,x {HEADERS['Webhook-Signature']}"}
        secrets = ["whsec_YW5vdGhlciBzZWNyZXQ=", SECRET]
        self.assertTrue(verify_webhook(BODY.encode(), several, secrets, now=NOW))

    def test_everything_else_is_refused(self) -> None:
        without = {name: value for name, value in HEADERS.items() if name != "Webhook-Id"}
        changed = {
            "another body": ('{"test": 1}', HEADERS, SECRET, NOW),
            "another id": (BODY, {**HEADERS, "Webhook-Id": "msg_2"}, SECRET, NOW),
            "no id": (BODY, without, SECRET, NOW),
            "another time": (BODY, {**HEADERS, "Webhook-Timestamp": "1614265331"}, SECRET, NOW),
            "no time": (BODY, {**HEADERS, "Webhook-Timestamp": "soon"}, SECRET, NOW),
            "another secret": (BODY, HEADERS, "whsec_YW5vdGhlciBzZWNyZXQ=", NOW),
            "no secret": (BODY, HEADERS, "whsec_?", NOW),
            "too old": (BODY, HEADERS, SECRET, NOW + 301),
            "too early": (BODY, HEADERS, SECRET, NOW - 301),
        }
        for what, (body, headers, secret, now) in changed.items():
            with self.subTest(what), self.assertRaises(WebhookError):
                verify_webhook(body, headers, secret, now=now)


if __name__ == "__main__":
    unittest.main()
