"""A small service that shows, frame by frame, what a trained model says of the faces in it.

The modules, in the order in which a frame goes through them: ``app`` (pages and WebSocket),
``guard`` (who may connect, how often), ``frames`` (bytes to pixels), ``detect`` (where faces are),
``align`` (as the training images are), ``predict`` (probabilities), ``pipeline`` (all of it,
timed). ``export`` makes the file that is served. Frames stay in memory; nothing of them is kept.
"""
