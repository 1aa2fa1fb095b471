"""Which function of ours answers which `method` of the reference cases, and which are for later issues."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from queues.errors import Invalid
from queues.export import formats as export_formats
from queues.export import splits, versions
from queues.export.files import hashing
from queues.export.formats.trl_kto import weight_ranges
from queues.export.guarding import caps, shingles
from queues.export.papers import croissant
from queues.ingest.record import check
from queues.route.audit_sample import uniform
from queues.route.inclusion import inclusion_probability
from queues.score.detectors.parsers import llama_guard_answer, moderation_rows
from queues.score.measure import Value
from queues.score.measures.classes import class_uncertainty
from queues.score.measures.token import token_scores
from queues.score.measures.votes import vote_uncertainty
from queues.score.normalise import normalise_v1
from queues.statistics.weighted import weighted_rate
from tests.reference import agreement_mapping, detectors_mapping, statistics_mapping
from tests.reference.dialects_mapping import DIALECTS
from tests.reference.measures_mapping import MEASURES

Input = Mapping[str, Any]


class NotYet:
    """Stands in a result for what a later issue will compute: equal to whatever is expected."""

    def __init__(self, what: str) -> None:
        self.what = what


# The methods of later issues. A method that is neither here nor in MAPPED fails the test.
NOT_YET = frozenset(
    {
        # spc and drift
        "average_run_length",
        "bernoulli_cusum",
        "categorical_drift",
        "classifier_two_sample",
        "cohort_table",
        "cusum",
        "ewma",
        "frechet_distance",
        "mmd",
        "np_chart",
        "numeric_drift",
        "p_chart",
        "p_chart_fixed",
        "paired_bootstrap",
        "sign_e_process",
        # export and ingest
    }
)


def _renamed(scores: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, float | None]:
    return {theirs: scores[ours].value for theirs, ours in names.items()}


def token_logprob_metrics(case: Input) -> object:
    scores = token_scores({"logprobs": {"content": case["content"]}})
    return {name: score.value for name, score in scores.items() if name != "max_nll"}


def class_uncertainty_of(case: Input) -> object:
    names = {
        "least_confidence": "least_confidence",
        "margin_uncertainty": "class_margin",
        "entropy": "class_entropy",
        "entropy_normalised": "class_entropy_norm",
    }
    return _renamed(class_uncertainty(case["probs"]), names)


def vote_entropy(case: Input) -> object:
    names = {
        "disagreement": "vote_disagreement",
        "vote_entropy": "vote_entropy",
        "vote_entropy_normalised": "vote_entropy_norm",
    }
    scores = _renamed(vote_uncertainty(case["votes"]), names)
    disagreement = scores["disagreement"]
    modal_share = None if disagreement is None else 1.0 - disagreement
    return {"n": len(case["votes"]), "modal_share": modal_share, "gini": NotYet("no rule uses it"), **scores}


def inclusion(case: Input) -> object:
    return {"pi": inclusion_probability(case["rule_probabilities"])}


def hash_uniform(case: Input) -> object:
    rows = []
    for id_ in case["ids"]:
        u = uniform(case["salt"], id_)
        digest = sha256(f"{case['salt']}\x1f{id_}".encode()).hexdigest()
        rows.append(
            {"id": id_, "sha256": digest, "u": u, "selected_5pct": u < 0.05, "selected_50pct": u < 0.5}
        )
    return {"rows": rows}


def horvitz_thompson(case: Input) -> object:
    estimate = weighted_rate(case["error"], case["pi"], population=case["N"])
    rate: dict[str, Any] = asdict(estimate) if estimate else {}
    return {
        "naive_rate": rate.get("naive"),
        "ht_total": rate.get("total"),
        "ht_rate": rate.get("ht"),
        "N_hat": rate.get("population"),
        "hajek_rate": rate.get("hajek"),
        "se_hajek": rate.get("se_hajek"),
        "se_ht_rate": rate.get("se_ht"),
        "n_eff": rate.get("n_eff"),
        "hajek_wilson_95": [rate.get("low"), rate.get("high")],
    }


def normalise(case: Input) -> object:
    forms = [(text, normalise_v1(text)) for text in case["texts"]]
    return {
        "rows": [
            {"text": text, "normalised": form, "sha256": sha256(form.encode()).hexdigest()}
            for text, form in forms
        ]
    }


def canonical_json(case: Input) -> object:
    forms = [hashing.canonical(value) for value in case["objects"]]
    return {"rows": [{"canonical": form.decode(), "sha256": sha256(form).hexdigest()} for form in forms]}


def dataset_hash(case: Input) -> object:
    hashes = [hashing.record_sha256(record) for record in case["records"]]
    return {"record_sha256": hashes, "dataset_sha256": hashing.dataset_sha256(hashes)}


def group_split(case: Input) -> object:
    return {
        "rows": [
            {
                "group": group,
                "u": splits.group_uniform(case["seed"], group),
                "split": splits.split_of(group, seed=case["seed"], fractions=case["fractions"]),
            }
            for group in case["groups"]
        ]
    }


def dataset_bump(case: Input) -> object:
    return {"bump": [versions.dataset_bump(case["old"], new).value for new in case["new"]]}


def format_validation(case: Input) -> object:
    return {"results": [_validated(row["format"], row["record"]) for row in case["records"]]}


def _validated(shape: str, record: dict[str, Any]) -> object:
    error = export_formats.validate(shape, record)
    observed = NotYet("what other tools did with it, for information")
    return {"valid": error is None, "error": error, "observed": observed}


def kto_weight_range(case: Input) -> object:
    ranges = weight_ranges(case["desirable"], case["undesirable"]) or {}
    return {f"{name}_range": list(range_) for name, range_ in ranges.items()}


def croissant_validation(case: Input) -> object:
    """Our check of metadata against the file that it speaks of, which is not at hand but given."""
    sums = {case["file"]: sha256(case["file_content"].encode()).hexdigest()}
    codes = [croissant.fault_in(metadata, sums) for metadata in case["metadata"]]
    observed = NotYet("what mlcroissant did with it, for information")
    return {
        "results": [{"valid": code is None, "error": code, "observed": observed} for code in codes],
        "records_read": case["file_content"].count("\n"),
    }


def prediction_validation(case: Input) -> object:
    """Valid here means accepted as sent: a text that had to be altered counts as the first difference."""
    pointers = [_first_pointer(record) for record in case["records"]]
    return {"results": [{"valid": pointer is None, "pointer": pointer} for pointer in pointers]}


def _first_pointer(record: object) -> str | None:
    try:
        altered = check(record).altered
    except Invalid as error:
        return error.faults[0].pointer
    return altered[0] if altered else None


def llama_guard_parse(case: Input) -> object:
    return llama_guard_answer(case["text"])._asdict()


def moderation_to_guardrails(case: Input) -> object:
    return {"guardrails": moderation_rows(case)}


def near_duplicate(case: Input) -> object:
    rows = []
    for one, other in case["pairs"]:
        found = shingles.compared(one, other, words=case["shingle"])
        rows.append(
            {
                "exact": found.is_exact,
                "normalised": found.is_normalised,
                "jaccard3": found.jaccard,
                "containment3": found.containment,
                "shingles": list(found.sizes),
            }
        )
    return {"rows": rows}


def origin_cap(case: Input) -> object:
    shares, keep = case["max_share"], caps.kept_under(case["counts"], case["max_share"])
    capped = sum(n for origin, n in keep.items() if origin in shares)
    return {"total": sum(keep.values()), "keep_total_capped": capped, "keep": keep}


MAPPED: dict[str, Callable[[Input], object]] = {
    "canonical_json": canonical_json,
    "class_uncertainty": class_uncertainty_of,
    "croissant_validation": croissant_validation,
    "dataset_bump": dataset_bump,
    "dataset_hash": dataset_hash,
    "format_validation": format_validation,
    "group_split": group_split,
    "hash_uniform": hash_uniform,
    "horvitz_thompson": horvitz_thompson,
    "inclusion_probability": inclusion,
    "kto_weight_range": kto_weight_range,
    "llama_guard_parse": llama_guard_parse,
    "moderation_to_guardrails": moderation_to_guardrails,
    "near_duplicate": near_duplicate,
    "normalise_v1": normalise,
    "origin_cap": origin_cap,
    "prediction_validation": prediction_validation,
    "token_logprob_metrics": token_logprob_metrics,
    "vote_entropy": vote_entropy,
    **DIALECTS,
    **agreement_mapping.MAPPED,
    **detectors_mapping.MAPPED,
    **MEASURES,
    **statistics_mapping.MAPPED,
}
