"""Training: configurations, datasets of tensors, the loop, runs."""
