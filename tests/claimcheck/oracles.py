"""Scores of classifiers from labels, written down as they are defined.

They share nothing with the auditor, which starts from counts. That they are scikit-learn's is
tested with the book (tests/evaluation/test_score_oracles.py), so that these tests need no
scikit-learn.
"""

import numpy as np


def confusion(truth, guess):
    """Return the counts, truth in rows, of as many classes as there are in the truth."""
    classes = range(int(truth.max()) + 1)
    return np.array([[((truth == t) & (guess == g)).sum() for g in classes] for t in classes])


def divided(top, bottom):
    """Return quotients, 0 where nothing is divided by nothing."""
    return np.divide(top, bottom, out=np.zeros(np.shape(bottom)), where=np.asarray(bottom) != 0)


def of_classes(truth, guess):
    """Return precision, recall, F1 and support, each with one value for each class."""
    count = confusion(truth, guess)
    hits, of_truth, of_guess = np.diag(count), count.sum(axis=1), count.sum(axis=0)
    f1 = divided(2 * hits, of_truth + of_guess)
    return divided(hits, of_guess), divided(hits, of_truth), f1, of_truth


def macro_f1(truth, guess):
    return of_classes(truth, guess)[2].mean()


def weighted_f1(truth, guess):
    *_, f1, support = of_classes(truth, guess)
    return (f1 * support).sum() / support.sum()


def accuracy(truth, guess):
    return (truth == guess).mean()


def balanced_accuracy(truth, guess):
    return of_classes(truth, guess)[1].mean()


def kappa(truth, guess):
    share = confusion(truth, guess) / len(truth)
    by_chance = share.sum(axis=0) @ share.sum(axis=1)
    return (np.trace(share) - by_chance) / (1 - by_chance)


def mcc(truth, guess):
    """Return the correlation of truth and guess, each as one column of 0 and 1 for each class."""
    classes = np.arange(truth.max() + 1)
    one, other = (labels[:, None] == classes for labels in (truth, guess))
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    spread = np.sqrt((one**2).sum() * (other**2).sum())
    return (one * other).sum() / spread if spread else 0.0


def auc(truth, score):
    """Return how often a positive has the greater score of a pair; ties count one half."""
    ahead = score[truth == 1][:, None] - score[truth == 0]
    return ((ahead > 0) + 0.5 * (ahead == 0)).mean()


def average_precision(truth, score):
    """Return the precision at each threshold, weighted by the recall that is gained there."""
    total, recall = 0.0, 0.0
    for threshold in np.unique(score)[::-1]:
        named = score >= threshold
        gained = truth[named].sum() / truth.sum()
        total += (gained - recall) * truth[named].mean()
        recall = gained
    return total
