"""Pages of the eleven stages; all below /projects/<slug>/."""

from django.urls import path

from accounts import converters  # noqa: F401 - makes <id:…> known
from queues.web import (
    datasets,
    disputes,
    events,
    history,
    home,
    items,
    measures,
    measures_csv,
    overview,
    policy,
    predictions,
    queues,
    rates,
    releases,
    review,
)

app_name = "web"

REVIEW = "projects/<slug:slug>/queues/<slug:queue_slug>/review"
SLOT = "projects/<slug:slug>/slots/<id:slot_id>"

PROJECT = "projects/<slug:slug>/"
DATASET = f"{PROJECT}datasets/<slug:name>/"

urlpatterns = [
    path("", home.home, name="home"),
    path(PROJECT, overview.overview, name="project"),
    path(f"{PROJECT}rates.csv", rates.rates_csv, name="rates-csv"),
    path(f"{PROJECT}queues/", queues.queues, name="queues"),
    path(f"{PROJECT}queues/<slug:queue_slug>/items/", items.items, name="items"),
    path(f"{PROJECT}disputes/", disputes.disputes, name="disputes"),
    path(f"{PROJECT}items/<id:item_id>/settle", disputes.settle, name="settle"),
    path(f"{PROJECT}predictions/", predictions.predictions, name="predictions"),
    path(f"{PROJECT}predictions/<id:prediction_id>/", predictions.prediction, name="prediction"),
    path(f"{PROJECT}history/", history.history, name="history"),
    path(f"{PROJECT}policy/", policy.policy, name="policy"),
    path(f"{PROJECT}measures/", measures.measures, name="measures"),
    path(f"{PROJECT}measures/refit", measures.refit, name="refit-measures"),
    path(f"{PROJECT}measures.csv", measures_csv.measures_csv, name="measures-csv"),
    path(f"{PROJECT}events/", events.events, name="events"),
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
    path(f"{SLOT}/give-back", review.give_back, name="give-back"),
    path("projects/<slug:slug>/reviews/<id:review_id>/undo", review.undo, name="undo"),
]
