"""The scheduler's Celery application: it only sends names at times, so it loads neither Django nor the stages."""

from celery import Celery

app = Celery("reviewapp-schedule")
app.config_from_object("reviewapp.celery_config")
