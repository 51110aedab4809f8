"""A thin library for the companion book to four facial-expression papers.

Its version stands in ``pyproject.toml`` alone: a string here would count for every stored result.
"""

import warnings

# timm imports tqdm.auto, which complains in a notebook that it cannot draw its bar.
warnings.filterwarnings("ignore", message="IProgress not found")
