"""Numbers are written as the reader's language writes them; in German a comma stands where a point did."""

import pytest
from django.utils import translation

from queues.numbers import localized, percent
from queues.web.sentences.words import figure


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["1,234,567", "0.74", "7.1%", "2,500", "0.0001234"]),
        ("de", ["1.234.567", "0,74", "7,1\N{NO-BREAK SPACE}%", "2.500", "0,0001234"]),
    ],
)
def test_a_number_has_the_separators_of_the_language(language: str, written: list[str]) -> None:
    with translation.override(language):
        told = [
            localized(1_234_567),
            localized(0.742, ".2f"),
            percent(0.071),
            figure(2500),
            figure(0.0001234),
        ]

    assert told == written
