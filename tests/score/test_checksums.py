"""Numbers that carry their own proof, against published examples."""

import pytest

from queues.score.detectors.checksums import is_iban, is_luhn, is_payment_card, is_us_ssn


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("79927398713", True),  # the worked example of ISO/IEC 7812-1, annex B
        ("79927398710", False),
        ("4111 1111 1111 1111", True),
        ("4111-1111-1111-1112", False),
        ("0", False),
        ("", False),
        ("٤١١١١١١١١١١١١١١١", False),
    ],
)
def test_luhn_is_the_check_digit_of_the_others(number: str, *, is_right: bool) -> None:
    assert is_luhn(number) is is_right


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("GB82 WEST 1234 5698 7654 32", True),  # the example of ISO 13616
        ("gb82west12345698765432", True),
        ("DE89370400440532013000", True),
        ("DE89370400440532013001", False),
        ("DE8937040044053201300", False),
        ("ZZ89370400440532013000", False),
    ],
)
def test_an_iban_has_its_countrys_length_and_is_1_modulo_97(number: str, *, is_right: bool) -> None:
    assert is_iban(number) is is_right


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("4111 1111 1111 1111", True),
        ("5500-0000-0000-0004", True),
        ("3400 000000 00009", True),
        ("30000000000004", True),
        ("6011000000000004", True),
        ("411 1111 1111 11111", False),  # no card is written so
        ("0000 0000 0000 0000", False),  # passes Luhn, and no issuer begins with 0
        ("9111111111111111", False),
    ],
)
def test_a_card_begins_as_an_issuers_does_and_is_written_as_cards_are(number: str, *, is_right: bool) -> None:
    assert is_payment_card(number) is is_right


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("536-90-4399", True),
        ("000-12-3456", False),
        ("666-12-3456", False),
        ("900-12-3456", False),
        ("536-00-4399", False),
        ("536-90-0000", False),
        ("53-690-439", False),
    ],
)
def test_a_social_security_number_avoids_the_gaps(number: str, *, is_right: bool) -> None:
    assert is_us_ssn(number) is is_right
