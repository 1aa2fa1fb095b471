"""One POST of JSON to an address that the operator named: bounded in time and size, never led elsewhere."""

import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from queues.score.adapters.adapter import AdapterFailed

SECONDS = 10.0  # of silence at most, and for the whole body
LARGEST_BYTES = 64 * 1024
# Asked too often, or nobody behind the door: it says nothing about what was sent.
_AWAY = frozenset({429, 502, 503, 504})


def post(url: str, body: object, *, key: str) -> Any:
    """The JSON that was answered. Raises AdapterFailed, which names the host and why, never the key."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    host = urlsplit(url).hostname
    try:
        return _answer(url, orjson.dumps(body), headers)
    except httpx.HTTPError as error:
        is_away = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        raise AdapterFailed(f"{host}: {type(error).__name__}", is_away=is_away) from error
    except AdapterFailed as error:
        raise AdapterFailed(f"{host}: {error}", is_away=error.is_away) from error


def _answer(url: str, body: bytes, headers: dict[str, str]) -> Any:
    until = time.monotonic() + SECONDS
    # Neither proxies nor a .netrc of the machine: the key goes to this address and to no other.
    with (
        httpx.Client(follow_redirects=False, trust_env=False, timeout=SECONDS) as client,
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        if response.status_code != httpx.codes.OK:
            is_away = response.status_code in _AWAY
            raise AdapterFailed(f"it answered {response.status_code}", is_away=is_away)
        if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
            raise AdapterFailed("it answered something that is not declared as JSON")
        return _read(response, until)


def _read(response: httpx.Response, until: float) -> Any:
    answer = bytearray()
    for chunk in response.iter_bytes():
        answer += chunk
        if len(answer) > LARGEST_BYTES:
            raise AdapterFailed(f"it answered more than {LARGEST_BYTES} bytes")
        if time.monotonic() > until:
            raise AdapterFailed(f"it took more than {SECONDS:.0f} s")
    try:
        return orjson.loads(answer)
    except orjson.JSONDecodeError:
        raise AdapterFailed("its answer is no JSON") from None
