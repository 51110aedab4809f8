"""The jobs of a build: what each depends on, and how each is run."""
