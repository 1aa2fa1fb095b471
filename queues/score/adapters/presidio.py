"""Presidio's recognisers of personal data that need no model and no network: identity numbers above all.

Its own engine would download a language model, and its e-mail recogniser the list of public suffixes: both
get an offline one here. What our own detector finds by itself is not said twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from queues.score.adapters.adapter import AdapterFailed
from queues.score.detector import HIGH, LOW, MEDIUM, Finding, Record
from queues.score.detectors.house import TAXONOMY
from queues.score.detectors.personal_data import personal_data_in
from queues.score.detectors.taxonomy import group_of
from queues.score.detectors.texts import OUTPUT, text_of

THRESHOLD = 0.4  # what its phone recogniser gives, and a weak pattern beside a telling word
MOST = 20  # findings in one output
LANGUAGE = "en"  # of the words around a number; the numbers are of many countries
# Recognisers by class name → our category and its severity.
RECOGNISERS: dict[str, tuple[str, int]] = {
    "EmailRecognizer": ("email", LOW),
    "PhoneRecognizer": ("phone", LOW),
    "CreditCardRecognizer": ("payment_card", HIGH),
    "IbanRecognizer": ("iban", MEDIUM),
    "IpRecognizer": ("ip_address", LOW),
    "UsSsnRecognizer": ("us_ssn", HIGH),
    "CryptoRecognizer": ("identity_number", MEDIUM),
    "MedicalLicenseRecognizer": ("identity_number", MEDIUM),
    "UsItinRecognizer": ("identity_number", HIGH),
    "UsPassportRecognizer": ("identity_number", HIGH),
    "UsLicenseRecognizer": ("identity_number", HIGH),
    "NhsRecognizer": ("identity_number", HIGH),
    "UkNinoRecognizer": ("identity_number", HIGH),
    "EsNifRecognizer": ("identity_number", HIGH),
    "ItFiscalCodeRecognizer": ("identity_number", HIGH),
    "PlPeselRecognizer": ("identity_number", HIGH),
    "FiPersonalIdentityCodeRecognizer": ("identity_number", HIGH),
    "AuTfnRecognizer": ("identity_number", HIGH),
    "AuMedicareRecognizer": ("identity_number", HIGH),
    "InAadhaarRecognizer": ("identity_number", HIGH),
    "SgFinRecognizer": ("identity_number", HIGH),
}


def is_installed() -> bool:
    return find_spec("presidio_analyzer") is not None


@dataclass(frozen=True, slots=True)
class Presidio:
    """Chosen by DETECTORS; about 2,000 short texts a second."""

    component: str = "presidio"

    def findings(self, records: Sequence[Record], /) -> list[list[Finding]]:
        return [list(self._findings(text_of(record, OUTPUT))) for record in records]

    def _findings(self, text: str) -> Iterator[Finding]:
        ours = [one.span for one in personal_data_in(text)]
        found = [hit for hit in _analysed(text) if hit.score >= THRESHOLD]
        new = [hit for hit in found if all(hit.end <= start or end <= hit.start for start, end in ours)]
        for hit in sorted(new, key=lambda hit: hit.start)[:MOST]:
            category, severity = RECOGNISERS[hit.recognition_metadata["recognizer_name"]]
            yield Finding(
                component=self.component,
                component_version=_version(),
                taxonomy=TAXONOMY,
                category=category,
                group=group_of(TAXONOMY, category),
                score=min(1.0, hit.score),
                threshold=THRESHOLD,
                flagged=True,
                severity=severity,
                span=(hit.start, hit.end),
            )


def _analysed(text: str) -> Sequence[Any]:
    try:
        return _engine().analyze(text=text, language=LANGUAGE) if text else ()
    except (ValueError, RuntimeError) as error:
        raise AdapterFailed(f"presidio failed: {error}") from error


@cache
def _version() -> str:
    try:
        return version("presidio-analyzer")
    except PackageNotFoundError:
        return ""


@cache
def _engine() -> Any:
    """The analyser with these recognisers and without a language model; loaded by the worker only."""
    if not is_installed():
        raise AdapterFailed("presidio-analyzer is not installed: pip install 'reviewapp[pii]'")
    from queues.score.adapters import presidio_engine  # noqa: PLC0415 - loads spaCy, which only the worker may

    return presidio_engine.analyser(tuple(RECOGNISERS), LANGUAGE)
