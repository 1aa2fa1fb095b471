"""What one person alone decided: kept with a warning, or left out where the dataset asks for two."""

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards


class AgreementGate(Guard):
    scopes = ("train", "eval")

    def begin(self, around: Surroundings) -> Check:
        effect = Effect.LEAVES_OUT if around.settings["agreement_gate"] else Effect.WARNS

        def check(leaving: Leaving) -> Hit | None:
            return Hit("agreement.single", effect) if leaving.row.basis == "single" else None

        return check


guards.register("agreement")(AgreementGate())
