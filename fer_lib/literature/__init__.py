"""Text mining of a literature: one's own export, its terms, and the network they form.

`corpus` reads it, `terms` counts and weighs, `network` ties terms together, `stability` asks how
much of the result would stay with other documents.
"""
