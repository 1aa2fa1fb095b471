"""The document of a policy version, "policy/1": its rules, checked as far as possible without data."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from queues.errors import Fault, Invalid
from queues.route import rules as _shipped  # noqa: F401 - importing it registers the rules
from queues.route.rule import Rule, rules
from queues.route.rules.random_audit import RandomAudit

SCHEMA = "policy/1"

if TYPE_CHECKING:
    _AnyRule = Rule
else:
    # All registered rules, told apart by `kind`: a new rule needs no change here.
    _AnyRule = Annotated[Union[tuple(rule for _kind, rule in rules)], Field(discriminator="kind")]  # noqa: UP007


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
        draws = [rule.draw for rule in self.rules if isinstance(rule, RandomAudit)]
        if len(set(draws)) < len(draws):
            raise ValueError("two random rules have the same draw and would pick the same predictions")
        return self

    @property
    def queues(self) -> frozenset[str]:
        """The slugs of all queues that the rules send to."""
        return frozenset(rule.queue for rule in self.rules)

    @property
    def ranked_measures(self) -> frozenset[str]:
        """The measures whose rank some rule asks for."""
        return frozenset(rule.ranked_measure for rule in self.rules if rule.ranked_measure)


def parse(document: Mapping[str, Any]) -> PolicyDocument:
    """The document, checked. Raises Invalid with all faults, each by its JSON pointer."""
    try:
        return PolicyDocument.model_validate(document)
    except ValidationError as error:
        faults = [_fault(dict(fault)) for fault in error.errors(include_url=False)]
        raise Invalid(
            "This is not a policy/1 document. Correct the named places and send it again.", faults
        ) from None


@cache
def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of policy/1."""
    schema = PolicyDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _fault(error: dict[str, Any]) -> Fault:
    # pydantic names the chosen rule kind in the path; the document has no such level
    path = [part for i, part in enumerate(error["loc"]) if not (i == 2 and part in rules)]
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    detail = str(error["msg"]).removeprefix("Value error, ")
    return Fault(pointer=pointer, code=f"policy.{error['type']}", detail=detail)
