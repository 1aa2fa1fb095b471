"""Keys, tokens and passwords never leave, whatever the dataset says of personal data."""

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.guards.texts_in import located_in, texts_in

CATEGORIES = frozenset({"secret", "url_credentials"})


class Secrets(Guard):
    scopes = ("train", "eval")

    def begin(self, around: Surroundings) -> Check:
        def check(leaving: Leaving) -> Hit | None:
            for text in texts_in(leaving.record):
                for found in located_in(text):
                    if found.category in CATEGORIES:
                        return Hit(f"secret.{found.category}", Effect.LEAVES_OUT)
            return None

        return check


guards.register("secrets")(Secrets())
