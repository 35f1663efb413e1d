"""Ids of events, traces and spans."""

import os
import time

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def event_id() -> str:
    """A new event id: a ULID, so that ids sort by time."""
    value = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def trace_id() -> str:
    """32 hex digits, as W3C trace context has it."""
    return os.urandom(16).hex()


def span_id() -> str:
    """16 hex digits."""
    return os.urandom(8).hex()
