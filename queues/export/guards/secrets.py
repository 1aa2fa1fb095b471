"""Keys, tokens and passwords never leave, whatever the dataset says of personal data."""

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.guards.texts_in import is_anything_in, located_in, texts_in

CATEGORIES = frozenset({"secret", "url_credentials"})


class Secrets(Guard):
    scopes = ("train", "eval")

    def begin(self, around: Surroundings) -> Check:
        def check(leaving: Leaving) -> Hit | None:
            texts = texts_in(leaving.record)
            for text in texts if is_anything_in(texts) else ():
                for found in located_in(text):
                    if found.category in CATEGORIES:
                        return Hit(f"secret.{found.category}", Effect.LEAVES_OUT)
            return None

        return check


guards.register("secrets")(Secrets())
