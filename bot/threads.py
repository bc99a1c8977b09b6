"""How many threads libraries use, and how those of the sentence encoder wait for each other.

Called before any library is loaded: OpenMP and OpenBLAS read their settings once.
"""

from __future__ import annotations

import os

# Threads that spin until the others are done answer soonest on an idle machine, and slow a busy
# one down a hundredfold; threads that sleep take twice as long. These spin for microseconds.
_SPINS = "4000"


def set_threads() -> None:
    """Spin shortly, then sleep; whoever starts the process may say otherwise."""
    # What numpy has to do for a message is done before a second thread has woken up.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
