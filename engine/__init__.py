"""The engine of the book: keys, store, jobs, site. Run a part as ``python -m engine.NAME``."""
