"""Content hashes of records and datasets: SHA-256 over RFC 8785 canonical JSON."""

from collections.abc import Iterable
from hashlib import sha256

from accounts.canonical import canonical as canonical


def record_sha256(record: object) -> str:
    """Hash of a record without its provenance, in lower-case hex."""
    return sha256(canonical(record)).hexdigest()


def dataset_sha256(record_hashes: Iterable[str]) -> str:
    """Hash of the sorted record hashes, each with a newline: the order of the rows has no say."""
    return sha256_of_sorted(sorted(record_hashes))


def sha256_of_sorted(record_hashes: Iterable[str]) -> str:
    """The same from hashes that come sorted already, so that a million need not be held at once."""
    total = sha256()
    for record_hash in record_hashes:
        total.update(record_hash.encode("ascii") + b"\n")
    return total.hexdigest()
