"""Explanations of the paper's networks on rendered faces, with scores against ground truth."""
