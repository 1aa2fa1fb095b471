"""Golden items: the list, one with its versions and what was held against it, written and retired."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.curate.golden import actions, queries
from queues.curate.golden.queries import GoldenSearch
from queues.curate.golden.record import check
from queues.errors import Invalid, WrongState
from queues.models import GoldenVersion
from queues.score.deviation import is_usable
from queues.web.golden_form import GoldenForm
from queues.web.golden_words import rule_in_words, why_in_words
from queues.web.paging import number, pager

STATES = (("", lazy("any")), ("current", lazy("in use")), ("retired", lazy("retired")))


class GoldenFilter(forms.Form):
    """What a person looks for."""

    text = forms.CharField(
        max_length=200,
        required=False,
        label=lazy("Id, question or answer"),
        widget=forms.TextInput({"type": "search"}),
    )
    state = forms.ChoiceField(choices=STATES, required=False, label=lazy("State"))
    tag = forms.CharField(max_length=100, required=False, label=lazy("Tag"))
    locale = forms.CharField(max_length=35, required=False, label=lazy("Language"))

    def search(self) -> GoldenSearch:
        """What was asked; a field with a fault asks nothing."""
        self.is_valid()
        return GoldenSearch(**{name: value for name, value in self.cleaned_data.items() if value})


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version as people read it."""

    version: GoldenVersion
    answers: Sequence[str]
    rule: str
    is_usable: bool


@needs(Permission.READ)
@require_safe
def golden_items(request: ProjectRequest) -> HttpResponse:
    """The current version of each item, the last changed first."""
    form = GoldenFilter(request.GET)
    wanted = form.search()
    page = queries.search(request.project.pk, wanted, before=number(request, "before"))
    context = {
        "items": [shown(version) for version in page.rows],
        "form": form,
        "is_narrowed": wanted != GoldenSearch(),
        "pager": pager(request, page),
        "may_tune": Permission.TUNE in request.permissions,
    }
    return render(request, "golden/list.html", context)


@needs(Permission.READ)
@require_safe
def golden_item(request: ProjectRequest, *, number: int) -> HttpResponse:
    """One item: what it says now, what it said before, and what was held against it."""
    golden = queries.golden(request.project.pk, number)
    versions = queries.versions_of(golden)
    matched = queries.matched(golden)
    context = {
        "golden": golden,
        "current": shown(versions[0]),
        "earlier": [shown(version) for version in versions[1:]],
        "matched": matched,
        "held": [(row, why_in_words(row)) for row in matched.shown],
        "may_tune": Permission.TUNE in request.permissions,
    }
    return render(request, "golden/page.html", context)


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """Add an item; 422 with the faults beside their fields."""
    return _write(request, GoldenForm(request.POST or None))


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ProjectRequest, *, number: int) -> HttpResponse:
    """The next version of an item; the version that was read goes with the form."""
    golden = queries.golden(request.project.pk, number)
    current = queries.current_version(golden)
    current.golden = golden
    return _write(request, GoldenForm(request.POST or None, of=current))


@needs(Permission.TUNE)
@require_POST
def retire(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Hold nothing against it any more."""
    reason = request.POST.get("reason", "")
    actions.retire(number, project_id=request.project.pk, by=request.actor, reason=reason)
    messages.success(request, _("The item is retired. Its versions and what was held against it stay."))
    return redirect("web:golden-item", request.project.slug, number)


@needs(Permission.TUNE)
@require_POST
def restore(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Use a retired item again."""
    reason = request.POST.get("reason", "")
    actions.restore(number, project_id=request.project.pk, by=request.actor, reason=reason)
    messages.success(request, _("The item is in use again."))
    return redirect("web:golden-item", request.project.slug, number)


@needs(Permission.READ)
@require_safe
def export(request: ProjectRequest) -> HttpResponseBase:
    """The items in use as a file of golden/1 records."""
    headers = {"Content-Disposition": f'attachment; filename="golden-{request.project.slug}.jsonl"'}
    kind = "application/x-ndjson"
    if request.method == "HEAD":
        return HttpResponse(content_type=kind, headers=headers)
    return StreamingHttpResponse(queries.lines(request.project.pk), content_type=kind, headers=headers)


def shown(version: GoldenVersion) -> ShownVersion:
    """One version as people read it."""
    return ShownVersion(version, version.targets, rule_in_words(version.rule), is_usable(version.rule))


def _write(request: ProjectRequest, form: GoldenForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and not _is_stale(request, form):
        try:
            record = check(form.record())
            (stored,) = actions.store(
                request.project.pk,
                [record],
                by=request.actor,
                reason=form.cleaned_data["reason"],
                as_new_version=form.of is not None,
            )
            _say(request, form, stored.status)
            return redirect("web:golden-item", request.project.slug, stored.id)
        except Invalid as error:
            form.show(error.faults)
    context = {"form": form, "golden": form.of.golden if form.of else None}
    return render(request, "golden/edit.html", context, status=422 if form.errors else 200)


def _is_stale(request: ProjectRequest, form: GoldenForm) -> bool:
    """Somebody else edited it meanwhile: what was typed stays in the form, and the next save is on top."""
    if form.of is None or request.POST.get("seen") == str(form.of.version):
        return False
    form.add_error(
        None,
        _("Version %(n)d was saved meanwhile, in another window or by somebody else. Compare; save again.")
        % {"n": form.of.version},
    )
    return True


def _say(request: ProjectRequest, form: GoldenForm, status: str) -> None:
    if status == "conflict":
        form.add_error("golden_id", _("There is an item of this id already. Edit it, or choose another id."))
        raise Invalid(_("The id is taken."))
    if status == "retired":
        raise WrongState(_("This item is retired. Restore it before you change it."))
    if status == "duplicate":
        messages.info(request, _("Nothing was changed: the current version says the same."))
    else:
        messages.success(request, _("Saved. Predictions are held against it from now on."))
