"""Prompt injection by rules: in what users and tools said, in retrieved documents, in the output.

Rules know the usual phrasings of two languages. They miss other languages, other words, split and encoded
texts, and every attack that is only a story or a question; they also meet texts that talk about injection.
How often: docs/detectors.md.
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from queues.score.detector import HIGH, MEDIUM, Finding, Record, detectors
from queues.score.detectors.house import finding
from queues.score.detectors.injection_rules import RULES, Rule
from queues.score.detectors.patterns import Gate, Span, compiled, spans_of
from queues.score.detectors.texts import INPUT, OUTPUT, RETRIEVAL, text_of

VERSION = "injection-1"
MOST_OF_A_RULE = 5  # findings of one rule in one text

_NEEDS = sorted({need for rule in RULES for need in rule.needs})
_GATE = Gate(_NEEDS, ignore_case=True)
_WANTED = [frozenset(map(_NEEDS.index, rule.needs)) for rule in RULES]
_PHRASES = [compiled(rule.pattern, ignore_case=True) for rule in RULES]


@detectors.register("injection")
def injection_findings(record: Record, /) -> Sequence[Finding]:
    """What is in the input, in the documents and in the output, each with its span."""
    return [
        finding(VERSION, rule.category, _severity(rule, target), target=target, span=span)
        for target in (INPUT, RETRIEVAL, OUTPUT)
        for rule, span in injections_in(text_of(record, target))
    ]


def _severity(rule: Rule, target: str) -> int:
    """A user who tries it is one thing; a document or an output that carries it is worse."""
    return HIGH if target != INPUT and rule.severity >= MEDIUM else rule.severity


def injections_in(text: str) -> list[tuple[Rule, Span]]:
    """The rules that fit, with their places; what two rules of one category say of one place is said once."""
    occurring = frozenset(_GATE.occurring(text))
    found: list[tuple[Rule, Span]] = []
    for place, rule in enumerate(RULES):
        if _WANTED[place] <= occurring:
            others = [span for other, span in found if other.category == rule.category]
            free = _free(spans_of(_PHRASES[place], text), others)
            found += [(rule, span) for span in islice(free, MOST_OF_A_RULE)]
    return found


def _free(spans: Iterable[Span], taken: Sequence[Span]) -> Iterable[Span]:
    return (span for span in spans if all(span[1] <= start or end <= span[0] for start, end in taken))
