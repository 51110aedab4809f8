"""Two searches for settings on the same folds, and what their models can tell."""
