"""Only what the dataset's list of licences allows; unknown is not allowed. Without a list: a warning."""

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards


class Licence(Guard):
    scopes = ("train",)

    def begin(self, around: Surroundings) -> Check:
        allowed = frozenset(licence.casefold() for licence in around.settings["licences"])

        def check(leaving: Leaving) -> Hit | None:
            licence = (leaving.row.licence or "").strip()
            if not allowed:
                return None if licence else Hit("licence.unknown", Effect.WARNS)
            if not licence:
                return Hit("licence.unknown", Effect.LEAVES_OUT)
            if licence.casefold() not in allowed:
                return Hit("licence.not_allowed", Effect.LEAVES_OUT, licence)
            return None

        return check


guards.register("licence")(Licence())
