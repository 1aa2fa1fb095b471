import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.errors import Invalid
from queues.ingest.jsontext import Sent, Unreadable, parse
from queues.ingest.record import check_sent
from tests.ingest.records import read, record

keys = st.text(max_size=4)
values = st.recursive(
    st.none()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
)


def value_of(text: bytes) -> Any:
    sent = parse(text)
    return sent.value if isinstance(sent, Sent) else [one.value for one in sent]


@given(values, st.sampled_from([None, 1]), st.booleans(), st.sampled_from([(",", ":"), (" , ", " : ")]))
def test_any_spelling_of_a_value_is_read_as_that_value(
    value: object, indent: int | None, ascii_only: bool, separators: tuple[str, str]
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, separators=separators)

    assert value_of(text.encode("utf-8", "replace")) == json.loads(text.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":1,"a":2}',
        b'{"a":1, "a" :2}',
        b'{"a" :1,"a"\n:2}',
        b'{"a\\\\":1,"a\\\\":2}',
        b'{"b":"\\":","a":1,"a":2}',
        b'{"a":1,"\\u0061":2}',
        b'{"x":{"a":1,"a":2}}',
        b'{"b":"x :","a":1,"a" : 2}',
    ],
)
def test_no_spelling_hides_a_key_that_stands_twice(text: bytes) -> None:
    found = value_of(text)

    assert isinstance(found, dict)
    inner = found.get("x", found)
    assert any(
        isinstance(value, Unreadable) and value.code == "json.duplicate_key" for value in inner.values()
    )


def test_numbers_are_read_exactly_or_not_at_all() -> None:
    read = value_of(b"[18446744073709551615, -9223372036854775808, 18446744073709551616, 1e400, 0.1]")

    assert read[:2] == [2**64 - 1, -(2**63)]
    assert [getattr(value, "code", value) for value in read[2:]] == ["number.range", "number.range", 0.1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "json.syntax"),
        (b"{", "json.syntax"),
        (b"{} {}", "json.syntax"),
        (b'{"a": NaN}', "json.syntax"),
        (b'\xef\xbb\xbf{"a": 1}', "json.syntax"),
        (b'{"a": "\xff"}', "json.encoding"),
        (b"[" * 100_000, "json.depth"),
    ],
)
def test_what_is_no_json_is_refused_with_the_place(text: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)

    assert caught.value.faults[0].code == code


def test_a_key_that_stands_twice_is_named_by_its_place() -> None:
    text = json.dumps(record(metadata={"a": 1})).replace('"a": 1', '"a": 1, "a": 2')

    with pytest.raises(Invalid) as caught:
        check_sent(read(text.encode()))

    assert [(f.pointer, f.code) for f in caught.value.faults] == [("/metadata/a", "json.duplicate_key")]
