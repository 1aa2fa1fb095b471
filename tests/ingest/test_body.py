import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from queues.errors import Invalid
from queues.ingest import body, limits
from queues.ingest.jsontext import Sent
from tests.ingest.records import record

ONE = json.dumps(record()).encode()


def refusal(read: Callable[..., object], *args: object, **kwargs: object) -> tuple[int, str]:
    with pytest.raises(body.Refused) as caught:
        read(*args, **kwargs)
    return caught.value.status, str(caught.value)


def test_a_line_ends_at_a_newline_only() -> None:
    text = json.dumps(record(output={"text": "a\u2028b\u0085c"}), ensure_ascii=False).encode()

    arrived = body.read_batch(text + b"\r\n\r\n" + ONE, content_type="application/x-ndjson")

    values: list[Any] = [one.value for one in arrived if isinstance(one, Sent)]
    assert [value["output"]["text"] for value in values] == ["a\u2028b\u0085c", "Refunds are instant."]


def test_a_bad_line_is_its_own_fault() -> None:
    arrived = body.read_batch(ONE + b"\nnot json\n[1]\n" + ONE, content_type="application/x-ndjson")

    assert [type(one) for one in arrived] == [Sent, Invalid, Invalid, Sent]


def test_gzip_of_several_members_is_unpacked() -> None:
    packed = gzip.compress(ONE + b"\n") + gzip.compress(ONE)

    arrived = body.read_batch(packed, content_type="application/x-ndjson", content_encoding="gzip")

    assert len(arrived) == 2


@pytest.mark.parametrize(
    ("packed", "status"),
    [
        (ONE, 400),
        (gzip.compress(ONE, mtime=0)[:-8], 400),
        (gzip.compress(ONE, mtime=0) + b"garbage", 400),
        (gzip.compress(b" " * (limits.BODY_BYTES + 1)), 413),
    ],
)
def test_a_body_that_is_not_whole_gzip_or_too_much_is_refused(packed: bytes, status: int) -> None:
    assert refusal(body.unpack, packed, "gzip")[0] == status


@pytest.mark.parametrize(
    ("content_type", "is_taken"),
    [
        ("application/json", True),
        ("Application/JSON; charset=UTF-8", True),
        ('application/json; charset="utf-8"', True),
        ("application/json; charset=latin-1", False),
        ("application/json;charset=", False),
        ("", False),
        ("text/plain", False),
        ("application/json\r\nX: 1", False),
    ],
)
def test_only_json_in_utf_8_is_taken(content_type: str, is_taken: bool) -> None:
    if is_taken:
        assert isinstance(body.read_one(ONE, content_type=content_type), Sent)
    else:
        assert refusal(body.read_one, ONE, content_type=content_type)[0] == 415


@pytest.mark.parametrize("text", [b"[]", b"[[]]", b"[null]", b'["{}"]'])
def test_a_batch_without_a_record_is_refused_as_a_whole(text: bytes) -> None:
    assert refusal(body.read_batch, text, content_type="application/json")[0] == 422


def test_a_batch_takes_a_thousand_records() -> None:
    assert (
        len(body.read_batch(b"[" + b",".join([ONE] * 1_000) + b"]", content_type="application/json")) == 1_000
    )
    many = b"\n".join([ONE] * 1_001)
    assert refusal(body.read_batch, many, content_type="application/x-ndjson")[0] == 413


def test_one_record_and_a_list_have_different_addresses() -> None:
    assert ":batch" in refusal(body.read_one, b"[" + ONE + b"]", content_type="application/json")[1]
    assert refusal(body.read_batch, ONE, content_type="application/json")[0] == 422


def test_a_list_of_very_many_things_is_refused_before_anything_is_made_of_them() -> None:
    text = b"[" + b",".join([b"1"] * 2_000_000) + b"]"

    started = time.monotonic()
    with pytest.raises(body.Refused) as refused:
        body.read_batch(gzip.compress(text), content_type="application/json", content_encoding="gzip")

    assert refused.value.status == 413
    assert time.monotonic() - started < 5  # it took 90 s and 17 GB


def test_a_gzip_of_very_many_empty_parts_is_refused_at_once() -> None:
    many = gzip.compress(b"") * 20_000

    with pytest.raises(body.Refused) as refused:
        body.read_batch(many, content_type="application/json", content_encoding="gzip")

    assert refused.value.status == 400
