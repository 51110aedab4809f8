"""What balancing causes: an experiment, and designs that look at it from outside."""
