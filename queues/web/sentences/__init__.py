"""What rules and reasons say to people, in whole sentences: a file of words for each kind of condition.

To give a kind its words, write its file and name it here; docs/plugins.md says what stands in it.
"""

from queues.web.sentences import (
    attribute,
    combined,
    disagreement,
    pair,
    random_audit,
    safety_flagged,
    uncertain,
)
from queues.web.sentences.read import (
    clause_of,
    label_of,
    read_rule,
    reason_of,
    rule_names,
    rules_of,
    sentence_of,
    terms_of,
)

__all__ = [
    "attribute",
    "clause_of",
    "combined",
    "disagreement",
    "label_of",
    "pair",
    "random_audit",
    "read_rule",
    "reason_of",
    "rule_names",
    "rules_of",
    "safety_flagged",
    "sentence_of",
    "terms_of",
    "uncertain",
]
