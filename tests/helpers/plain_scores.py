"""Scores in their plainest form, to hold the library's sums by subject against."""

import numpy as np
from sklearn import metrics as sk


def auc_within(truth, score, strata):
    """Return scikit-learn's AUC within each stratum, averaged by the pairs that each has."""
    areas, pairs = [], []
    for stratum in np.unique(strata):
        own = truth[strata == stratum]
        if 0 < own.sum() < len(own):
            areas.append(sk.roc_auc_score(own, score[strata == stratum]))
            pairs.append(own.sum() * (len(own) - own.sum()))
    return np.average(areas, weights=pairs) if pairs else np.nan
