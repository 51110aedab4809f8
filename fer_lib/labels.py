"""The class names of the dual task, in the order of every model's outputs."""

EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
AUTHENTICITY = ("fake", "genuine")  # place 1 is what P(genuine) is the probability of
