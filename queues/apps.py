from importlib import import_module

from django.apps import AppConfig


class QueuesConfig(AppConfig):
    name = "queues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell routing the orders of work, which a later stage has, before anything is opened."""
        import_module("queues.assign.orders")
