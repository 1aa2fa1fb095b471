"""System check: every route of the URLconf says who may enter."""

from collections.abc import Iterator, Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import View, access_of


def every_route() -> Iterator[tuple[str, View]]:
    """(route, view) for everything that the URLconf can reach."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: Sequence[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, View]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def every_route_declares_access(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """An Error for each view without @public, @signed_in, @needs or (API) a permission."""
    return [
        Error(
            f"The view of the route {route!r} does not say who may enter.",
            hint="Decorate it with @public, @signed_in or @needs(Permission.X) of accounts.gate;"
            " an API view declares `permission`.",
            id="accounts.E001",
        )
        for route, view in every_route()
        if access_of(view) is None
    ]
