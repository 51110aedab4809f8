"""What makes the book: checks, execution, rendering, the gate. Run as ``python -m tools.NAME``."""
