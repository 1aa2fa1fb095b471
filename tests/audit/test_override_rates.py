"""Rates of overrides: of published labels, and where nothing was decided."""

import pytest

from queues.audit.overrides.counts import rates_of
from tests.factories.judgements import decided
from tests.flows.outside_data import rows_of


@pytest.mark.parametrize(("label", "rate"), [("strmatch_label", 0.0756), ("gpt4_label", 0.0644)])
def test_the_final_label_overrides_each_filter_as_often_as_the_data_say(label: str, rate: float) -> None:
    """XSTest (Roettger et al. 2024), the 450 outputs of gpt4: the final label against two automatic ones."""
    cells = [
        decided(before=row["signals"][label], after=said["value"])
        for row in rows_of("xstest")
        if row["model"] == "gpt4"
        for said in row["annotations"]
        if said["annotator"] == "final_label"
    ]

    overridden = rates_of(cells).overridden

    assert overridden is not None
    assert (overridden.n, round(overridden.rate, 4)) == (450, rate)


def test_without_an_override_nothing_was_upheld_and_without_a_decision_nothing_is_defined() -> None:
    agreed = rates_of([decided(before="approve", after="approve")])

    assert agreed.overridden
    assert (agreed.overridden.n, agreed.overridden.k) == (1, 0)
    assert (agreed.upheld, agreed.coverage) == (None, None)
    assert rates_of([]).overridden is None
