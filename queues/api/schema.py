"""The OpenAPI description: generated from the views, with the problems that each of them can answer.

Bodies and answers are named by `@extend_schema(request=…, responses={200: …})` with pydantic models.
"""

import re
from typing import Any, Literal

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction, OpenApiParameter
from pydantic.json_schema import model_json_schema

PROBLEM = {"$ref": "#/components/schemas/Problem"}
_ALWAYS = {
    "400": "The request cannot be read.",
    "401": "No valid key, and nobody is signed in.",
    "403": "The key or role does not include the permission.",
    "404": "There is no such thing, or it is not yours.",
    "406": "No answer in the wanted media type.",
    "429": "Too many requests; see Retry-After.",
    "503": "Busy; nothing was done; see Retry-After.",
}
_WITH_BODY = {
    "409": "The state of things does not allow it, or somebody was faster.",
    "413": "The body is too large.",
    "415": "The media type is not taken.",
    "422": "The content is wrong; see errors.",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body give the same answer, for seven days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


class Schema(AutoSchema):
    """Adds to each operation its problems, its permission and its headers."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        problems = dict(_ALWAYS) | (_WITH_BODY if self.method in ("POST", "PUT", "PATCH") else {})
        for status, meaning in problems.items():
            operation["responses"].setdefault(status, _problem(meaning))
        if self.method == "POST" and getattr(self.view, "keeps_answers", False):
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        if permission := _permission(self.view, self.method):
            operation["x-permission"] = permission
        return operation

    def get_operation_id(self) -> str:
        """`get Datasets`, `post Next`: the view's name is unique, and stays when the address grows."""
        return f"{self.method.lower()}_{_snake(type(self.view).__name__.removesuffix('View'))}"

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"key": []}, {"session": []}]

    def get_override_parameters(self) -> list[Any]:
        """The query parameters that the view allows; anything else answers 400."""
        known = {"GET": "parameters", "POST": "post_parameters"}.get(self.method, "")
        names = getattr(self.view, known, ())
        return [_query(name) for name in sorted(names)]

    def map_parsers(self) -> list[str]:
        """What a body may be: the views read it themselves (queues.api.bodies), so no parser says it."""
        return ["application/json"]

    def get_tags(self) -> list[str]:
        """The resource below the project: predictions, queues, releases …"""
        _before, _slug, resource = self.path.partition("{slug}/")
        return [resource.split("/")[0].split(":")[0] or "api"]


def add_problem_shape(result: dict[str, Any], **kwargs: object) -> dict[str, Any]:
    """Post-processing hook: the one shape of all problems, and how to identify oneself."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM_SHAPE
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An API key: rk_…"},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    }
    return result


class Shapes(PydanticExtension):
    """What is sent may leave out what has a default; what is answered always holds it."""

    priority = 1

    def map_serializer(self, auto_schema: Any, direction: Direction) -> dict[str, Any]:
        mode: Literal["validation", "serialization"] = (
            "validation" if direction == "request" else "serialization"
        )
        shape = model_json_schema(self.target, ref_template="#/components/schemas/{model}", mode=mode)
        for name, inner in shape.pop("$defs", {}).items():
            part = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=inner)
            auto_schema.registry.register_on_missing(part)
        return shape


def _query(name: str) -> OpenApiParameter:
    if name == "limit":
        return OpenApiParameter(name, {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100})
    return OpenApiParameter(name, str)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _permission(view: Any, method: str) -> str | None:
    permission = getattr(view, "permission", None)
    if isinstance(permission, dict):
        permission = permission.get(method)
    if isinstance(permission, frozenset):
        return " or ".join(sorted(permission))
    return str(permission) if permission else None


def _problem(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/problem+json": {"schema": PROBLEM}}}


_PROBLEM_SHAPE = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "Stable: urn:reviewapp:problem:<code>."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was tried, why not, what to do next."},
        "instance": {"type": "string", "description": "The id of the request, as in X-Request-Id."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body, or ?parameter.",
                    },
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
