"""Builds tables/<encoder>.rows.npz: the training examples as the sentence encoder sees them.

    make train && python -m bot.nlu.build.encoded

With it a new clone trains in a third of the time. Whoever changes examples need not build it again:
what it lacks is encoded in training. Delete it before `make train` to encode everything anew.
"""

from __future__ import annotations

import sys

from bot.nlu.embeddings import CACHE
from bot.nlu.encoders import read_rows, write_table
from bot.nlu.romanised import TABLES
from bot.settings import ROOT


def main() -> int:
    """Take the rows that the last training used; the exit code is 1 where there are none."""
    caches = sorted((ROOT / CACHE).glob("*.rows.npz"))
    for cache in caches:
        rows = read_rows(cache)
        table = TABLES / cache.name
        write_table(table, rows)
        print(f"{table.relative_to(ROOT)}: {len(rows)} rows, {table.stat().st_size / 1e6:.1f} MB")
    if not caches:
        print(
            "Training has encoded nothing here: the table has all that it asked for, or it has"
            " not run yet (`make train`).",
            file=sys.stderr,
        )
    return 0 if caches else 1


if __name__ == "__main__":
    sys.exit(main())
