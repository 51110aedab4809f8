"""A thin library under the companion book to four facial-expression papers."""

import warnings

__version__ = "0.1.0"

# timm imports tqdm.auto, which complains in a notebook that it cannot draw its bar.
warnings.filterwarnings("ignore", message="IProgress not found")
