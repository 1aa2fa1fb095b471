"""Filters of datasets: an allow-list, and every fault is named."""

from typing import Any

import pytest

from queues.export.definition.filters import Filter, parse


def test_a_filter_comes_back_as_the_document_that_made_it() -> None:
    document = {"queues": ["refunds"], "decisions": ["approve"], "decided_after": "2026-01-01T00:00:00+00:00"}

    found, faults = parse(document)

    assert faults == []
    assert found.as_document() == document


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ({"reviewer__password__regex": "^p"}, "/filter/reviewer__password__regex", "filter.unknown"),
        ({"queues": "refunds"}, "/filter/queues", "filter.list"),
        ({"queues": [""]}, "/filter/queues/0", "filter.text"),
        ({"queues": ["a\x00"]}, "/filter/queues/0", "filter.text"),
        ({"queues": ["x"] * 101}, "/filter/queues", "filter.list"),
        ({"decisions": ["escalate"]}, "/filter/decisions/0", "filter.choice"),
        ({"decided_after": "2026-01-01"}, "/filter/decided_after", "filter.time"),
        ({"decided_after": "2026-01-01T00:00:00"}, "/filter/decided_after", "filter.time"),
        ({"decided_before": "2026-02-31T00:00:00Z"}, "/filter/decided_before", "filter.time"),
        ({"min_reviews": True}, "/filter/min_reviews", "filter.number"),
        ({"min_reviews": "2"}, "/filter/min_reviews", "filter.number"),
        ([], "/filter", "filter.type"),
    ],
)
def test_what_is_not_on_the_list_is_a_fault_with_its_pointer(document: Any, pointer: str, code: str) -> None:
    found, faults = parse(document)

    assert found == Filter()
    assert [(fault.pointer, fault.code) for fault in faults] == [(pointer, code)]
