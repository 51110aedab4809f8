"""Records of made-up ledgers, as their YAML would have them."""

import numpy as np
import oracles


def number(name, printed, **more):
    return {"id": name, "printed": printed} | more


def count(name, printed, **more):
    return number(name, printed, kind="count", **more)


def said(name, quantity, means):
    return number(name, means, kind="procedure", quantity=quantity, means=means)


def words(found):
    return [finding.verdict for finding in found]


def printed_matrix():
    """Return the records of the authenticity head's confusion matrix in diya2026."""
    cells = {("a", "a"): 163, ("a", "b"): 10, ("b", "a"): 16, ("b", "b"): 143}
    return [
        count(f"{t}{g}", str(n), report={"of": "run", "truth": t, "guess": g})
        for (t, g), n in cells.items()
    ]


def one_class(name, score, support):
    records = [
        number(f"{name}.{what}", score, report={"of": "run", "class": name, "score": what})
        for what in ("precision", "recall", "f1")
    ]
    tie = {"of": "run", "class": name, "score": "support"}
    return [*records, count(f"{name}.support", support, report=tie)]


def printed_report(truth, guess, classes, digits=2):
    """Return the records of a report as computed from labels, rounded to some digits."""
    records = []
    table = oracles.of_classes(truth, guess)
    for place in range(classes):
        for score, values in zip(("precision", "recall", "f1"), table[:3], strict=True):
            tie = {"of": "run", "class": f"c{place}", "score": score}
            name = f"c{place}.{score}"
            records.append(number(name, f"{values[place]:.{digits}f}", report=tie))
        tie = {"of": "run", "class": f"c{place}", "score": "support"}
        records.append(count(f"c{place}.support", str(table[3][place]), report=tie))
    for score in ("macro f1", "weighted f1", "accuracy", "balanced accuracy", "kappa", "mcc"):
        name = score.replace(" ", "_")
        value = getattr(oracles, name)(truth, guess)
        tie = {"of": "run", "score": score}
        records.append(number(f"all.{name}", f"{value:.{digits + 1}f}", report=tie))
    return records


def drawn(seed, classes=None, images=None):
    """Return truth and guesses of a classifier that is better than chance."""
    chance = np.random.default_rng(seed)
    classes = classes or int(chance.integers(2, 5))
    images = images or int(chance.integers(20, 120))
    truth = np.concatenate([np.arange(classes), chance.integers(0, classes, images - classes)])
    wrong = chance.random(images) < chance.uniform(0.02, 0.3)
    guess = np.where(wrong, chance.integers(0, classes, images), truth)
    return truth, guess, classes


def altered(records, name, printed):
    assert any(record["id"] == name for record in records)
    return [record | {"printed": printed} if record["id"] == name else record for record in records]
