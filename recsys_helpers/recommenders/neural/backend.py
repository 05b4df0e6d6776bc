"""TensorFlow and Keras, imported here and nowhere else.

TensorFlow writes lines to the process's standard error when it starts, whatever its settings say.
They are hidden, and shown only if it cannot be imported.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ["KERAS_BACKEND"] = "tensorflow"


@contextmanager
def _quiet() -> Iterator[None]:
    """Send file descriptor 2 to a file, and its text to stderr if the block fails."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        except BaseException:
            file.seek(0)
            os.write(kept, file.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


with _quiet():
    try:
        import keras
        import tensorflow as tf
        from tensorflow import Tensor
    except ImportError as error:
        raise ImportError(
            "neural recommenders need TensorFlow: pip install 'recsys-helpers[neural]'"
        ) from error
    tf.constant(0)

__all__ = ["Tensor", "keras", "tf"]
