"""What changed between two policy documents, rule by rule. Pure: documents in, changes out."""

import contextlib
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from queues.errors import Invalid
from queues.route.policy_document import parse

What = Literal["added", "removed", "changed", "moved"]
RuleDocument = Mapping[str, Any]


class Change(NamedTuple):
    """One rule that differs. fields: name → (before, after), None where absent. moved: only its place."""

    rule: str
    what: What
    before: RuleDocument | None
    after: RuleDocument | None
    fields: Mapping[str, tuple[Any, Any]]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The changes from one document to another, in the order of the later one; what was removed comes last.

    Rules are the same when they have the same name. Documents that this program cannot read are compared as
    they stand.
    """
    old, new = _rules(before), _rules(after)
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    found = [
        change
        for name, rule in new.items()
        if (change := _change(name, old.get(name), rule, is_moved=name in moved))
    ]
    removed = [Change(name, "removed", rule, None, {}) for name, rule in old.items() if name not in new]
    return [*found, *removed]


def _change(name: str, old: RuleDocument | None, new: RuleDocument, *, is_moved: bool) -> Change | None:
    if old is None:
        return Change(name, "added", None, new, {})
    if fields := _fields(old, new):
        return Change(name, "changed", old, new, fields)
    return Change(name, "moved", old, new, {}) if is_moved else None


def _fields(old: RuleDocument, new: RuleDocument) -> dict[str, tuple[Any, Any]]:
    names = [*new, *(name for name in old if name not in new)]
    return {
        name: (old.get(name), new.get(name))
        for name in names
        if name not in old or name not in new or old[name] != new[name]
    }


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Names that stand elsewhere among those that both have."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {new[block.b + n] for block in blocks for n in range(block.size)}
    return set(new) - stayed


def _rules(document: Mapping[str, Any]) -> dict[str, RuleDocument]:
    """Name → rule, with what it left out written down where the document can be read."""
    with contextlib.suppress(Invalid):
        document = parse(document).model_dump(mode="json", by_alias=True)
    rules = document.get("rules")
    found = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    return {str(rule.get("name", f"#{place + 1}")): rule for place, rule in enumerate(found)}
