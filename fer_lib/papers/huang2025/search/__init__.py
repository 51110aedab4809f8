"""Two hyper-parameter searches on the same folds, and what their models show."""
