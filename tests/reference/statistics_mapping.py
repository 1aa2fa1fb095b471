"""Which function of ours answers the methods of sampling, rates, calibration and discrimination."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from queues.audit.overrides.counts import rates_of
from queues.route.budget import largest_remainder
from queues.route.diversity import k_centre, most_relevant_and_unlike, without_near_duplicates
from queues.statistics import (
    accept,
    calibration_error,
    discrimination,
    isotonic,
    multiple,
    pairs,
    platt,
    proportions,
)
from queues.statistics.confusion import Checked, weighted_confusion
from queues.statistics.funnel import funnel
from queues.statistics.shrinkage import beta_binomial_shrinkage
from tests.factories.judgements import decided

Input = Mapping[str, Any]


def auroc_of(case: Input) -> object:
    return {"auroc": discrimination.auroc(discrimination.labelled(case["uncertainty"], case["error"]))}


def auroc_prr(case: Input) -> object:
    labels = discrimination.labelled(case["uncertainty"], case["error"])
    areas = discrimination.rejection(labels)
    assert areas is not None
    return {
        "auroc": discrimination.auroc(labels),
        "average_precision": discrimination.average_precision(labels),
        "prediction_rejection_area": areas.area,
        "oracle_area": areas.oracle,
        "random_area": areas.random,
        "prr": areas.ratio,
        "aurc": 1.0 - areas.area,
    }


def ece(case: Input) -> object:
    plain = calibration_error.stated(case["confidence"], case["correct"])
    weighted = calibration_error.stated(case["confidence"], case["correct"], case["weights"])
    error, width = calibration_error.calibration_error, calibration_error.equal_width
    return {
        "ece_10": error(plain, width(plain)),
        "ece_20": error(plain, width(plain, 20)),
        "ece_10_weighted": error(weighted, width(weighted)),
        "ece_equal_mass_10": error(plain, calibration_error.equal_mass(plain)),
        "brier": calibration_error.brier(plain),
        "log_loss": calibration_error.log_loss(plain),
        "brier_weighted": calibration_error.brier(weighted),
    }


def isotonic_of(case: Input) -> object:
    fit = isotonic.isotonic(case["score"], case["error"])
    return {
        "unique_scores": fit.scores.tolist(),
        "fitted": fit.fitted.tolist(),
        "predict_grid": isotonic.predict(isotonic.corners(fit), case["grid"]).tolist(),
    }


def platt_of(case: Input) -> object:
    plain = platt.platt(case["score"], case["error"], is_smoothed=False)
    smoothed = platt.platt(case["score"], case["error"])
    return {
        "intercept": plain.intercept,
        "slope": plain.slope,
        "intercept_smoothed": smoothed.intercept,
        "slope_smoothed": smoothed.slope,
        "predict_0_5": float(platt.predict(plain, [0.5])[0]),
    }


def split_conformal(case: Input) -> object:
    found = accept.split_conformal(case["calibration_scores"], case["alpha"])
    return {"k": found.k, "threshold": found.threshold}


def k_centre_greedy(case: Input) -> object:
    vectors, is_cosine = np.array(case["vectors"]), case["metric"] == "cosine"
    spread = k_centre(vectors, chosen=case["initial"], k=case["k"], is_cosine=is_cosine)
    return {"order": spread.order, "covering_radius": spread.radius}


def mmr(case: Input) -> object:
    order = most_relevant_and_unlike(
        case["scores"], np.array(case["vectors"]), k=case["k"], relevance=case["lam"]
    )
    return {"order": order}


def near_duplicate_suppression(case: Input) -> object:
    found = without_near_duplicates(case["scores"], np.array(case["vectors"]), cosine=case["threshold"])
    return {"kept": found.kept, "suppressed": {str(place): to for place, to in found.attached.items()}}


def remainder(case: Input) -> object:
    return {"allocation": largest_remainder(case["budget"], case["weights"])}


def proportion_interval(case: Input) -> object:
    return {"rows": [_proportion(k, n) for k, n in case["pairs"]]}


def _proportion(k: int, n: int) -> dict[str, object]:
    found = proportions.proportion(k, n)
    if found is None:
        names = ("rate", "wilson95", "clopper_pearson95", "jeffreys95", "wilson80")
        return {"k": k, "n": n, **dict.fromkeys(names)}
    return {
        "k": k,
        "n": n,
        "rate": found.rate,
        "wilson95": [found.low, found.high],
        "clopper_pearson95": proportions.clopper_pearson(k, n),
        "jeffreys95": proportions.jeffreys(k, n),
        "wilson80": proportions.wilson(k / n, n, proportions.z_of(0.8)),
    }


def two_proportions(case: Input) -> object:
    return {"rows": [_difference(*row) for row in case["rows"]]}


def _difference(k1: int, n1: int, k2: int, n2: int) -> dict[str, object]:
    found = proportions.difference(k1, n1, k2, n2)
    assert found is not None
    return {
        "k1": k1,
        "n1": n1,
        "k2": k2,
        "n2": n2,
        "diff": found.difference,
        "newcombe95": [found.low, found.high],
        "fisher_p": found.p,
    }


def p_adjust(case: Input) -> object:
    bh, holm = multiple.benjamini_hochberg(case["p"]), multiple.holm(case["p"])
    return {
        "bh": bh.tolist(),
        "holm": holm.tolist(),
        "bh_reject_05": (bh <= 0.05).tolist(),
        "holm_reject_05": (holm <= 0.05).tolist(),
    }


def funnel_plot(case: Input) -> object:
    found = funnel(list(zip(case["k"], case["n"], strict=True)), winsor=case["winsor"])
    assert found is not None
    return {
        "pooled": found.pooled,
        "rate": [point.rate for point in found.points],
        "z": [point.z for point in found.points],
        "p_exact": [point.p for point in found.points],
        "q_bh": [point.q for point in found.points],
        "limits_95": [point.limits_95 for point in found.points],
        "exact_binomial_998": [point.limits_998 for point in found.points],
        "overdispersion_phi": found.overdispersion,
        "z_adjusted": [point.z_adjusted for point in found.points],
    }


def shrinkage(case: Input) -> object:
    found = beta_binomial_shrinkage(list(zip(case["k"], case["n"], strict=True)))
    assert found is not None
    return {
        "icc": found.icc,
        "prior_strength": found.strength,
        "alpha": found.alpha,
        "beta": found.beta,
        "shrunk": found.rates,
    }


def mcnemar(case: Input) -> object:
    rows = []
    for b, c in case["discordant"]:
        found = pairs.mcnemar(b, c)
        rows.append({"b": b, "c": c, "exact_p": found.exact, "mid_p": found.mid, "chi2_cc_p": found.chi2})
    return {"rows": rows}


def confusion(case: Input) -> object:
    found = weighted_confusion(
        Checked(is_flagged=row["flagged"], violates=row["violates"], pi=row["pi"]) for row in case["records"]
    )
    return {
        "tp": found.tp,
        "fp": found.fp,
        "fn": found.fn,
        "tn": found.tn,
        "precision": found.precision,
        "false_discovery_rate": found.false_discovery_rate,
        "recall": found.recall,
        "false_negative_rate": found.false_negative_rate,
        "false_positive_rate": found.false_positive_rate,
        "prevalence": found.prevalence,
        "naive_recall_unweighted": found.naive_recall,
        "precision_wilson95": found.precision_interval,
    }


def overrides(case: Input) -> object:
    found = rates_of(
        decided(before=row["model"], after=row["final"], became=row["adjudicated"])
        for row in case["decisions"]
        if row["final"] not in ("escalate", "skip")  # decides nothing: no judgement is written of it
    )
    assert found.overridden is not None
    assert found.upheld is not None
    return {
        "n_decided": found.overridden.n,
        "n_overrides": found.overridden.k,
        "override_rate": found.overridden.rate,
        "override_wilson95": [found.overridden.low, found.overridden.high],
        "n_adjudicated": found.upheld.n,
        "upheld_rate": found.upheld.rate,
        "upheld_wilson95": [found.upheld.low, found.upheld.high],
        "adjudication_coverage": found.coverage,
    }


def anchoring(case: Input) -> object:
    (both, only_shown), (only_blind, neither) = case["table"]
    found = pairs.anchoring(both=both, only_shown=only_shown, only_blind=only_blind, neither=neither)
    assert found is not None
    return {
        "agree_shown": found.agree_shown,
        "agree_blind": found.agree_blind,
        "anchoring_effect": found.effect,
        "discordant": [found.only_shown, found.only_blind],
        "exact_p": found.p,
    }


MAPPED: dict[str, Callable[[Input], object]] = {
    "anchoring": anchoring,
    "auroc": auroc_of,
    "auroc_prr": auroc_prr,
    "beta_binomial_shrinkage": shrinkage,
    "ece": ece,
    "funnel_plot": funnel_plot,
    "isotonic": isotonic_of,
    "k_centre_greedy": k_centre_greedy,
    "largest_remainder": remainder,
    "mcnemar": mcnemar,
    "mmr": mmr,
    "near_duplicate_suppression": near_duplicate_suppression,
    "override_rates": overrides,
    "p_adjust": p_adjust,
    "platt": platt_of,
    "proportion_interval": proportion_interval,
    "split_conformal": split_conformal,
    "two_proportions": two_proportions,
    "weighted_confusion": confusion,
}
