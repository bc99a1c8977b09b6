"""Builds tables/common_words.tsv: the commonest words of Latin-script languages.

Beside the message path; the result is read by `bot.nlu.common_words`. Needs the package wordfreq,
which does not install beside Rasa: run it in an environment of its own.
    python -m bot.nlu.build.common_words
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import wordfreq  # type: ignore[import-not-found]

TARGET = Path(__file__).parents[1] / "tables" / "common_words.tsv"
# langdetect's codes; where wordfreq has another, it stands after the colon
_LANGUAGES = "ca cs da de en es fi fr hr:sh hu id it lt lv nl no:nb pl pt ro sk sl sv tl:fil tr vi"
_OURS = {"en": 14_000, "fr": 14_000}
_OTHERS = 5_000
_HEAD = (
    "# language, rarity, words: 10 ** (-rarity / 100) is each word's share of running text\n"
    "# From wordfreq 3.1 by Robyn Speer, CC BY-SA 4.0, and so is this file\n"
)


def main() -> None:
    lines = []
    for language in _LANGUAGES.split():
        code, _, theirs = language.partition(":")
        shares = wordfreq.get_frequency_dict(theirs or code, "small")
        latin = {w: s for w, s in shares.items() if w[0].isalpha() and w[0] < "\u0250"}
        kept = sorted(latin, key=lambda w: (-latin[w], w))[: _OURS.get(code, _OTHERS)]
        by_rarity: dict[int, list[str]] = defaultdict(list)
        for word in kept:
            by_rarity[-round(100 * wordfreq.zipf_frequency(word, theirs or code) - 900)].append(
                word
            )
        lines += [f"{code}\t{r}\t{' '.join(words)}\n" for r, words in sorted(by_rarity.items())]
    TARGET.write_text(_HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
