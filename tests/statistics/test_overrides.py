"""Overrides of two filters on published labels: what people and filters said of the same outputs."""

import pytest

from queues.statistics.overrides import Decided, override_rates
from tests.flows.outside_data import rows_of


@pytest.mark.parametrize(("label", "rate"), [("strmatch_label", 0.0756), ("gpt4_label", 0.0644)])
def test_the_final_label_overrides_each_filter_as_often_as_the_data_say(label: str, rate: float) -> None:
    """XSTest (Roettger et al. 2024), the 450 outputs of gpt4: the final label against two automatic ones."""
    decided = [
        Decided(before=row["signals"][label], after=said["value"])
        for row in rows_of("xstest")
        if row["model"] == "gpt4"
        for said in row["annotations"]
        if said["annotator"] == "final_label"
    ]

    overridden = override_rates(decided).overridden

    assert overridden is not None
    assert (overridden.n, round(overridden.rate, 4)) == (450, rate)
