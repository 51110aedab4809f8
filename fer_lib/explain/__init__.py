"""Explanations of one head at a time, and their scores. A map is float32 (height, width).

``view`` one head of a model, ``cams`` class activation maps, ``lime`` LIME with few passes,
``truth`` maps against masks, ``regions`` of the face, ``faithfulness`` deletion and insertion,
``randomisation`` of the weights from the top, ``agreement`` of maps with each other.
"""
