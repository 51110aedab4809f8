"""A thin library under the companion book to four facial-expression papers."""

__version__ = "0.1.0"
