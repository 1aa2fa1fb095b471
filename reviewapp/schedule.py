"""The scheduler's Celery application: it sends names at times, and so loads neither Django nor the stages."""

from celery import Celery

app = Celery("reviewapp-schedule", fixups=set())  # the one fixup would set up Django
app.config_from_object("reviewapp.celery_config")
