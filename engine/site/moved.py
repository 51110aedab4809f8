"""Write a page for each old address of the site that leads to the new one and keeps its ``#``."""

from __future__ import annotations

import html
import os
from pathlib import Path

from engine.jobs import page_table
from fer_lib import paper_registry

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>This page has moved</title>
<link rel="canonical" href="{to}">
<script>location.replace("{to}" + location.search + location.hash)</script>
<noscript><meta http-equiv="refresh" content="0; url={to}"></noscript>
</head>
<body><main><h1>This page has moved</h1><p>It is now at <a href="{to}">{new}</a>.</p></main></body>
</html>
"""


def addresses() -> dict[str, str]:
    """Return the new address of each old one, both from the root of the site without ``.html``."""
    found: dict[str, str] = {}
    for name in page_table.names():
        was = page_table.page(name).was
        if was:
            found[f"{page_table.FOLDER}/{was}"] = f"{page_table.FOLDER}/{name}"
    for paper in paper_registry.every():
        found |= paper.moved or {}
    return found


def write(site: Path) -> list[str]:
    """Write a page at each old address of a rendered site; return what is wrong, one line each."""
    problems = []
    for old, new in addresses().items():
        place, target = site / f"{old}.html", site / f"{new}.html"
        if place.exists():
            problems.append(f"{old}: a page stands where an old address led to {new}: remove one")
            continue
        if not target.exists():
            problems.append(f"{old}: it should lead to {new}, which is no page: mend paper.toml")
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        to = html.escape(os.path.relpath(target, place.parent))
        place.write_text(PAGE.format(to=to, new=html.escape(new)), encoding="utf-8")
    return problems
