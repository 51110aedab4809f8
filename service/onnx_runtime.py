"""Import onnxruntime with its telemetry switched off; nothing else imports it."""

from __future__ import annotations

import os
from pathlib import Path

# From 1.29 on its official builds write what runs, and on what machine, into the home folder and
# send it to Microsoft. This has to be set before the library is loaded; it is read once.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

Session = onnxruntime.InferenceSession


def session(path: Path, threads: int) -> Session:
    """Return an ONNX file opened on the processor, to be computed with so many threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return Session(str(path), options, providers=["CPUExecutionProvider"])
