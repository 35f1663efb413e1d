"""Webhooks of WatchLLM, signed as Standard Webhooks has it (standardwebhooks.com, "Verifying")."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any, Mapping, Optional, Sequence, Union


class WebhookError(Exception):
    """A webhook that is not what it says, or too old."""


def verify_webhook(
    body: Union[str, bytes],
    headers: Mapping[str, str],
    secret: Union[str, Sequence[str]],
    *,
    tolerance_seconds: float = 300,
    now: Optional[float] = None,
) -> Any:
    """Checks a webhook's signature and time, and returns its body, parsed.

    :param body: the request's body, byte for byte as it came
    :param secret: ``whsec_…``; several while a secret is being changed
    :param now: seconds since 1970
    :raises WebhookError: when a header is missing, the time is off or no signature fits
    """
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id = _header(given, "webhook-id")
    sent_at = _header(given, "webhook-timestamp")
    signatures = [
        value
        for version, _, value in (
            one.partition(",") for one in _header(given, "webhook-signature").split(" ")
        )
        if version == "v1"
    ]
    try:
        off = abs((time.time() if now is None else now) - int(sent_at))
    except ValueError:
        raise WebhookError("The webhook's time is no number") from None
    if off > tolerance_seconds:
        raise WebhookError(f"The webhook's time is more than {tolerance_seconds:g} seconds off")
    raw = body.encode() if isinstance(body, str) else body
    signed = f"{webhook_id}.{sent_at}.".encode() + raw
    for one in [secret] if isinstance(secret, str) else secret:
        expected = base64.b64encode(hmac.new(_key(one), signed, hashlib.sha256).digest()).decode()
        for signature in signatures:
            if hmac.compare_digest(expected.encode(), signature.encode()):
                return json.loads(raw)
    raise WebhookError("No signature of the webhook fits: check the secret and the raw body")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise WebhookError(f"The webhook has no {name} header")
    return value


def _key(secret: str) -> bytes:
    text = secret[len("whsec_") :] if secret.startswith("whsec_") else secret
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WebhookError("The secret must be whsec_ and base64") from None
