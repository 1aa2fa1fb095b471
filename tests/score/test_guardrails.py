"""Guardrail rows become flags: nothing is dropped, and nothing unreadable counts as fine."""

import pytest

from queues.score.detector import HIGH, LOW, MEDIUM, SEVERE
from queues.score.detectors.guardrails import finding_of, guardrail_findings
from queues.score.detectors.taxonomy import group_of


@pytest.mark.parametrize(
    ("row", "severity"),
    [
        ({"flagged": False, "score": 0.95}, LOW),
        ({"flagged": True}, MEDIUM),
        ({"flagged": True, "score": 0.9}, HIGH),
        ({"flagged": True, "verdict": "deny"}, HIGH),
        ({"flagged": True, "action": "block"}, HIGH),
        ({"flagged": True, "category": "sexual/minors"}, SEVERE),
        ({"flagged": False, "category": "S4"}, LOW),
        ({"flagged": True, "category": "S9", "score": 0.2}, SEVERE),
    ],
)
def test_severity_follows_from_category_block_and_score(row: dict[str, object], severity: int) -> None:
    assert finding_of({"component": "filter", "category": "hate", **row}).severity == severity


@pytest.mark.parametrize(
    ("row", "flagged"),
    [
        ({"flagged": False}, False),
        ({"flagged": False, "verdict": "deny"}, True),
        ({"flagged": False, "action": "modify"}, True),
        ({"verdict": "allow"}, False),
        ({"score": 0.3, "threshold": 0.2}, True),
        ({"score": 0.1, "threshold": 0.2}, False),
        ({"score": 0.5}, True),
        ({"score": 0.49, "verdict": "allow"}, False),
        ({"verdict": None}, True),
    ],
)
def test_a_block_outweighs_a_mark_and_a_mark_a_score(row: dict[str, object], *, flagged: bool) -> None:
    assert finding_of({"component": "filter", "category": "hate", **row}).flagged is flagged


def test_an_answer_that_nobody_can_read_is_flagged_as_unparsed() -> None:
    finding = finding_of({"component": "llama_guard", "verdict": None})

    assert (finding.category, finding.group, finding.flagged, finding.severity) == (
        "unparsed",
        "unparsed",
        True,
        MEDIUM,
    )


def test_an_unknown_category_is_kept_and_grouped_as_other() -> None:
    finding = finding_of(
        {"component": "ours", "taxonomy": "house-rules", "category": "spoilers", "flagged": True}
    )

    assert (finding.category, finding.group) == ("spoilers", "other")


@pytest.mark.parametrize(
    ("taxonomy", "category", "group"),
    [
        ("openai-moderation", "hate/threatening", "hate"),
        ("llama-guard", "S10", "hate"),
        ("", "S10", "hate"),
        ("ailuminate", "suicide_self_harm", "self_harm"),
    ],
)
def test_categories_of_known_taxonomies_meet_in_groups(taxonomy: str, category: str, group: str) -> None:
    assert group_of(taxonomy, category) == group


def test_every_row_becomes_a_finding_also_those_that_say_fine() -> None:
    rows = [{"component": "a", "category": "hate", "flagged": False}, {"component": "b", "category": "hate"}]

    assert [finding.flagged for finding in guardrail_findings({"guardrails": rows})] == [False, True]
    assert guardrail_findings({"guardrails": None}) == []
