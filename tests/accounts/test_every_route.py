"""Every route × method × caller: who is let in, who is told no, and who is told that there is nothing.

`ROUTES` names the permission of each route once. A route that is not in it fails the first test, and so
does one that is gone: whoever adds an address says here who may use it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts import actions, keys
from accounts.access import Access, Openness, access_of
from accounts.actor import SYSTEM
from accounts.checks import every_route
from accounts.roles import ROLES, Permission, Role
from tests.factories.people import api_key, expired
from tests.factories.projects import Cast, ProjectFactory, cast

pytestmark = pytest.mark.django_db

PUBLIC, SIGNED_IN = Openness.PUBLIC, Openness.SIGNED_IN
ENTER, READ, REVIEW, SETTLE, TUNE, PUSH, RELEASE, PULL, ADMIT = Permission
REVIEW_OR_READ = frozenset({REVIEW, READ})
RELEASE_OR_TUNE = frozenset({RELEASE, TUNE})
WEB = "projects/<slug:slug>/"
API = "api/v1/projects/<slug:slug>/"

ROUTES: dict[str, dict[str, Access]] = {
    "": {"GET": SIGNED_IN},
    "healthz": {"GET": PUBLIC},
    "readyz": {"GET": PUBLIC},
    "login/": {"GET": PUBLIC, "POST": PUBLIC},
    "logout/": {"POST": SIGNED_IN},
    "me/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "me/shortcuts/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "me/password/": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    WEB + "keys/": {"GET": ENTER, "POST": ENTER},
    WEB + "keys/<id:key_id>/revoke/": {"POST": ENTER},
    WEB + "people/": {"GET": READ},
    WEB + "people/admit/": {"POST": ADMIT},
    WEB + "people/<id:person_id>/role/": {"POST": ADMIT},
    WEB + "people/<id:person_id>/remove/": {"POST": ADMIT},
    WEB + "people/figures/": {"GET": SETTLE},
    WEB + "people/figures.csv": {"GET": SETTLE},
    WEB + "people/<id:person_id>/figures": {"GET": REVIEW},
    WEB + "people/<id:person_id>/reviews": {"GET": SETTLE},
    WEB + "people/<id:person_id>/have-read": {"POST": REVIEW},
    WEB + "people/<id:person_id>/work": {"GET": TUNE, "POST": TUNE},
    WEB + "people/<id:person_id>/account": {"GET": ADMIT},
    WEB + "people/<id:person_id>/deactivate": {"POST": ADMIT},
    WEB + "people/<id:person_id>/reactivate": {"POST": ADMIT},
    WEB + "people/<id:person_id>/pause": {"POST": TUNE},
    WEB + "people/<id:person_id>/resume": {"POST": TUNE},
    WEB: {"GET": ENTER},
    WEB + "rates.csv": {"GET": READ},
    WEB + "queues/": {"GET": ENTER},
    WEB + "queues/new": {"GET": TUNE, "POST": TUNE},
    WEB + "queues/<slug:queue_slug>/settings": {"GET": TUNE, "POST": TUNE},
    WEB + "queues/<slug:queue_slug>/archive": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/restore": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/items/": {"GET": READ},
    WEB + "queues/<slug:queue_slug>/form/": {"GET": READ},
    WEB + "queues/<slug:queue_slug>/form/versions/<id:version>": {"GET": READ},
    WEB + "queues/<slug:queue_slug>/form/versions/<id:version>.json": {"GET": READ},
    WEB + "queues/<slug:queue_slug>/form/edit": {"GET": TUNE},
    WEB + "queues/<slug:queue_slug>/form/edit/change": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/form/edit/json": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/form/edit/begin": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/form/edit/rebase": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/form/edit/discard": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/form/edit/publish": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/dispute-rule": {"GET": READ},
    WEB + "queues/<slug:queue_slug>/dispute-rule/change": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/items/change": {"POST": TUNE},
    WEB + "changes/<id:number>": {"GET": READ},
    WEB + "changes/<id:number>/progress": {"GET": READ},
    WEB + "changes/<id:number>/stop": {"POST": TUNE},
    WEB + "changes/<id:number>/undo": {"POST": TUNE},
    WEB + "agreement/": {"GET": READ},
    WEB + "agreement.csv": {"GET": READ},
    WEB + "agreement/check": {"POST": SETTLE},
    WEB + "agreement/target": {"GET": TUNE, "POST": TUNE},
    WEB + "agreement/groups/": {"GET": READ},
    WEB + "agreement/groups.csv": {"GET": READ},
    WEB + "agreement/versions/": {"GET": READ},
    WEB + "agreement/versions.csv": {"GET": READ},
    WEB + "agreement/texts/": {"GET": READ},
    WEB + "agreement/texts.csv": {"GET": READ},
    WEB + "agreement/items/": {"GET": READ},
    WEB + "agreement/people/": {"GET": SETTLE},
    WEB + "agreement/people.csv": {"GET": SETTLE},
    WEB + "agreement/differing/": {"GET": SETTLE},
    WEB + "disputes/": {"GET": SETTLE},
    WEB + "queues/<slug:queue_slug>/disputes/": {"GET": SETTLE},
    WEB + "queues/<slug:queue_slug>/disputes/<slug:key>": {"GET": SETTLE, "POST": SETTLE},
    WEB + "items/<id:item_id>/settle": {"GET": SETTLE, "POST": SETTLE},
    WEB + "items/<id:item_id>/reopen": {"POST": SETTLE},
    WEB + "items/<id:item_id>/suggestion": {"GET": SETTLE},
    WEB + "overrides/": {"GET": READ},
    WEB + "overrides.csv": {"GET": READ},
    WEB + "overrides/recall.csv": {"GET": READ},
    WEB + "overrides/violations/": {"GET": READ},
    WEB + "overrides/people/<id:person_id>/": {"GET": REVIEW},
    WEB + "predictions/": {"GET": READ},
    WEB + "predictions/<id:prediction_id>/": {"GET": READ},
    WEB + "feedback/": {"GET": READ},
    WEB + "enrichment/": {"GET": READ},
    WEB + "enrichment/retry": {"POST": TUNE},
    WEB + "my-work": {"GET": ENTER, "POST": ENTER},
    WEB + "checks/": {"GET": SETTLE},
    WEB + "checks/results/": {"GET": SETTLE},
    WEB + "checks.csv": {"GET": SETTLE},
    WEB + "checks/<id:check_id>/retire": {"POST": TUNE},
    WEB + "checks/questions/<id:served_id>/reply": {"POST": SETTLE},
    WEB + "queues/<slug:queue_slug>/checks/make": {"POST": TUNE},
    WEB + "queues/<slug:queue_slug>/people/<id:person_id>/let-in": {"POST": SETTLE},
    WEB + "queues/<slug:queue_slug>/people/<id:person_id>/ask-again": {"POST": SETTLE},
    WEB + "my-checks": {"GET": REVIEW},
    WEB + "drafts/": {"GET": REVIEW},
    WEB + "drafts/<id:draft_id>": {"GET": REVIEW},
    WEB + "drafts/<id:draft_id>/open": {"POST": REVIEW},
    WEB + "drafts/<id:draft_id>/discard": {"POST": REVIEW},
    WEB + "drafts/<id:draft_id>/restore": {"POST": REVIEW},
    WEB + "history/": {"GET": REVIEW},
    WEB + "history/settled/": {"GET": SETTLE},
    WEB + "items/<id:item_id>/story": {"GET": ENTER},
    WEB + "items/<id:item_id>/notes": {"GET": ENTER, "POST": ENTER},
    WEB + "items/<id:item_id>/similar": {"GET": ENTER},
    WEB + "mentions/": {"GET": ENTER},
    WEB + "policy/": {"GET": READ},
    WEB + "policy/lists/": {"GET": READ},
    WEB + "policy/lists/new": {"GET": TUNE, "POST": TUNE},
    WEB + "policy/lists/<slug:name>/": {"GET": READ},
    WEB + "policy/lists/<slug:name>/edit": {"GET": TUNE, "POST": TUNE},
    WEB + "policy/lists/<slug:name>/activate": {"POST": TUNE},
    WEB + "policy/lists/<slug:name>/switch-off": {"POST": TUNE},
    WEB + "policy/edit": {"GET": READ},
    WEB + "policy/edit/change": {"POST": TUNE},
    WEB + "policy/edit/json": {"POST": TUNE},
    WEB + "policy/edit/begin": {"POST": TUNE},
    WEB + "policy/edit/rebase": {"POST": TUNE},
    WEB + "policy/edit/discard": {"POST": TUNE},
    WEB + "policy/edit/store": {"POST": TUNE},
    WEB + "policy/versions/<id:version>": {"GET": READ},
    WEB + "policy/versions/<id:version>/activate": {"GET": TUNE, "POST": TUNE},
    WEB + "policy/dry-runs/ask": {"POST": TUNE},
    WEB + "policy/dry-runs/<id:number>": {"GET": READ},
    WEB + "policy/dry-runs/<id:number>/progress": {"GET": READ},
    WEB + "policy/dry-runs/<id:number>/cancel": {"POST": TUNE},
    WEB + "policy/selections/": {"GET": READ},
    WEB + "policy/selections/ask": {"POST": TUNE},
    WEB + "policy/selections/<id:number>": {"GET": READ},
    WEB + "policy/selections/<id:number>/progress": {"GET": READ},
    WEB + "policy/selections/<id:number>/cancel": {"POST": TUNE},
    WEB + "measures/": {"GET": READ},
    WEB + "measures.csv": {"GET": READ},
    WEB + "measures/refit": {"POST": TUNE},
    WEB + "events/": {"GET": READ},
    WEB + "events/seals/": {"GET": READ},
    WEB + "events/seals/verify": {"POST": SETTLE},
    WEB + "golden/": {"GET": READ},
    WEB + "golden/new": {"GET": TUNE, "POST": TUNE},
    WEB + "golden/import": {"GET": TUNE, "POST": TUNE},
    WEB + "golden/export": {"GET": READ},
    WEB + "golden/<id:number>/": {"GET": READ},
    WEB + "golden/<id:number>/edit": {"GET": TUNE, "POST": TUNE},
    WEB + "golden/<id:number>/retire": {"POST": TUNE},
    WEB + "golden/<id:number>/restore": {"POST": TUNE},
    WEB + "datasets/": {"GET": READ},
    WEB + "datasets/new": {"GET": RELEASE, "POST": RELEASE},
    WEB + "datasets/<slug:name>/": {"GET": READ},
    WEB + "datasets/<slug:name>/edit": {"GET": RELEASE, "POST": RELEASE},
    WEB + "datasets/<slug:name>/publish": {"POST": RELEASE},
    WEB + "webhooks/": {"GET": RELEASE_OR_TUNE, "POST": RELEASE_OR_TUNE},
    WEB + "webhooks/<id:number>/": {"GET": RELEASE_OR_TUNE},
    WEB + "webhooks/<id:number>/change": {"POST": RELEASE_OR_TUNE},
    WEB + "webhooks/<id:number>/rotate": {"POST": RELEASE_OR_TUNE},
    WEB + "webhooks/<id:number>/disable": {"POST": RELEASE_OR_TUNE},
    WEB + "webhooks/<id:number>/enable": {"POST": RELEASE_OR_TUNE},
    WEB + "webhooks/<id:number>/deliveries/<id:delivery_id>/replay": {"POST": RELEASE_OR_TUNE},
    WEB + "recalls/": {"GET": READ},
    WEB + "recalls/progress": {"GET": READ},
    WEB + "recalls/ask": {"POST": RELEASE},
    WEB + "recalls/<id:number>/again": {"POST": RELEASE},
    WEB + "recalls/preview": {"POST": RELEASE},
    WEB + "recalls/previews/<id:number>": {"GET": RELEASE},
    WEB + "recalls/previews/<id:number>/progress": {"GET": RELEASE},
    WEB + "datasets/<slug:name>/releases/<id:release_id>/recalls": {"GET": READ},
    WEB + "datasets/<slug:name>/releases/<id:release_id>/findings": {"GET": PULL},
    WEB + "datasets/<slug:name>/releases/<id:release_id>/findings.csv": {"GET": PULL},
    WEB + "datasets/<slug:name>/diff": {"GET": READ},
    WEB + "datasets/<slug:name>/releases/<id:release_id>/rows": {"GET": READ},
    WEB + "datasets/<slug:name>/releases/<id:release_id>/rows/<id:item_id>": {"GET": READ},
    WEB + "datasets/<slug:name>/releases/<id:release_id>/cancel": {"POST": RELEASE},
    WEB + "datasets/<slug:name>/releases/<id:release_id>": {"GET": READ},
    WEB + "queues/<slug:queue_slug>/review": {"GET": REVIEW},
    WEB + "queues/<slug:queue_slug>/review/ahead": {"GET": REVIEW},
    WEB + "slots/<id:slot_id>/view": {"POST": REVIEW},
    WEB + "slots/<id:slot_id>/submit": {"POST": REVIEW},
    WEB + "slots/<id:slot_id>/draft": {"POST": REVIEW},
    WEB + "slots/<id:slot_id>/heartbeat": {"POST": REVIEW},
    WEB + "slots/<id:slot_id>/skip": {"POST": REVIEW},
    WEB + "slots/<id:slot_id>/take-up": {"POST": REVIEW},
    WEB + "slots/<id:slot_id>/give-back": {"POST": REVIEW},
    WEB + "reviews/<id:review_id>/undo": {"POST": REVIEW},
    API + "predictions": {"GET": READ, "POST": PUSH},
    API + "predictions:batch": {"POST": PUSH},
    API + "predictions/<id:number>": {"GET": READ},
    API + "predictions/<id:number>/story": {"GET": READ},
    API + "lists": {"GET": READ, "POST": TUNE},
    API + "lists:try": {"POST": TUNE},
    API + "lists/<slug:name>/<id:version>": {"GET": READ},
    API + "lists/<slug:name>:activate": {"POST": TUNE},
    API + "lists/<slug:name>:deactivate": {"POST": TUNE},
    API + "feedback": {"GET": READ, "POST": PUSH},
    API + "feedback:batch": {"POST": PUSH},
    API + "feedback/<id:number>": {"GET": READ},
    API + "predictions/<id:number>/similar": {"GET": READ},
    API + "policies": {"GET": READ, "POST": TUNE},
    API + "policies:check": {"POST": TUNE},
    API + "policies:dry-run": {"POST": TUNE},
    API + "policies/active": {"GET": READ, "PUT": TUNE},
    API + "policies/active/activity": {"GET": READ},
    API + "policies/schema": {"GET": READ},
    API + "policies/<id:version>": {"GET": READ},
    API + "policies/<id:version>/changes": {"GET": READ},
    API + "dry-runs": {"GET": READ},
    API + "dry-runs/<id:number>": {"GET": READ},
    API + "dry-runs/<id:number>:cancel": {"POST": TUNE},
    API + "selections": {"GET": READ, "POST": TUNE},
    API + "selections/<id:number>": {"GET": READ},
    API + "selections/<id:number>:cancel": {"POST": TUNE},
    API + "bulk-changes": {"GET": READ, "POST": TUNE},
    API + "bulk-changes/<id:number>": {"GET": READ},
    API + "bulk-changes/<id:number>/items": {"GET": READ},
    API + "bulk-changes/<id:number>:stop": {"POST": TUNE},
    API + "bulk-changes/<id:number>:undo": {"POST": TUNE},
    API + "queues": {"GET": ENTER, "POST": TUNE},
    API + "queues/<slug:queue_slug>": {"GET": ENTER, "PATCH": TUNE},
    API + "queues/<id:queue_id>:next": {"POST": REVIEW},
    API + "queues/<id:queue_id>/forms": {"GET": ENTER, "POST": TUNE},
    API + "queues/<id:queue_id>/forms:check": {"POST": TUNE},
    API + "forms/<id:form_id>": {"GET": ENTER},
    API + "schemas/form": {"GET": ENTER},
    API + "slots/<id:slot_id>/draft": {"PUT": REVIEW},
    API + "slots/<id:slot_id>:heartbeat": {"POST": REVIEW},
    API + "slots/<id:slot_id>:skip": {"POST": REVIEW},
    API + "slots/<id:slot_id>:give-back": {"POST": REVIEW},
    API + "reviews": {"POST": REVIEW},
    API + "reviews/<id:review_id>:undo": {"POST": REVIEW},
    API + "items": {"GET": READ},
    API + "items/<id:item_id>": {"GET": READ},
    API + "items/<id:item_id>/notes": {"GET": REVIEW_OR_READ, "POST": REVIEW_OR_READ},
    API + "mentions": {"GET": REVIEW_OR_READ},
    API + "items/<id:item_id>:settle": {"POST": SETTLE},
    API + "items/<id:item_id>:reopen": {"POST": SETTLE},
    API + "queues/<id:queue_id>/dispute-rule": {"GET": READ, "PUT": TUNE},
    API + "queues/<id:queue_id>/checks": {"GET": SETTLE},
    API + "queues/<id:queue_id>/checks/people": {"GET": SETTLE},
    API + "queues/<id:queue_id>/checks/answers": {"GET": SETTLE},
    API + "queues/<id:queue_id>/checks/questions": {"GET": SETTLE},
    API + "checks/questions/<id:served_id>:reply": {"POST": SETTLE},
    API + "verdicts": {"GET": READ},
    API + "agreement": {"GET": READ},
    API + "agreement/targets": {"POST": TUNE},
    API + "agreement/groups": {"GET": READ},
    API + "agreement/versions": {"GET": READ},
    API + "agreement/texts": {"GET": READ},
    API + "people/figures": {"GET": SETTLE},
    API + "overrides": {"GET": READ},
    API + "overrides/rates": {"GET": READ},
    API + "overrides/filters": {"GET": READ},
    API + "rates": {"GET": READ},
    API + "measures": {"GET": READ},
    API + "measures:refit": {"POST": TUNE},
    API + "golden": {"GET": READ, "POST": TUNE},
    API + "golden:batch": {"POST": TUNE},
    API + "golden:export": {"GET": READ},
    API + "golden/<id:number>": {"GET": READ, "PUT": TUNE},
    API + "golden/<id:number>:retire": {"POST": TUNE},
    API + "golden/<id:number>:restore": {"POST": TUNE},
    API + "datasets": {"GET": READ, "POST": RELEASE},
    API + "datasets/<slug:name>": {"GET": READ},
    API + "datasets/<slug:name>:rows": {"GET": PULL},
    API + "datasets/<slug:name>/versions": {"GET": READ, "POST": RELEASE},
    API + "datasets/<slug:name>/versions/<id:version>": {"GET": READ},
    API + "datasets/<slug:name>/releases": {"GET": READ, "POST": RELEASE},
    API + "webhooks": {"GET": RELEASE_OR_TUNE, "POST": RELEASE_OR_TUNE},
    API + "webhooks/<id:number>": {"GET": RELEASE_OR_TUNE, "PATCH": RELEASE_OR_TUNE},
    API + "webhooks/<id:number>:rotate": {"POST": RELEASE_OR_TUNE},
    API + "webhooks/<id:number>/deliveries": {"GET": RELEASE_OR_TUNE},
    API + "webhooks/<id:number>/deliveries/<id:delivery_id>:replay": {"POST": RELEASE_OR_TUNE},
    API + "recalls": {"GET": READ, "POST": RELEASE},
    API + "recalls:preview": {"POST": RELEASE},
    API + "recalls/previews/<id:number>": {"GET": RELEASE},
    API + "recalls/<id:number>": {"GET": READ},
    API + "recalls/<id:number>:again": {"POST": RELEASE},
    API + "releases/<slug:name>@<str:version>/recalls": {"GET": READ},
    API + "releases/<slug:name>@<str:version>/findings": {"GET": PULL},
    API + "releases/<id:release_id>/findings": {"GET": PULL},
    API + "datasets/<slug:name>/diff": {"GET": READ},
    API + "releases/<slug:name>@<str:version>/rows/<str:record_id>": {"GET": READ},
    API + "releases/<slug:name>@<str:version>/lines/<slug:split>/<id:line>": {"GET": READ},
    API + "releases/<id:release_id>": {"GET": READ},
    API + "releases/<slug:name>@<str:version>": {"GET": READ},
    API + "releases/<slug:name>@<str:version>/files/<str:path>": {"GET": PULL},
    API + "releases/<slug:name>@<str:version>/files/<str:path>:link": {"POST": PULL},
    "api/v1/downloads/<str:token>/<str:path>": {"GET": PUBLIC},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Calls = Iterator[tuple[str, str, Access, Any]]


def test_every_route_is_in_the_table_and_no_other() -> None:
    assert {route for route, _view in every_route()} == set(ROUTES)


def test_every_view_declares_what_the_table_says() -> None:
    for route, view in every_route():
        declared, expected = access_of(view), ROUTES[route]
        if isinstance(declared, (Permission, Openness, frozenset)):
            assert set(expected.values()) == {declared}, route
        else:
            assert declared == expected, route


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def calls(client: Client, project_slug: str, prefix: str = "") -> Calls:
    """(method, address, access, answer) for each method of each route below `prefix`; empty bodies."""
    for route, methods in ROUTES.items():
        if route.startswith(prefix):
            for method, access in methods.items():
                address = address_of(route, project_slug)
                yield method, address, access, send(client, method, address)


def send(client: Client, method: str, address: str) -> Any:
    kind = "application/json" if address.startswith("/api/") else "application/x-www-form-urlencoded"
    body = b"{}" if kind == "application/json" and method != "GET" else b""
    return client.generic(method, address, body, content_type=kind)


def address_of(route: str, project_slug: str) -> str:
    """The route with the project in it, and with things that nobody has."""
    route = route.replace("<slug:slug>", project_slug)
    return "/" + re.sub(r"<id:\w+>", "999999999", re.sub(r"<(slug|str):\w+>", "nowhere", route))


def browser(person: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def program(text: str) -> Client:
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {text}"})


def is_let_in(answer: Any) -> bool:
    """Past the door: whatever the view then said about an empty body or a thing that nobody has."""
    return answer.status_code < 500 and answer.status_code not in (401, 403) and not is_sent_to_login(answer)


def is_enough(access: Access, held: frozenset[Permission]) -> bool:
    """Whether who holds these passes; a set asks for any one of its own."""
    return not held.isdisjoint(access if isinstance(access, frozenset) else {access})


def is_sent_to_login(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/login/")


def is_stranger(address: str, answer: Any) -> bool:
    """What somebody gets whom the door does not know: 401 as a program, the login page as a person."""
    return answer.status_code == 401 if address.startswith("/api/") else is_sent_to_login(answer)


def wrong(found: Calls, is_right: Callable[[str, str, Access, Any], bool]) -> list[str]:
    return [
        f"{method} {address} ({access}) → {answer.status_code}"
        for method, address, access, answer in found
        if not is_right(method, address, access, answer)
    ]


@pytest.mark.parametrize("role", Role)
def test_a_member_passes_with_the_permissions_of_the_role_only(people: Cast, role: Role) -> None:
    person = people.playing(role)

    def is_right(method: str, address: str, access: Access, answer: Any) -> bool:
        if address == "/logout/":
            return is_sent_to_login(answer)
        if isinstance(access, Openness) or is_enough(access, ROLES[role]):
            return is_let_in(answer)
        return bool(answer.status_code == 403)

    found = [call for prefix in (WEB, API) for call in calls(browser(person), people.project.slug, prefix)]
    rest = [(m, a, x, send(browser(person), m, a)) for m, a, x in outside_projects()]
    assert wrong(iter([*found, *rest]), is_right) == []


def outside_projects() -> Iterator[tuple[str, str, Access]]:
    for route, methods in ROUTES.items():
        if "<slug:slug>" not in route:
            for method, access in methods.items():
                yield method, address_of(route, ""), access


def test_nobody_passes_without_signing_in(people: Cast) -> None:
    def is_right(method: str, address: str, access: Access, answer: Any) -> bool:
        return is_let_in(answer) if access == PUBLIC else is_stranger(address, answer)

    assert wrong(calls(Client(raise_request_exception=False), people.project.slug), is_right) == []


def test_a_member_of_another_project_gets_the_answer_for_an_unknown_one(people: Cast) -> None:
    client = browser(people.sam)
    slug = people.project.slug

    def is_right(method: str, address: str, access: Access, answer: Any) -> bool:
        unknown = send(client, method, address.replace(slug, "x-unknown"))
        return answer.status_code == 404 and seen(answer, slug) == seen(unknown, "x-unknown")

    found = [call for prefix in (WEB, API) for call in calls(client, slug, prefix)]
    assert wrong(iter(found), is_right) == []


def seen(answer: Any, slug: str) -> str:
    """The body without what differs from request to request: the id, the form token, the slug."""
    text = answer.content.decode().replace(slug, "")
    text = text.replace(answer.headers["X-Request-Id"], "")
    return re.sub(r"[A-Za-z0-9]{64}", "", text)


@pytest.mark.parametrize("scope", Permission)
def test_a_key_passes_with_its_scope_only(people: Cast, scope: Permission) -> None:
    _key, text = api_key(people.project, people.olga, scope)

    def is_right(method: str, address: str, access: Access, answer: Any) -> bool:
        if not address.startswith("/api/"):
            return is_stranger(address, answer)  # pages do not know keys
        return is_let_in(answer) if is_enough(access, frozenset({scope})) else answer.status_code == 403

    found = [call for prefix in (WEB, API) for call in calls(program(text), people.project.slug, prefix)]
    assert wrong(iter(found), is_right) == []


@pytest.mark.parametrize("end", ["revoked", "expired", "person disabled", "person removed"])
def test_a_dead_key_passes_nowhere(people: Cast, end: str) -> None:
    people.everybody()
    actions.admit(people.project, person=people.sam, role=Role.OWNER, by=SYSTEM)
    key, text = api_key(people.project, people.sam)
    if end == "revoked":
        keys.revoke(key, by=SYSTEM)
    elif end == "expired":
        expired(key)
    elif end == "person disabled":
        actions.set_active(people.sam, is_active=False, by=SYSTEM)
    else:
        actions.remove(people.project, person=people.sam, by=SYSTEM)
    expected = 404 if end == "person removed" else 401  # a living key of nobody in the project

    assert (
        wrong(calls(program(text), people.project.slug, API), lambda m, a, x, r: r.status_code == expected)
        == []
    )


def test_a_key_passes_in_its_own_project_only(people: Cast) -> None:
    actions.admit(people.other, person=people.olga, role=Role.OWNER, by=SYSTEM)
    _key, text = api_key(people.project, people.olga)

    assert wrong(calls(program(text), people.other.slug, API), lambda m, a, x, r: r.status_code == 404) == []


def test_an_owner_of_everything_gets_no_other_method(people: Cast) -> None:
    client = browser(people.olga)

    answers = [
        (f"{method} {route}", send(client, method, address_of(route, people.project.slug)).status_code)
        for route, methods in ROUTES.items()
        for method in METHODS
        if method not in methods
    ]

    assert [call for call, status in answers if status != 405] == []


def test_an_empty_project_shows_every_page_to_its_owner(db: None) -> None:
    project = ProjectFactory.create()
    owner, _password = actions.create_person(email="o@example.org", name="O", now=project.created_at)
    actions.set_password(owner, password="a phrase of their own", by=SYSTEM)
    actions.admit(project, person=owner, role=Role.OWNER, by=SYSTEM)

    lists = [route for route, methods in ROUTES.items() if "GET" in methods and route.count("<") <= 1]
    statuses = {
        route: send(browser(owner), "GET", address_of(route, project.slug)).status_code for route in lists
    }

    assert {route: status for route, status in statuses.items() if status not in (200, 404, 503)} == {}
