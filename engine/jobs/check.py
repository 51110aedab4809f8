"""Stop on bad input before anything runs: one clear line, exit status 2."""

from __future__ import annotations

import argparse
import sys

from engine.command_line import LIMITS, Asked, InputError, add_arguments, check, of_arguments

__all__ = ["LIMITS", "Asked", "InputError", "add_arguments", "check", "of_arguments"]


def main(argv: list[str] | None = None) -> int:
    """Check the settings on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    args = parser.parse_args(argv)
    try:
        of_arguments(args)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
