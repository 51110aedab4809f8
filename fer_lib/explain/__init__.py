"""Explanations of one head at a time. A map is float32 (height, width).

`one_head` gives one head's logits, `grad_cam` the class activation maps of ``pytorch_grad_cam``,
`lime` those of the package ``lime``.
"""
