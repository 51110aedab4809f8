"""A small service that shows, frame by frame, what a trained model predicts for each face.

The modules, in the order in which a frame goes through them: ``app`` (pages and WebSocket),
``guard`` (who may connect, how often), ``frames`` (bytes to pixels), ``detect`` (where faces are),
``alignment`` (as in the training images), ``predict`` (probabilities), ``pipeline`` (all of it,
timed). ``exported_model`` makes the file that is served. Frames stay in memory; none is kept.
"""
