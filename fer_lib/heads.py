"""The two heads of a dual-task model, by name."""

HEADS = ("emotion", "authenticity")


def check_head(head: str) -> str:
    """Return ``head`` if it names one of `HEADS`.

    Raises
    ------
    ValueError
        Otherwise; the message lists the known ones.
    """
    if head not in HEADS:
        raise ValueError(f"unknown head {head!r}: choose one of {', '.join(HEADS)}")
    return head
