"""The words of the terms of a rule: where it sends, how urgent, how many."""

from django.utils.translation import gettext_lazy as lazy

from queues.web.sentences.words import Control

FORM = lazy(
    "to %(queue)s, priority %(priority)s, %(reviews_needed)s reviews, due within %(due_hours)s hours,"
    " at most %(daily_cap)s a day; %(near_duplicates)s. Its name in reasons: %(name)s"
)

TERMS: dict[str, Control] = {
    "queue": Control(lazy("Queue")),
    "priority": Control(lazy("Priority"), help=lazy("0 to 100; the highest comes first.")),
    "reviews_needed": Control(lazy("Reviews")),
    "due_hours": Control(lazy("Due within, in hours")),
    "daily_cap": Control(lazy("At most a day"), help=lazy("Empty: as many as there are.")),
    "near_duplicates": Control(
        lazy("Near-duplicates"),
        choices=(
            ("keep", lazy("what says the same is asked again")),
            ("attach", lazy("what says the same as a waiting item is counted on it")),
        ),
    ),
    "name": Control(lazy("Name"), help=lazy("Small letters, digits, - and _.")),
}
