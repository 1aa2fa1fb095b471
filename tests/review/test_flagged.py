"""What a filter objected to is found wherever a rule asked for it."""

from queues.review.flagged import flags_of

FLAG = {"rule": "safety", "kind": "safety_flagged", "category": "hate", "severity": "high"}


def test_flags_are_found_at_any_depth() -> None:
    within = {
        "rule": "both",
        "kind": "all_of",
        "of": [{"kind": "any_of", "of": [FLAG]}, {"kind": "attribute"}],
    }

    assert flags_of([{"rule": "audit", "kind": "random_audit"}, within, FLAG]) == [FLAG, FLAG]
    assert flags_of([{"rule": "none", "kind": "none_of", "none_of": ["safety_flagged"]}]) == []
