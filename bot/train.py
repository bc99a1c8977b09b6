"""`python -m bot train`: trains the model when its inputs changed since the last training.

Stands before the message path: step 5 and 6 run on the model that this makes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT

NAME = "polyclinic"
# Everything that decides what the model learns or how it is stored.
INPUTS = ("config.yml", "domain.yml", "data", "knowledge", "bot/nlu", "requirements/bot.txt")


def fingerprint(root: Path) -> str:
    """One hash over the names and contents of all inputs of training."""
    digest = hashlib.sha256()
    for name in INPUTS:
        top = root / name
        files = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file())
        for file in files:
            if "__pycache__" in file.parts:
                continue
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def stale(root: Path, models: Path) -> bool:
    """Whether the model is missing or was trained from other inputs."""
    mark = models / f"{NAME}.inputs"
    if not (models / f"{NAME}.tar.gz").is_file() or not mark.is_file():
        return True
    return mark.read_text().strip() != fingerprint(root)


def main(argv: list[str]) -> int:
    """Train if needed (`--force`: in any case); the exit code is rasa's."""
    models = ROOT / "models"
    if "--force" not in argv and not stale(ROOT, models):
        print(f"The model models/{NAME}.tar.gz is up to date.")
        return 0
    print("Training the model; this takes a few minutes.", flush=True)
    before = fingerprint(ROOT)
    # --force: Rasa's own cache does not see files that a component opens itself
    # --skip-validation: `make check` validates; here all examples would be read twice for it
    command = [sys.executable, "-m", "rasa", "train", "--force", "--skip-validation"]
    command += ["--fixed-model-name", NAME, "--out", str(models)]
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    code = subprocess.call(command, cwd=ROOT, env=environment)  # noqa: S603 - fixed words
    if code == 0:
        (models / f"{NAME}.inputs").write_text(before + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
