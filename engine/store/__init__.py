"""What is computed once and kept: keys, result folders, tables of rows, paths.

It imports nothing of ours.
"""
