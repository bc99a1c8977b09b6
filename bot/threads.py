"""How the threads of the sentence encoder wait for each other.

Called before any library is loaded: OpenMP reads its settings once.
"""

from __future__ import annotations

import os

# Threads that spin until the others are done answer soonest on an idle machine, and slow a busy
# one down a hundredfold; threads that sleep take twice as long. These spin for microseconds.
_SPINS = "4000"


def set_waiting() -> None:
    """Spin shortly, then sleep; whoever starts the process may say otherwise."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
