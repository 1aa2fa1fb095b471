"""All addresses: health, then people, then the API and the pages of the eleven stages."""

import importlib
import logging

from django.urls import include, path

from reviewapp import health

handler400 = "queues.web.errors.bad_request"
handler403 = "queues.web.errors.forbidden"
handler404 = "queues.web.errors.not_found"
handler500 = "reviewapp.trouble.server_error"

urlpatterns = [
    path("healthz", health.process_lives, name="healthz"),
    path("readyz", health.ready_to_serve, name="readyz"),
]
# For the hours in which the stages are being built at once; becomes three plain lines.
for _prefix, _module in (("", "accounts.web.urls"), ("api/v1/", "queues.api.urls"), ("", "queues.web.urls")):
    try:
        importlib.import_module(_module)
    except ImportError as _error:
        logging.getLogger(__name__).warning("%s is not there yet: %s", _module, _error)
    else:
        urlpatterns.append(path(_prefix, include(_module)))
