"""The methods of the reference cases that detectors answer."""

from collections.abc import Callable, Mapping
from typing import Any

from queues.score.detectors.checksums import is_iban, is_luhn


def pii_checksums(case: Mapping[str, Any]) -> object:
    return {"luhn": list(map(is_luhn, case["luhn"])), "iban": list(map(is_iban, case["iban"]))}


MAPPED: dict[str, Callable[[Mapping[str, Any]], object]] = {"pii_checksums": pii_checksums}
