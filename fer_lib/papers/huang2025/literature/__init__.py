"""Text mining of a literature export: its terms, and the network they form.

`corpus` and `exports` read it, `terms` counts and weighs terms, `network` links terms that occur
together, `stability` measures how much of the result stays with other documents.
"""
