"""Compare two builds, digit by digit."""
