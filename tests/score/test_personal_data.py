"""Personal data: what is found with its place, and what only looks like it."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.score.detector import HIGH, LOW
from queues.score.detectors.personal_data import (
    MOST_OF_A_KIND,
    personal_data_findings,
    personal_data_in,
)

TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"


def found(text: str) -> list[tuple[str, str]]:
    """(category, the stretch of the text) of all that is found."""
    return [(one.category, text[slice(*one.span)]) for one in personal_data_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to ann.lee+home@mail.hearthline.de.", ("email", "ann.lee+home@mail.hearthline.de")),
        ("mailto:ann@hearthline.de", ("email", "ann@hearthline.de")),
        ("Call +49 30 901820 or write.", ("phone", "+49 30 901820")),
        ("Call +41 (0)44 668 18 00, please", ("phone", "+41 (0)44 668 18 00")),
        ("It is (415) 555-2671.", ("phone", "(415) 555-2671")),
        ("unter 030/90182000 erreichbar", ("phone", "030/90182000")),
        ("Tel.: 780 6326", ("phone", "780 6326")),
        ("au 01 84 17 61 18.", ("phone", "01 84 17 61 18")),
        ("card 4111 1111 1111 1111, 12/27", ("payment_card", "4111 1111 1111 1111")),
        ("4111111111111111 12 3", ("payment_card", "4111111111111111")),
        ("IBAN DE89 3704 0044 0532 0130 00 at the bank", ("iban", "DE89 3704 0044 0532 0130 00")),
        ("from 93.184.216.34 today", ("ip_address", "93.184.216.34")),
        ("at 2a00:1450:4001:81b::200e now", ("ip_address", "2a00:1450:4001:81b::200e")),
        ("SSN: 536-90-4399", ("us_ssn", "536-90-4399")),
        ("her ssn is 536904399", ("us_ssn", "536904399")),
        ("She was born on 12 May 1984 in Ulm", ("date_of_birth", "12 May 1984")),
        ("Geburtsdatum: 12.05.1984", ("date_of_birth", "12.05.1984")),
        (f"export TOKEN {TOKEN}", ("secret", TOKEN)),
        ("password: Tr0ub4dor&3x", ("secret", "Tr0ub4dor&3x")),
        ("-----BEGIN RSA PRIVATE KEY-----", ("secret", "-----BEGIN RSA PRIVATE KEY-----")),
        (
            "at https://ann:hunter2x@db.hearthline.de/x.",
            ("url_credentials", "https://ann:hunter2x@db.hearthline.de/x"),
        ),
        (
            "https://files.hearthline.de/r?id=4&token=8f14e45fceea167a5a36",
            ("url_credentials", "https://files.hearthline.de/r?id=4&token=8f14e45fceea167a5a36"),
        ),
    ],
)
def test_it_is_found_with_its_place(text: str, expected: tuple[str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Write to someone@example.com or me@mail.test.",
        "The parcel 4111 1111 1111 1112 is on its way.",
        "Order 20261127000123456 of 2026-11-27, 10:30:45.",
        "It costs 1.299,00 EUR, or $1,299.00; 30 days.",
        "Version 10.4.3.1 and section 1.2.3.4 of the manual",
        "On 192.168.0.1, 10.0.0.7, 127.0.0.1 and 203.0.113.9",
        "std::vector<int>, a::b::c, ::1 and fe80::1",
        "DE89 3704 0044 0532 0130 01",
        "The numbers 078-05-1120 and 000-12-3456",
        "Your password is sent by e-mail; the token expires after an hour.",
        "api_key = YOUR_API_KEY_1234, password: ********",
        "https://hearthline.de/reset?page=2&sort=token",
        "He was born in Ulm and moved in 1984.",
        "Sizes 10 20 30 40 50, ISBN 978-3-16-148410-0",
        "call 555-0142 in the film",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_spans_count_code_points() -> None:
    text = "😀 ä: ann@hearthline.de"

    assert [one.span for one in personal_data_in(text)] == [(5, 22)]


def test_a_finding_names_component_version_taxonomy_and_group() -> None:
    [mail, card] = personal_data_findings({"output": {"text": "a@b.de 4111111111111111"}})

    assert (mail.component, mail.component_version) == ("reviewapp", "personal-data-1")
    assert (mail.taxonomy, mail.group, mail.flagged, mail.score) == ("reviewapp", "privacy", True, None)
    assert (mail.severity, card.severity) == (LOW, HIGH)
    assert (mail.target, mail.span) == ("output", (0, 6))


def test_the_input_is_not_looked_at_and_nothing_found_says_nothing() -> None:
    record = {"input": {"prompt": "I am ann@hearthline.de"}, "output": {"text": "Hello."}}

    assert personal_data_findings(record) == []


def test_a_text_full_of_it_gives_a_bounded_number_of_findings() -> None:
    assert len(personal_data_in("a@b.de " * 10_000)) == MOST_OF_A_KIND


def test_random_keys_of_known_makers_are_found() -> None:
    for _ in range(50):
        text = f"AKIA{secrets.token_hex(8).upper()}"
        assert [category for category, _text in found(text)] == ["secret"], text


@given(st.text(alphabet=st.sampled_from("0123456789+-() ./:@abDE=?\u00a0\U0001f600"), max_size=120))
def test_no_text_raises_and_every_span_lies_inside(text: str) -> None:
    for one in personal_data_in(text):
        assert 0 <= one.span[0] < one.span[1] <= len(text)
