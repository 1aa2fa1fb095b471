"""The base of every API view: nothing happens before the caller is known, allowed and within limits.

    class Queues(ProjectView):
        permission = {"GET": Permission.READ, "POST": Permission.TUNE}
        parameters = pagination.PARAMETERS | {"state"}

        def get(self, request: ProjectRequest) -> Response: ...

Handlers get the URL's arguments without the slug; `request.project`, `request.actor` and
`request.permissions` are set. Refusals are raised as `queues.errors` and answered as problem JSON. A POST
with an Idempotency-Key runs in one transaction with its stored answer.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import gate
from accounts.access import Needed
from accounts.actor import Actor
from accounts.models import ApiKey, Person, Project
from accounts.roles import Permission
from queues.api import idempotency, parameters, problems, rate_limit
from queues.api.authentication import BearerKey, PersonSession
from queues.api.schema import Schema


class ProjectRequest(Request):
    """What a handler receives, for type checkers."""

    user: Person
    auth: ApiKey | None
    project: Project
    actor: Actor
    permissions: frozenset[Permission]


class ProjectView(APIView):
    """One resource below /api/v1/projects/<slug>/."""

    permission: ClassVar[Needed | Mapping[str, Needed]]
    parameters: ClassVar[frozenset[str]] = frozenset()  # the query parameters that GET knows
    post_parameters: ClassVar[frozenset[str]] = frozenset()  # and those that POST knows
    keeps_answers: ClassVar[bool] = True  # False: a POST that is safe to repeat without Idempotency-Key

    authentication_classes = (BearerKey, PersonSession)
    permission_classes = ()
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = (JSONRenderer,)
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    schema = Schema()

    def initial(self, request: Request, *args: Any, slug: str, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user is None:
            raise exceptions.NotAuthenticated(_("Send a key as “Authorization: Bearer rk_…”, or sign in."))
        rate_limit.take(rate_limit.caller_of(request))
        gate.enter(request, slug, self._permission_for(request))
        known = {"GET": self.parameters, "HEAD": self.parameters, "POST": self.post_parameters}
        parameters.check(request, known.get(request.method or "", ()))

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """As in REST framework, but the whole work of a POST can be done once only."""
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(self.request, *args, **kwargs)
            work = partial(self._work, {name: value for name, value in kwargs.items() if name != "slug"})
            is_once = request.method == "POST" and self.keeps_answers
            response = idempotency.once(self.request, work) if is_once else work()
        except Exception as error:  # noqa: BLE001 - what is not a refusal is raised again
            response = self.handle_exception(error)
        self._tell_log(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    # The stub asks for REST framework's own Response; a problem is a plain one, rendered already.
    def handle_exception(self, error: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(error, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
            # REST framework sets it too, on exceptions that do not declare it.
            error.auth_header = self.get_authenticate_header(self.request)  # type: ignore[union-attr]
        answer = problems.of_exception(error, self.request)
        if answer is None:
            raise error
        if isinstance(error, exceptions.MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(self.allowed_methods)
        return answer

    def _work(self, arguments: Mapping[str, Any]) -> HttpResponse:
        method = (self.request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            raise exceptions.MethodNotAllowed(self.request.method or "")
        response = handler(self.request, **arguments)
        response = self.finalize_response(self.request, response, **arguments)
        return response.render() if hasattr(response, "render") else response

    def _permission_for(self, request: Request) -> Needed:
        if isinstance(self.permission, (Permission, frozenset)):
            return self.permission
        method = "GET" if request.method == "HEAD" else request.method or ""
        if method not in self.permission:
            raise exceptions.MethodNotAllowed(method)
        return self.permission[method]

    def _tell_log(self, request: Any) -> None:
        """The log sees Django's request, not REST framework's."""
        request.actor = getattr(self.request, "actor", None)
        request.key = getattr(self.request, "_auth", None)


def created(
    request: ProjectRequest, answer: Any, *names: object, status: int = 201, etag: str | None = None
) -> Response:
    """What a POST to a list made, or asked for (202); names: its place below the list."""
    headers = {"Location": place_below(request, *names)} | ({"ETag": etag} if etag else {})
    return Response(answer, status=status, headers=headers)


def place_below(request: ProjectRequest, *names: object) -> str:
    """The address of one of a list."""
    return "/".join([request.path.rstrip("/"), *map(str, names)])
