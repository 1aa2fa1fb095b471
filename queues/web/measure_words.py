"""What a measure says, in a sentence, beside its name."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEANINGS: Mapping[str, Promise] = {
    "mean_nll": _("how unlikely the model found its own words, on average of a token; 0 is certain."),
    "sum_nll": _("how unlikely the model found its whole output; grows with its length."),
    "max_nll": _("how unlikely the model found its least likely token; 0 is certain."),
    "perplexity": _("among how many equally likely tokens the model chose, on average; 1 is certain."),
    "mean_entropy": _("how spread the model’s choice of each token was, on average; 0 is certain."),
    "max_entropy": _("how spread the model’s choice was at its most doubtful token; 0 is certain."),
    "least_confidence": _("1 less the probability of the likeliest class; 0 is certain."),
    "class_margin": _("1 less the lead of the likeliest class over the next; 0 is certain."),
    "class_entropy": _("how spread the probabilities of the classes are; 0 is certain."),
    "class_entropy_norm": _("how spread the probabilities of the classes are, from 0, certain, to 1."),
    "vote_disagreement": _("the share of the model’s other answers to the same input that differ."),
    "vote_entropy": _("how spread the model’s answers to the same input are; 0: all alike."),
    "vote_entropy_norm": _("how spread the model’s answers to the same input are, from 0, all alike, to 1."),
    "semantic_entropy": _("how many meanings the model’s answers to the same input have; 0: one."),
    "lexical_dissimilarity": _("how little the words of the model’s answers to the same input overlap."),
    "judge_disagreement": _("how far the judging models differ about the output."),
    "client_confidence": _("how unsure the sender said that the model was."),
    "verbalised_confidence": _("how unsure the model said that it was."),
    "p_true": _("how unlikely the model found it that its answer is true."),
    "n_chars": _("how many characters the output has."),
    "n_tokens": _("how many tokens the output has."),
}


def measures_named_in(reasons: Iterable[Mapping[str, Any]]) -> list[tuple[str, Promise]]:
    """(measure, what it says) of each by which a rule sent something, where there are words for it."""
    named = dict.fromkeys(str(reason["measure"]) for reason in reasons if reason.get("measure"))
    return [(measure, MEANINGS[measure]) for measure in named if measure in MEANINGS]
