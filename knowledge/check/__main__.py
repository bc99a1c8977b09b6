"""`python -m knowledge.check`: prints every problem, exits 1 if there is one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge.check import check
from knowledge.check.coverage import report
from knowledge.loader import FOLDER, inspect


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks, or print the coverage report."""
    parser = argparse.ArgumentParser(prog="python -m knowledge.check", description=__doc__)
    parser.add_argument("--path", type=Path, default=FOLDER, help="another knowledge folder")
    parser.add_argument(
        "--coverage", action="store_true", help="print treatment x topic x language instead"
    )
    options = parser.parse_args(argv)
    if options.coverage:
        print("\n".join(report(inspect(options.path).base)))
        return 0
    problems = check(options.path)
    for problem in problems:
        print(problem)
    summary = f"{len(problems)} problems" if len(problems) != 1 else "1 problem"
    print(summary if problems else f"{options.path.name}: all checks pass", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
