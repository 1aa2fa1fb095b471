from django.apps import AppConfig

from reviewapp import celery  # noqa: F401 - web processes send messages through it, so it must exist in each


class ReviewappConfig(AppConfig):
    name = "reviewapp"
