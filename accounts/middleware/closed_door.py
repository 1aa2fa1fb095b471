"""Refuses every view that does not declare who may enter it.

The system check finds such a view before a release; this holds even where checks were skipped.
"""

from collections.abc import Callable, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.access import View, access_of


class ClosedDoor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> None:
        if access_of(view) is None:
            raise PermissionDenied("this view does not declare who may enter")
