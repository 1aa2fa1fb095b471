"""The document of a policy version, "policy/1": its rules, checked as far as possible without data."""

from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accounts.json_pointer import escaped
from accounts.json_pointer import pointer as pointer_to
from accounts.storable import is_storable, storable
from queues.errors import Fault, Invalid
from queues.route import rules as _shipped  # noqa: F401 - importing it registers the kinds of rules
from queues.route.condition import conditions
from queues.route.inclusion import MOST_OUTCOMES, how_many_outcomes, is_plain_draw
from queues.route.rule import Rule, rule_class

SCHEMA = "policy/1"
LARGEST = 2.0**53  # beyond it numbers are not exact, and come back from the database as others
DEEPEST_JSON = 40  # levels of a document; a condition within conditions needs ten

if TYPE_CHECKING:
    _AnyRule = Rule
else:
    # All registered kinds, told apart by `kind`: a new one needs no change here. Conditions of conditions
    # get to know all kinds only now that they are registered.
    _kinds = tuple(condition for _kind, condition in conditions)
    _within = {"AnyCondition": Annotated[Union[_kinds], Field(discriminator="kind")]}  # noqa: UP007
    for _kind in _kinds:
        _kind.model_rebuild(_types_namespace=_within)
    _rules = tuple(rule_class(_kind) for _kind in _kinds)
    for _rule in _rules:
        _rule.model_rebuild(_types_namespace=_within)
    _AnyRule = Annotated[Union[_rules], Field(discriminator="kind")]  # noqa: UP007


class PolicyDocument(BaseModel):
    """A policy: up to 50 rules. All are asked; those that fire become the reasons of one item."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, title=SCHEMA)

    schema_: Literal["policy/1"] = Field(alias="schema")
    rules: Annotated[tuple[_AnyRule, ...], Field(max_length=50, strict=False)]

    @model_validator(mode="after")
    def _names_and_draws_differ(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError("two rules have the same name; reasons refer to rules by name")
        draws = [draw.name for rule in self.rules if is_plain_draw(rule) for draw in rule.draws]
        if len(set(draws)) < len(draws):
            raise ValueError("two random rules have the same draw and would pick the same predictions")
        return self

    @model_validator(mode="after")
    def _draws_are_whole_and_few(self) -> Self:
        capped = next((rule.name for rule in self.rules if rule.draws and rule.allowance), None)
        if capped is not None:
            raise ValueError(
                f"the rule {capped!r} draws at random and has a daily cap: what the cap leaves out, no rate"
                " speaks for. Lower its rate instead"
            )
        if how_many_outcomes(self.rules) > MOST_OUTCOMES:
            raise ValueError(
                f"the random draws have more than {MOST_OUTCOMES} outcomes together; use fewer draws"
            )
        return self

    @property
    def queues(self) -> frozenset[str]:
        """The slugs of all queues that the rules send to."""
        return frozenset(rule.queue for rule in self.rules)

    @cached_property
    def rules_in_force(self) -> tuple[Rule, ...]:
        """The rules that are on."""
        return tuple(rule for rule in self.rules if rule.enabled)

    @cached_property
    def ranked_measures(self) -> frozenset[str]:
        """The measures whose rank some rule asks for."""
        return self._asked("rank:")

    @cached_property
    def measures(self) -> frozenset[str]:
        """The measures whose score some rule asks for."""
        return self._asked("score:")

    @cached_property
    def facts(self) -> frozenset[str]:
        """The fact sources that some rule asks."""
        return self._asked("fact:")

    @cached_property
    def attaches(self) -> bool:
        """Some rule has what says the same counted on one item."""
        return any(rule.near_duplicates == "attach" for rule in self.rules_in_force)

    @property
    def reads_records(self) -> bool:
        """Some rule needs the record itself, not only what was computed of it."""
        return bool(self.facts) or self.attaches

    def with_rules(self, rules: Iterable[Rule]) -> "PolicyDocument":
        """The same policy with other rules, for a question; they are not checked again."""
        # Not model_copy: it would also copy what is cached of the rules that were there before.
        return PolicyDocument.model_construct(schema_=self.schema_, rules=tuple(rules))

    def _asked(self, prefix: str) -> frozenset[str]:
        asked = frozenset().union(*(rule.asks for rule in self.rules_in_force))
        return frozenset(name.removeprefix(prefix) for name in asked if name.startswith(prefix))


def parse(document: Mapping[str, Any]) -> PolicyDocument:
    """The document, checked. Raises Invalid with all faults, each by its JSON pointer."""
    if faults := unstorable(document):
        raise Invalid("This document holds text that cannot be kept. Take it out and send it again.", faults)
    try:
        return PolicyDocument.model_validate(document)
    except ValidationError as error:
        faults = _told([_fault(dict(fault)) for fault in error.errors(include_url=False)])
        raise Invalid(
            "This is not a policy/1 document. Correct the named places and send it again.", faults
        ) from None


def unstorable(value: Any, pointer: str = "") -> list[Fault]:
    """The places of what no database keeps: NUL, lone surrogates, numbers out of range, too many levels."""
    if pointer.count("/") > DEEPEST_JSON:
        return [Fault(pointer, "policy.depth", "conditions stand too deep within each other")]
    if isinstance(value, Mapping):
        inner = [(f"{pointer}/{escaped(storable(key))}", key, child) for key, child in value.items()]
        return [
            f for place, key, child in inner for f in (*unstorable(key, place), *unstorable(child, place))
        ]
    if isinstance(value, list | tuple):
        return [f for n, child in enumerate(value) for f in unstorable(child, f"{pointer}/{n}")]
    if isinstance(value, str) and not is_storable(value):
        return [Fault(pointer, "policy.text", "take out NUL and lone surrogates")]
    if isinstance(value, int | float) and not abs(value) < LARGEST:  # also NaN
        return [Fault(pointer, "policy.number", "write a smaller number")]
    return []


@cache
def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of policy/1."""
    schema = PolicyDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _told(faults: list[Fault]) -> list[Fault]:
    """Without "too few" of a list that only lost what is wrong in it."""
    return [
        fault
        for fault in faults
        if fault.code != "policy.too_short"
        or not any(other.pointer.startswith(f"{fault.pointer}/") for other in faults)
    ]


def _is_kind(part: object, before: object) -> bool:
    """A kind that pydantic put after a place in a list."""
    return isinstance(before, int) and part in conditions


def _fault(error: dict[str, Any]) -> Fault:
    # pydantic names the chosen kind in the path; the document has no such level
    path = [
        part
        for part, before in zip(error["loc"], (None, *error["loc"]), strict=False)
        if not _is_kind(part, before)
    ]
    pointer = pointer_to(storable(str(part)) for part in path)
    detail = str(error["msg"]).removeprefix("Value error, ")
    return Fault(pointer=pointer, code=f"policy.{error['type']}", detail=detail)
