"""Word lists: what a lead wants found; written, tried on real outputs, put in force and switched off."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Fault, Invalid, NotFound
from queues.models import WordList
from queues.review import care
from queues.score import list_queries, lists
from queues.score.list_document import ListDocument, parse
from queues.score.list_matcher import Matcher, Place, TooSlow
from queues.web.list_form import ListForm
from queues.web.paging import number
from queues.web.text import Piece, marked_pieces

TRIED_ON = 200  # of the newest outputs
EXAMPLES_SHOWN = 20
VERSIONS_SHOWN = 100
AROUND = 60  # code points before and after what was found
CATEGORIES = ("hate", "harassment", "privacy", "injection", "promise", "competitor", "legal", "medical")


@dataclass(frozen=True, slots=True)
class Example:
    """One output in which the list would find something."""

    id: int
    prediction_id: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a list finds. pieces: the text that was written to try it on; looked_at, found: outputs."""

    pieces: Sequence[Piece]
    places: int
    looked_at: int
    found: int
    examples: Sequence[Example]


@needs(Permission.READ)
@require_safe
def all_lists(request: ProjectRequest) -> HttpResponse:
    """Each list with the version in force, or its newest."""
    rows = list_queries.current(request.project.pk)
    context = {
        "lists": rows,
        "skipping": [row for row in rows if row.is_active and list_queries.skipped_of(row)],
        "may_tune": Permission.TUNE in request.permissions,
    }
    return render(request, "lists/list.html", context)


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """A new list, tried or stored."""
    return _write(request, ListForm(request.POST or None), None)


@needs(Permission.READ)
@require_safe
def one_list(request: ProjectRequest, *, name: str) -> HttpResponse:
    """One version of a list with its entries, and all its versions."""
    versions = list(list_queries.versions(request.project.pk).filter(name=name)[:VERSIONS_SHOWN])
    wanted = number(request, "version")
    shown = next((row for row in versions if row.version == wanted), None) or _foremost(versions)
    context = {
        "list": shown,
        "skipped": list_queries.skipped_of(shown),
        "versions": versions,
        "active": next((row for row in versions if row.is_active), None),
        "may_tune": Permission.TUNE in request.permissions,
    }
    return render(request, "lists/page.html", context)


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ProjectRequest, *, name: str) -> HttpResponse:
    """The next version of a list, tried or stored."""
    present = _foremost(list(list_queries.versions(request.project.pk).filter(name=name)[:VERSIONS_SHOWN]))
    return _write(request, ListForm(request.POST or None, of=present), present)


@needs(Permission.TUNE)
@require_POST
def activate(request: ProjectRequest, *, name: str) -> HttpResponse:
    """Put the posted version in force."""
    version, reason = request.POST.get("version", ""), request.POST.get("reason", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound(_("There is no such version of this list. Choose one of the table."))
    row = lists.activate(request.project.pk, name, int(version), by=request.actor, reason=reason)
    messages.success(request, _("Version %(n)d is in force.") % {"n": row.version})
    return redirect("web:list", request.project.slug, name)


@needs(Permission.TUNE)
@require_POST
def switch_off(request: ProjectRequest, *, name: str) -> HttpResponse:
    """Switch the list off."""
    lists.deactivate(request.project.pk, name, by=request.actor, reason=request.POST.get("reason", ""))
    messages.success(request, _("The list is switched off. What it found stays found."))
    return redirect("web:list", request.project.slug, name)


def _foremost(versions: Sequence[WordList]) -> WordList:
    """The version in force, else the newest; NotFound when there is none."""
    if not versions:
        raise NotFound(_("There is no list of this name in this project. Look at all lists."))
    return next((row for row in versions if row.is_active), versions[0])


def _write(request: ProjectRequest, form: ListForm, present: WordList | None) -> HttpResponse:
    """The form, drawn again with what was tried or with its faults; stored: to the list's page."""
    trial = None
    if request.method == "POST" and form.is_valid():
        try:
            if "try" in request.POST:
                trial = _tried(request.project.pk, parse(form.document()), form.cleaned_data["text"])
            else:
                return _stored(request, form)
        except Invalid as error:
            form.add_faults(error.faults)
    ids = [example.id for example in trial.examples] if trial else []
    veiled = care.veiled_for(request.user.pk, ids)
    context = {"form": form, "list": present, "trial": trial, "categories": CATEGORIES, "veiled": veiled}
    return render(request, "lists/edit.html", context, status=422 if form.errors else 200)


def _stored(request: ProjectRequest, form: ListForm) -> HttpResponse:
    clean, project_id = form.cleaned_data, request.project.pk
    row = lists.new_version(
        project_id, clean["name"], document=form.document(), by=request.actor, reason=clean["reason"]
    )
    if clean["is_active"]:
        lists.activate(project_id, row.name, row.version, by=request.actor, reason=row.reason)
    messages.success(request, _("Version %(n)d is stored.") % {"n": row.version})
    return redirect("web:list", request.project.slug, row.name)


def _tried(project_id: int, document: ListDocument, text: str) -> Trial:
    """The list on the written text and on the newest outputs, none of which it may be too slow for."""
    matcher = Matcher(document.kind, document.entries)
    outputs = list_queries.newest_outputs(project_id, TRIED_ON)
    try:
        places = matcher.places(text)
        found = [(output, at) for output in outputs if (at := matcher.places(output[2]))]
    except TooSlow as slow:
        detail = _("It took %(ms)d ms on one text, which would switch it off.") % {"ms": slow.milliseconds}
        raise Invalid(detail, [Fault("/entries", "list.pattern_slow", detail)]) from None
    examples = [_example(*output, at) for output, at in found[:EXAMPLES_SHOWN]]
    return Trial(_pieces(text, places), len(places), len(outputs), len(found), examples)


def _example(id_: int, prediction_id: str, text: str, places: Sequence[Place]) -> Example:
    """What stands around the first place."""
    first, last = places[0].span
    start = max(0, first - AROUND)
    near = [Place(p.entry, (p.span[0] - start, p.span[1] - start)) for p in places]
    return Example(id_, prediction_id, _pieces(text[start : last + AROUND], near))


def _pieces(text: str, places: Sequence[Place]) -> list[Piece]:
    return marked_pieces(text, [], [(*place.span, str(place.entry + 1)) for place in places])
