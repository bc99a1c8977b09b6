"""The knowledge base as the action server holds it: read once, when the first action is made.

Stands under steps 7 and 8 of the message path.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.loader import load
from knowledge.model import KnowledgeBase


@lru_cache(maxsize=1)
def knowledge() -> KnowledgeBase:
    """The knowledge base of this process: the package's folder.

    Raises:
        KnowledgeError: the files have problems; lists all of them.
    """
    return load()
