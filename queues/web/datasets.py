"""Datasets: the list, a new one, and what one holds now."""

from collections.abc import Sequence
from itertools import pairwise

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid, NotFound
from queues.export import actions as export
from queues.export import reading, releases
from queues.export.findings import has_rows
from queues.export.formats import formats
from queues.export.guards import Effect
from queues.export.recalls import queries as recalls
from queues.export.releases import UnderWay
from queues.export.row import Record
from queues.export.splits import SPLITS
from queues.export.takers import takers_of
from queues.models import ACCEPTED_BECAUSE_MIN, Dataset, Decision, Item, Release
from queues.review import care
from queues.web import webhooks
from queues.web.dataset_form import DatasetForm, definition_initial, told_rules
from queues.web.definitions import versions_of
from queues.web.findings import found_in
from queues.web.format_names import FORMATS, GROUPED
from queues.web.held_against import WHOLE_MAX
from queues.web.left_out import LEFT_OUT
from queues.web.snippets import snippets_of

RELEASES_SHOWN = 50
ELSEWHERE = ("split.tested_elsewhere", "split.trained_elsewhere")  # codes whose detail is a dataset


@needs(Permission.READ)
@require_safe
def datasets(request: ProjectRequest) -> HttpResponse:
    """All datasets with their current release; the empty list says what a dataset is for."""
    found = list(releases.datasets_of(request.project.pk))
    current = releases.newest_of(found)
    context = {
        "lines": [(dataset, current.get(dataset.pk)) for dataset in found],
        "formats": dict(FORMATS),
        "may_release": Permission.RELEASE in request.permissions,
        "may_tell": not webhooks.MANAGES.isdisjoint(request.permissions),
    }
    return render(request, "export/list.html", context)


@needs(Permission.RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ProjectRequest) -> HttpResponse:
    """Define a dataset; 422 with the faults beside their fields."""
    form = DatasetForm(
        request.POST or None, project_id=request.project.pk, initial=_like(request, request.GET.get("like"))
    )
    if request.method == "POST" and form.is_valid():
        try:
            dataset = export.create_dataset(
                request.project,
                name=form.cleaned_data["name"],
                title=form.cleaned_data["title"],
                format_name=form.cleaned_data["format"],
                wanted=form.filter_document(),
                demanded=form.rules_document(),
                shared=form.splits_document(),
                by=request.actor,
            )
        except Invalid as error:
            for fault in error.faults:
                form.add_error(form.field_of(fault), fault.detail)
        else:
            return redirect("web:dataset", request.project.slug, dataset.name)
    return render(request, "export/new.html", {"form": form}, status=422 if form.errors else 200)


def _like(request: ProjectRequest, name: str | None) -> dict[str, object]:
    """What the form begins with: nothing, or all that another dataset asks, in the format of the address."""
    if not name:
        return {}
    like = releases.dataset_named(request.project.pk, name)
    return {"format": _format_asked(request, "format", like), **definition_initial(like)}


def _format_asked(request: ProjectRequest, parameter: str, found: Dataset) -> str:
    """The format that the address names; the dataset's own when it names none."""
    name = request.GET.get(parameter) or found.format
    if name not in dict(FORMATS):
        raise NotFound(_("There is no such format. Choose one from the list of formats."))
    return name


@needs(Permission.READ)
@require_safe
def dataset(request: ProjectRequest, *, name: str) -> HttpResponse:
    """What is in it now, what is left out and why, some records, and its releases."""
    found = releases.dataset_named(request.project.pk, name)
    return render(request, "export/page.html", context_of(request, found))


def context_of(request: ProjectRequest, found: Dataset, *, unconfirmed: bool = False) -> dict[str, object]:
    """What the page of a dataset shows. unconfirmed: a release was asked for that takes rows from training,
    and nobody said that it may."""
    published = list(releases.releases_of(found).prefetch_related("files")[:RELEASES_SHOWN])
    shown_as = _format_asked(request, "as", found)
    summary = reading.look_at(found, shown_as)
    newest = releases.under_way(published[0]) if published else None
    return {
        "dataset": found,
        "format_label": dict(FORMATS).get(found.format, found.format),
        "shown_as": shown_as,
        "groups": GROUPED,
        "rows_min": formats.get(shown_as).rows_min,
        "taken": summary.taken if shown_as == found.format else reading.taken_by(found),
        "unconfirmed": unconfirmed,
        "newest": newest,
        "reason_min": ACCEPTED_BECAUSE_MIN,
        "may_release": Permission.RELEASE in request.permissions,
        "may_pull": Permission.PULL in request.permissions,
        "may_settle": Permission.SETTLE in request.permissions,
        **_asked_by(found),
        **_in_it_now(summary),
        **_found_in(request, found, newest),
        **_released(request, published),
    }


def _asked_by(found: Dataset) -> dict[str, object]:
    """What its definition asks for, and since when."""
    shares = found.splits.get("shares", {})
    return {
        "asked": [(key, _listed(value)) for key, value in found.filter.items()],
        "demanded": told_rules(found.rules),
        "shares": [(split, shares[split]) for split in SPLITS if split in shares],
        "versions": versions_of(found),
    }


def _in_it_now(summary: reading.Summary) -> dict[str, object]:
    """What would leave, what would not and why, and some records."""
    stories = _stories(summary)
    return {
        "summary": summary,
        "decisions": [(Decision(code), count) for code, count in summary.decisions.most_common()],
        "queues": summary.queues.most_common(),
        "locales": summary.locales.most_common(),
        "splits": [(split, summary.splits[split]) for split in SPLITS if summary.splits[split]],
        "left_out": [
            (
                LEFT_OUT.get(code, code),
                code,
                n,
                _examples(summary.examples[code], stories),
                _others(summary, code),
            )
            for code, n in summary.left_out.most_common()
        ],
        "disputes": _examples(summary.disputes, stories),
        "noticed": [
            (LEFT_OUT.get(code, code), code, tally.rows, tally.effect, _others(summary, code))
            for code, tally in summary.tallies.items()
            if tally.effect != Effect.LEAVES_OUT
        ],
        "records": [_shown(record) for record in summary.shown],
    }


def _found_in(request: ProjectRequest, found: Dataset, newest: UnderWay | None) -> dict[str, object]:
    """What the guards found in its newest attempt, and what was decided since."""
    findings = found_in(newest.release) if newest else []
    with_golden = [row.prediction for one in findings for row in one.examples if row.golden]
    can_be_listed = newest is not None and Permission.PULL in request.permissions and has_rows(newest.release)
    return {
        "found": findings,
        "stopping": [one for one in findings if one.stops],
        "veiled": care.veiled_for(request.user.pk, with_golden),
        "whole_max": WHOLE_MAX,
        "all_rows_of": newest.release.pk if newest and can_be_listed else None,
        "changed_since": _changed_since(newest, found),
        "left_out_now": [one.code for one in findings if found.rules.get(one.leaves_out_by) == "leave_out"],
    }


def _released(request: ProjectRequest, published: Sequence[Release]) -> dict[str, object]:
    """Its releases, the newest first, and how to get the current one."""
    current = next((release for release in published if release.state == "published"), None)
    base_url, project = request.build_absolute_uri("/").rstrip("/"), request.project
    return {
        "releases": published,
        "same_rows_as": _same_rows_as(published),
        "may_compare": sum(release.version is not None for release in published) > 1,
        "current": current,
        "recalled": recalls.counts_of(project.pk, published),
        "takers": takers_of(project.pk, published),
        "snippets": snippets_of(current, base_url=base_url, project=project.slug) if current else [],
    }


def _same_rows_as(newest_first: Sequence[Release]) -> dict[int, str]:
    """Release → the version right before it, where that has exactly the same rows."""
    out = [release for release in newest_first if release.version]
    return {
        release.pk: before.version
        for release, before in pairwise(out)
        if before.version and release.dataset_sha256 == before.dataset_sha256
    }


def _others(summary: reading.Summary, code: str) -> str:
    """The datasets that are the reason, by the examples; empty for other reasons."""
    if code not in ELSEWHERE or code not in summary.tallies:
        return ""
    return ", ".join(sorted({detail for _item, _name, detail in summary.tallies[code].examples if detail}))


def _changed_since(newest: UnderWay | None, found: Dataset) -> int | None:
    """The version of the definition that the newest attempt was built by, where another counts now."""
    built_by = newest.release.definition if newest else None
    return built_by.version if built_by and built_by.version != found.version else None


def _stories(summary: reading.Summary) -> dict[int, int]:
    """Item → its prediction, of the examples: one statement."""
    items = [item for examples in summary.examples.values() for item, _name in examples]
    items += [item for item, _name in summary.disputes]
    return {item.pk: item.prediction_id for item in Item.objects.filter(pk__in=items).only("prediction")}


def _examples(found: list[tuple[int, str]], stories: dict[int, int]) -> list[tuple[int, str]]:
    return [(stories[item], name) for item, name in found if item in stories]


def asked_for(request: ProjectRequest, found: Dataset) -> HttpResponse:
    """After a release was asked for: back to the page, which follows it."""
    messages.success(request, _("The release was asked for; it appears here when it is built."))
    return redirect("web:dataset", request.project.slug, found.name)


def _shown(record: Record) -> str:
    return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return ", ".join(map(str, value)) if isinstance(value, list) else value
