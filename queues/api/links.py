"""Short-lived links to files of releases: asked for with a key, used without one."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.gate import public
from accounts.roles import Permission
from queues.api import withdrawn
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, read
from queues.api.downloads import send
from queues.errors import Fault, Invalid
from queues.export import actions as export
from queues.export import links, releases
from queues.export.recalls import queries as recalls


class NewLink(Body):
    """seconds: how long it is good, 10 to 86,400."""

    seconds: int = links.SECONDS


class LinkAnswer(BaseModel):
    """url: below this server; takes GET, HEAD and Range without a key until expires_at."""

    url: str
    expires_at: datetime


class FileLinkView(ProjectView):
    """A link to one file of a release that is good for a short while, for tools that send no header."""

    permission = {"POST": Permission.PULL}

    @extend_schema(request=NewLink, responses={201: LinkAnswer})
    def post(self, request: ProjectRequest, name: str, version: str, path: str) -> Response:
        body = read(request, NewLink)
        if not links.SECONDS_MIN <= body.seconds <= links.SECONDS_MAX:
            detail = _("Give a whole number from %(min)d to %(max)d.") % {
                "min": links.SECONDS_MIN,
                "max": links.SECONDS_MAX,
            }
            fault = Fault("/seconds", "link.seconds", detail)
            raise Invalid(_("The link was not made: correct what is marked and send it again."), [fault])
        file = releases.file_of(releases.release_of(request.project.pk, name, version), path)
        until = links.until_of(timezone.now(), body.seconds)
        token = links.sign(file, by=request.actor, until=until)
        export.note_link(file, project_id=request.project.pk, by=request.actor, until=until)
        url = request.build_absolute_uri(f"/api/v1/downloads/{token}/{file.path}")
        return Response({"url": url, "expires_at": until}, status=201)


@public
@require_safe
def signed_download(request: HttpRequest, *, token: str, path: str) -> HttpResponseBase:
    """The file of a link, as its address with a key gives it."""
    signed = links.read(token, path, now=timezone.now())
    release = signed.file.release
    recalls.check_given_out(signed.file, release.dataset.project_id, release.dataset.name)
    name = f"{release.dataset.name}-{release.version}-{path}"
    said = withdrawn.headers_of(signed.file, release.dataset)
    response = send(request, signed.file, name=name, said=said)
    response.headers["Cache-Control"] = "private, no-store"
    if request.method == "GET" and response.status_code != 304:
        part = response.headers.get("Content-Range", "")
        export.note_download(signed.file, dataset=release.dataset, by=signed.actor, part=part, is_link=True)
    return response
