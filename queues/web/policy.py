"""The policy of a project: the active rules as sentences, and all versions with author and reason."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.models import Policy
from queues.web.reasons import rules_of, terms

VERSIONS_SHOWN = 100


@needs(Permission.READ)
@require_safe
def policy(request: ProjectRequest) -> HttpResponse:
    """The active policy in words; the salt never leaves the server."""
    versions = list(
        Policy.objects.filter(project=request.project)
        .select_related("author")
        .defer("salt")
        .order_by("-version")[:VERSIONS_SHOWN]
    )
    active = next((version for version in versions if version.is_active), None)
    rules = [(rule, said, terms(rule)) for rule, said in rules_of(active)] if active else []
    return render(request, "policy/page.html", {"versions": versions, "active": active, "rules": rules})
