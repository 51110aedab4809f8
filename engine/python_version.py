"""Say in one line that a Python is outside the supported range.

``python engine/python_version.py RANGE SETTING CURE`` is what make runs with a Python that it knows
nothing of, before anything else: so nothing here needs a newer Python than 3.0, or a package.
"""

import re
import sys


def fits(version: tuple, supported: str) -> bool:
    """Return whether a version, as ``(3, 11, 2)``, lies in a range, as ``>=3.11,<3.14``."""
    for bound in supported.split(","):
        sign, number = re.match(r"(>=|<)([0-9.]+)$", bound.strip()).groups()
        limit = tuple(int(part) for part in number.split("."))
        if (tuple(version[: len(limit)]) >= limit) != (sign == ">="):
            return False
    return True


def main(supported: str, setting: str, cure: str) -> int:
    """Return 0 if the Python that runs this is supported; otherwise say what is, and return 2."""
    if fits(sys.version_info[:3], supported):
        return 0
    found = ".".join(str(part) for part in sys.version_info[:3])
    words = ["error: ", setting, " is Python ", found, ", supported is ", supported, ": ", cure]
    sys.stderr.write("".join(words) + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
