"""Made-up runs of the randomised experiment with an effect that is known."""

import numpy as np

from fer_lib.papers.huang2025.causal import treatment_assignment, treatment_effects
from fer_lib.papers.huang2025.causal.treatment_assignment import FOREST, SMOTE


def made(runs=600, effect=0.03, slope=0.0, by=None, seed=0, splits=20, confusing=0.3):
    """Return made-up runs: a known effect, a falling score, noise of splits and of runs."""
    plan = treatment_assignment.plan(runs, splits, seed)
    chance = np.random.default_rng([seed, 1])
    away = plan["imbalance"] - treatment_effects.CUTOFF
    treated = (plan["treatment"] == SMOTE).to_numpy(float)
    of_split = chance.normal(0, 0.02, splits)[plan["split"]]
    size = effect + slope * away + plan["classifier"].map(by or {}).fillna(0)
    score = 0.5 - confusing * away - 0.04 * (plan["classifier"] == FOREST) + of_split
    score = score + treated * size + chance.normal(0, 0.03, runs)
    return plan.assign(score=score)
