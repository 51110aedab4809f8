"""The causal effect of balancing: a randomised experiment, and observational designs."""
