"""Presidio without a network: identity numbers that our own detector does not know."""

import socket
from importlib.util import find_spec
from typing import Any

import pytest

from queues.score.adapters.presidio import RECOGNISERS, Presidio
from tests.reviewapp.test_imports import loaded_by

pytestmark = [
    pytest.mark.slow,  # it takes half a minute to load
    pytest.mark.skipif(not find_spec("presidio_analyzer"), reason="Presidio is not installed"),
]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> None:
        raise AssertionError("it asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def found(text: str) -> list[tuple[str, str]]:
    [findings] = Presidio().findings([{"output": {"text": text}}])
    return [(one.category, text[slice(*(one.span or (0, 0)))]) for one in findings]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("My NHS number is 401-023-2137.", "401-023-2137"),
        ("US passport number: 912803456", "912803456"),
        ("Her driver's license is H12234567", "H12234567"),
        ("NIF 55555555K", "55555555K"),
    ],
)
def test_identity_numbers_are_found_with_their_places(text: str, number: str) -> None:
    assert ("identity_number", number) in found(text)


def test_what_our_own_detector_finds_is_not_said_twice() -> None:
    assert found("Write to ann@hearthline.de, card 4111 1111 1111 1111.") == []


def test_plain_texts_and_empty_ones_give_nothing() -> None:
    assert found("Refunds take five business days.") == []
    assert found("") == []


def test_a_finding_names_the_package_and_its_score() -> None:
    [[finding]] = Presidio().findings([{"output": {"text": "My NHS number is 401-023-2137."}}])

    assert (finding.component, finding.taxonomy, finding.group) == ("presidio", "reviewapp", "privacy")
    assert finding.component_version.startswith("2.")
    assert finding.score == 1.0


def test_every_recogniser_is_there() -> None:
    from queues.score.adapters import presidio_engine  # noqa: PLC0415 - loads spaCy, only here

    analyser = presidio_engine.analyser(tuple(RECOGNISERS), "en")

    names: set[Any] = {getattr(one, "name", "") for one in analyser.registry.recognizers}
    assert names == set(RECOGNISERS)


def test_the_module_itself_loads_no_spacy() -> None:
    assert not loaded_by("import queues.score.adapters.presidio") & {"spacy", "presidio_analyzer"}
