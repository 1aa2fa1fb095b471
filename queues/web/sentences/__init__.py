"""What rules and reasons say to people, in whole sentences: a file of words for each kind of condition.

To give a kind its words, write its file; docs/plugins.md says what stands in it.
"""

from queues.registry import load_plug_ins
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
    "clause_of",
    "label_of",
    "read_rule",
    "reason_of",
    "rule_names",
    "rules_of",
    "sentence_of",
    "terms_of",
]

load_plug_ins(__name__, __path__)
