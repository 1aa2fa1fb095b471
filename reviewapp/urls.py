"""All addresses: health, then people, then the API and the pages of the eleven stages."""

from django.urls import include, path

from reviewapp import health

handler400 = "queues.web.errors.bad_request"
handler403 = "queues.web.errors.forbidden"
handler404 = "queues.web.errors.not_found"
handler500 = "reviewapp.trouble.server_error"

urlpatterns = [
    path("healthz", health.process_lives, name="healthz"),
    path("readyz", health.ready_to_serve, name="readyz"),
    path("", include("accounts.web.urls")),
    path("api/v1/", include("queues.api.urls")),
    path("", include("queues.web.urls")),
]
