"""Pages of the eleven stages; all below /projects/<slug>/."""

from django.urls import path

from accounts import converters  # noqa: F401 - makes <id:…> known
from queues.web import (
    bulk,
    datasets,
    disputes,
    dry_runs,
    enrichment,
    events,
    feedback,
    golden,
    golden_import,
    history,
    home,
    items,
    lists,
    measures,
    measures_csv,
    my_work,
    overview,
    policy,
    policy_activation,
    policy_edit,
    prediction_list,
    predictions,
    queue_settings,
    queues,
    rates,
    releases,
    review,
    working,
)

app_name = "web"

REVIEW = "projects/<slug:slug>/queues/<slug:queue_slug>/review"
SLOT = "projects/<slug:slug>/slots/<id:slot_id>"

PROJECT = "projects/<slug:slug>/"
QUEUE = f"{PROJECT}queues/<slug:queue_slug>/"
LIST = f"{PROJECT}policy/lists/<slug:name>/"
DATASET = f"{PROJECT}datasets/<slug:name>/"
VERSION = f"{PROJECT}policy/versions/<id:version>"
DRY_RUN = f"{PROJECT}policy/dry-runs/<id:number>"

urlpatterns = [
    path("", home.home, name="home"),
    path(PROJECT, overview.overview, name="project"),
    path(f"{PROJECT}rates.csv", rates.rates_csv, name="rates-csv"),
    path(f"{PROJECT}queues/", queues.queues, name="queues"),
    path(f"{PROJECT}queues/new", queue_settings.new, name="new-queue"),
    path(f"{QUEUE}settings", queue_settings.settings, name="queue-settings"),
    path(f"{QUEUE}archive", queue_settings.archive, name="archive-queue"),
    path(f"{QUEUE}restore", queue_settings.restore, name="restore-queue"),
    path(f"{PROJECT}queues/<slug:queue_slug>/items/", items.items, name="items"),
    path(f"{QUEUE}items/change", bulk.change, name="change-items"),
    path(f"{PROJECT}changes/<id:number>", bulk.bulk_change, name="bulk-change"),
    path(f"{PROJECT}changes/<id:number>/progress", bulk.progress, name="bulk-change-progress"),
    path(f"{PROJECT}changes/<id:number>/stop", bulk.stop, name="stop-bulk-change"),
    path(f"{PROJECT}changes/<id:number>/undo", bulk.undo, name="undo-bulk-change"),
    path(f"{PROJECT}people/<id:person_id>/work", working.work, name="work"),
    path(f"{PROJECT}people/<id:person_id>/pause", working.pause, name="pause-person"),
    path(f"{PROJECT}people/<id:person_id>/resume", working.resume, name="resume-person"),
    path(f"{PROJECT}disputes/", disputes.disputes, name="disputes"),
    path(f"{PROJECT}items/<id:item_id>/settle", disputes.settle, name="settle"),
    path(f"{PROJECT}predictions/", prediction_list.predictions, name="predictions"),
    path(f"{PROJECT}predictions/<id:prediction_id>/", predictions.prediction, name="prediction"),
    path(f"{PROJECT}feedback/", feedback.feedback, name="feedback"),
    path(f"{PROJECT}enrichment/", enrichment.backlog_page, name="enrichment"),
    path(f"{PROJECT}enrichment/retry", enrichment.retry, name="retry-enrichment"),
    path(f"{PROJECT}my-work", my_work.my_work, name="my-work"),
    path(f"{PROJECT}history/", history.history, name="history"),
    path(f"{PROJECT}policy/", policy.policy, name="policy"),
    path(f"{PROJECT}policy/lists/", lists.all_lists, name="lists"),
    path(f"{PROJECT}policy/lists/new", lists.new, name="new-list"),
    path(LIST, lists.one_list, name="list"),
    path(f"{LIST}edit", lists.edit, name="edit-list"),
    path(f"{LIST}activate", lists.activate, name="activate-list"),
    path(f"{LIST}switch-off", lists.switch_off, name="switch-off-list"),
    path(f"{PROJECT}policy/edit", policy_edit.edit, name="policy-edit"),
    path(f"{PROJECT}policy/edit/change", policy_edit.change, name="policy-change"),
    path(f"{PROJECT}policy/edit/json", policy_edit.from_json, name="policy-json"),
    path(f"{PROJECT}policy/edit/begin", policy_edit.begin, name="policy-begin"),
    path(f"{PROJECT}policy/edit/rebase", policy_edit.rebase, name="policy-rebase"),
    path(f"{PROJECT}policy/edit/discard", policy_edit.discard, name="policy-discard"),
    path(f"{PROJECT}policy/edit/store", policy_edit.store, name="policy-store"),
    path(VERSION, policy.version, name="policy-version"),
    path(
        f"{PROJECT}policy/versions/<id:version>/activate", policy_activation.activate, name="policy-activate"
    ),
    path(f"{PROJECT}policy/dry-runs/ask", dry_runs.ask, name="ask-dry-run"),
    path(DRY_RUN, dry_runs.dry_run, name="dry-run"),
    path(f"{DRY_RUN}/progress", dry_runs.progress, name="dry-run-progress"),
    path(f"{DRY_RUN}/cancel", dry_runs.cancel, name="cancel-dry-run"),
    path(f"{PROJECT}measures/", measures.measures, name="measures"),
    path(f"{PROJECT}measures/refit", measures.refit, name="refit-measures"),
    path(f"{PROJECT}measures.csv", measures_csv.measures_csv, name="measures-csv"),
    path(f"{PROJECT}events/", events.events, name="events"),
    path(f"{PROJECT}golden/", golden.golden_items, name="golden"),
    path(f"{PROJECT}golden/new", golden.new, name="new-golden"),
    path(f"{PROJECT}golden/import", golden_import.import_file, name="import-golden"),
    path(f"{PROJECT}golden/export", golden.export, name="export-golden"),
    path(f"{PROJECT}golden/<id:number>/", golden.golden_item, name="golden-item"),
    path(f"{PROJECT}golden/<id:number>/edit", golden.edit, name="edit-golden"),
    path(f"{PROJECT}golden/<id:number>/retire", golden.retire, name="retire-golden"),
    path(f"{PROJECT}golden/<id:number>/restore", golden.restore, name="restore-golden"),
    path(f"{PROJECT}datasets/", datasets.datasets, name="datasets"),
    path(f"{PROJECT}datasets/new", datasets.new, name="new-dataset"),
    path(DATASET, datasets.dataset, name="dataset"),
    path(f"{DATASET}publish", releases.publish, name="publish"),
    path(f"{DATASET}releases/<id:release_id>", releases.progress, name="release-progress"),
    path(REVIEW, review.page, name="review"),
    path(f"{REVIEW}/ahead", review.ahead, name="ahead"),
    path(f"{SLOT}/submit", review.submit, name="submit"),
    path(f"{SLOT}/draft", review.draft, name="draft"),
    path(f"{SLOT}/heartbeat", review.heartbeat, name="heartbeat"),
    path(f"{SLOT}/skip", review.skip, name="skip"),
    path(f"{SLOT}/take-up", review.take_up, name="take-up"),
    path(f"{SLOT}/give-back", review.give_back, name="give-back"),
    path("projects/<slug:slug>/reviews/<id:review_id>/undo", review.undo, name="undo"),
]
