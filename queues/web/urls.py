"""Pages of the eleven stages; all below /projects/<slug>/."""

from django.urls import path

from . import review

app_name = "web"

REVIEW = "projects/<slug:slug>/queues/<slug:queue_slug>/review"
SLOT = "projects/<slug:slug>/slots/<int:slot_id>"

urlpatterns = [
    path(REVIEW, review.page, name="review"),
    path(f"{REVIEW}/ahead", review.ahead, name="ahead"),
    path(f"{SLOT}/submit", review.submit, name="submit"),
    path(f"{SLOT}/draft", review.draft, name="draft"),
    path(f"{SLOT}/heartbeat", review.heartbeat, name="heartbeat"),
    path(f"{SLOT}/skip", review.skip, name="skip"),
    path(f"{SLOT}/give-back", review.give_back, name="give-back"),
    path("projects/<slug:slug>/reviews/<int:review_id>/undo", review.undo, name="undo"),
]
