"""Assemble, render and check the book."""
