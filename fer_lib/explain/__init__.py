"""Explanations of one head at a time. A map is float32 (height, width).

`one_head` gives one head's logits, `grad_cam` class activation maps, `lime` LIME with few passes;
`layers` says which layers of a network run.
"""
