"""prediction/1 records as programs send them: outputs of 200 to 2,000 characters, half with 50 logprobs."""

import json
import random
from collections.abc import Iterator

_TEXT = """
the refund takes five working days after we have received your parcel and checked what is inside
please open the settings choose notifications and switch off the ones you do not want to get any more
our support is there from monday to friday between eight and six in your own time zone thank you
"""
_WORDS = _TEXT.split()
_TOKENS = 50


def text(random_: random.Random) -> str:
    """200 to 2,000 characters of words."""
    length = random_.randint(200, 2_000)
    words = random_.choices(_WORDS, k=length // 4)
    return " ".join(words)[:length].rstrip()


def record(number: int, *, run: str, random_: random.Random) -> dict[str, object]:
    """One record; every second one has token log-probabilities, every twentieth a guardrail finding."""
    sent: dict[str, object] = {
        "prediction_id": f"{run}-{number}",
        "occurred_at": "2026-03-01T10:00:02.250Z",
        "operation": "chat",
        "input": {"messages": [{"role": "user", "content": text(random_)[:400].rstrip()}]},
        "output": {"text": text(random_)},
        "model": {"request_model": "bench-model", "version": f"prod-{number % 3}"},
        "usage": {"input_tokens": 120, "output_tokens": 240},
        "metadata": {"source": "bench"},
    }
    if number % 2:
        content = [
            {"token": random_.choice(_WORDS), "logprob": -random_.expovariate(2.0)} for _ in range(_TOKENS)
        ]
        sent["logprobs"] = {"content": content}
    if number % 20 == 0:
        sent["guardrails"] = [
            {"component": "filter", "category": "hate", "score": 0.9, "threshold": 0.5, "flagged": True}
        ]
    return sent


def batches(how_many: int, size: int, *, run: str) -> Iterator[bytes]:
    """NDJSON bodies of `size` records each, made of the same random numbers every time."""
    random_ = random.Random(7)
    for first in range(0, how_many, size):
        records = (record(n, run=run, random_=random_) for n in range(first, min(how_many, first + size)))
        yield b"\n".join(json.dumps(one).encode() for one in records)
