"""From a wrong answer to a sentence in the training data, and what must not get there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from bot.console import candidates, commands, nlu_files, review
from bot.console.corpus import Corpus, corpus, essence_of
from bot.console.tables import candidates as table
from bot.console.tables import reviews
from bot.settings import Settings
from bot.transcript_tables import conversations
from tests.bot.console.conftest import Staff

Said = Callable[..., None]
Signed = Callable[[str], Staff]
NOTHING = Corpus({}, {})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a sentence in training and one in evaluation."""
    training = tmp_path / "data" / "nlu" / "en" / "pain.yml"
    training.parent.mkdir(parents=True)
    training.write_text(candidates.nlu_yaml("en", {"ask_pain": ["does it hurt"]}))
    evaluation = tmp_path / "tests" / "languages" / "en" / "nlu.yml"
    evaluation.parent.mkdir(parents=True)
    question = {"text": "Is it painful?", "intent": "ask_pain"}
    evaluation.write_text(yaml.safe_dump({"questions": [question]}))
    return tmp_path


def judged(engine: Engine, turn: str, intent: str | None = None, **more: str) -> None:
    with engine.begin() as connection:
        verdict = review.Verdict(intent is None, intent=intent, **more)
        assert review.judge(connection, "web-1", turn, verdict, "nadia")


def all_candidates(engine: Engine) -> list[tuple[str, str, str, str]]:
    columns = (table.c.text, table.c.language, table.c.intent, table.c.state)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns).order_by(table.c.id))]


def test_a_wrong_answer_is_a_candidate_after_two_clicks(staff: Signed, said: Said, engine) -> None:
    said("will it sting", turn="t1", intent="ask_cost", language="en")
    reviewer = staff("reviewer")
    assert 'data-key="w"' in reviewer.get("/conversations/web-1").text
    answer = reviewer.post(
        "/conversations/web-1/verdict", turn="t1", verdict="wrong", intent="ask_pain"
    )
    assert answer.headers["location"].endswith("#turn-t1")
    assert all_candidates(engine) == [("will it sting", "en", "ask_pain", "pending")]
    assert "Candidate for training" in reviewer.get("/conversations/web-1").text


def test_a_right_answer_is_a_candidate_as_understood(said: Said, engine: Engine) -> None:
    said("does it sting", turn="t1", intent="ask_pain", language="en")
    judged(engine, "t1")
    assert all_candidates(engine) == [("does it sting", "en", "ask_pain", "pending")]


def test_the_last_verdict_counts_and_can_be_taken_back(said: Said, engine: Engine) -> None:
    said("sting?", turn="t1", intent="ask_cost", language="en")
    judged(engine, "t1")
    judged(engine, "t1", "ask_pain", language="fr", treatment="glutathione")
    assert all_candidates(engine) == [("sting?", "fr", "ask_pain", "pending")]
    with engine.begin() as connection:
        assert len(connection.execute(sa.select(reviews)).all()) == 1
        review.withdraw(connection, "web-1", "t1")
    assert all_candidates(engine) == []


@pytest.mark.parametrize(
    ("text", "intent"), [("/ask_pain", "ask_pain"), ("???", "ask_pain"), ("hm", "nlu_fallback")]
)
def test_what_teaches_nothing_is_no_candidate(text: str, intent: str, said, engine) -> None:
    said(text, turn="t1", intent=intent, language="en")
    judged(engine, "t1")
    assert all_candidates(engine) == []


def test_numbers_that_were_redacted_are_not_taught(said: Said, engine: Engine) -> None:
    said("call me at 01711234567 about the price", turn="t1", language="en", intent="ask_cost")
    judged(engine, "t1")
    assert all_candidates(engine)[0][0] == "call me at about the price"


def test_a_verdict_on_nothing_is_refused(staff: Signed, said: Said) -> None:
    said("hi", turn="t1")
    reviewer = staff("reviewer")
    for form in ({"turn": "t2", "verdict": "right"}, {"turn": "t1", "verdict": "maybe"}):
        assert reviewer.post("/conversations/web-1/verdict", **form).status_code == 404


def test_an_unknown_intent_is_not_taken(staff: Signed, said: Said, engine: Engine) -> None:
    said("hi", turn="t1", intent="greet", language="en")
    form = {"turn": "t1", "verdict": "wrong", "intent": "make_coffee", "language": "xx"}
    staff("reviewer").post("/conversations/web-1/verdict", **form)
    assert all_candidates(engine) == []


def test_likes_in_training_and_evaluation_are_shown(project: Path) -> None:
    known = corpus(project)
    assert known.same("does it hurt").use == "training"
    assert known.same(essence_of("is it painful ?")).use == "evaluation"
    assert [near.text for near in known.near("does it hurts", "en")] == ["does it hurt"]
    assert known.near("does it hurts", "fr") == []
    assert known.near("does it hurt", "en") == []


def decide(engine: Engine, number: int, state: str, known: Corpus = NOTHING) -> None:
    with engine.begin() as connection:
        assert candidates.decide(connection, known, number, state, "", "nadia")


def test_a_sentence_never_goes_to_both_uses(said: Said, engine: Engine, project: Path) -> None:
    said("does it sting", turn="t1", intent="ask_pain", language="en")
    said("Does it STING!", turn="t2", intent="ask_pain", language="en")
    said("Does it hurt", turn="t3", intent="ask_pain", language="en")
    for turn in ("t1", "t2", "t3"):
        judged(engine, turn)
    decide(engine, 1, "training")
    with pytest.raises(candidates.Refused, match="refused_evaluation"):
        decide(engine, 2, "evaluation")
    with pytest.raises(candidates.Refused, match="refused_evaluation"):
        decide(engine, 3, "evaluation", corpus(project))
    decide(engine, 2, "training")


def test_the_page_says_why_a_decision_is_refused(staff: Signed, said: Said, engine) -> None:
    for turn in ("t1", "t2"):
        said("does it sting", turn=turn, intent="ask_pain", language="en")
        judged(engine, turn)
    reviewer = staff("reviewer")
    reviewer.post("/candidates/1", state="training")
    answer = reviewer.post("/candidates/2", state="evaluation")
    assert "refused_evaluation" in answer.headers["location"]
    assert "cannot go to evaluation" in reviewer.get(answer.headers["location"]).text


def exported(engine: Engine, known: Corpus = NOTHING, **options: bool) -> candidates.Export:
    with engine.begin() as connection:
        return candidates.export(connection, known, **options)


def test_the_export_is_what_rasa_reads(said: Said, engine: Engine) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    texts = [
        "it [hurts](much) - really",
        "- dash: 'quote' \"double\" # hash",
        "Ça fait\nmal\t?",
        "ব্যথা হবে?",
        "[a]{b}",
        "{x} | y",
    ]
    for number, text in enumerate(texts):
        said(text, turn=f"t{number}", intent="ask_pain", language="en")
        judged(engine, f"t{number}")
        decide(engine, number + 1, "training")
    said("evaluate me", turn="e", intent="greet", language="fr")
    judged(engine, "e")
    decide(engine, len(texts) + 1, "evaluation")
    found = exported(engine)
    assert sorted(found.files) == ["evaluation/fr.yml", "training/en.yml"]
    data = RasaYAMLReader().reads(found.files["training/en.yml"])
    assert len(data.intent_examples) == len(texts)
    assert {example.get("intent") for example in data.intent_examples} == {"ask_pain"}
    assert not any(example.get("entities") for example in data.intent_examples)
    assert data.intent_examples[2].get("text") == "Ça fait mal ?"
    assert data.intent_examples[0].get("metadata")["intent"] == {"language": "en"}
    assert exported(engine).sentences == 0, "each is exported once"
    assert exported(engine, again=True).sentences == len(texts) + 1


def test_what_is_in_use_is_left_out_and_contradictions_are_said(
    said: Said, engine: Engine, project: Path
) -> None:
    said("Does it hurt?", turn="t1", intent="ask_pain", language="en")
    said("does it hurt", turn="t2", intent="ask_cost", language="en")
    for number, turn in enumerate(("t1", "t2"), start=1):
        judged(engine, turn)
        decide(engine, number, "training")
    found = exported(engine, corpus(project))
    assert found.sentences == 0
    assert len(found.left_out) == 1
    assert "not ask_cost" in found.left_out[0]


def test_sentences_are_added_to_the_training_files(said: Said, engine, project: Path) -> None:
    said("will it sting", turn="t1", intent="ask_pain", language="en")
    said("bonjour docteur", turn="t2", intent="greet", language="fr")
    said("is it sore after", turn="t3", intent="ask_pain", language="en")
    for number, (turn, use) in enumerate(
        (("t1", "training"), ("t2", "training"), ("t3", "evaluation")), start=1
    ):
        judged(engine, turn)
        decide(engine, number, use)
    changed = nlu_files.add_to_training(exported(engine), project / "data" / "nlu")
    assert [path.name for path in changed] == ["pain.yml", "greet.yml"]
    known = corpus(project)
    assert known.same("will it sting").intent == "ask_pain"
    assert known.same("bonjour docteur").language == "fr"
    assert known.same("is it sore after") is None


def test_a_training_file_of_another_form_is_not_broken(said: Said, engine, project: Path) -> None:
    said("will it sting", turn="t1", intent="ask_pain", language="en")
    judged(engine, "t1")
    decide(engine, 1, "training")
    path = project / "data" / "nlu" / "en" / "pain.yml"
    odd = 'version: "3.1"\nnlu:\n- intent: ask_pain\n  examples: "- a"\n'
    path.write_text(odd)
    with pytest.raises(ValueError, match=r"pain\.yml: does not end"):
        nlu_files.add_to_training(exported(engine), project / "data" / "nlu")
    assert path.read_text() == odd


def test_the_command_exports(
    said: Said, engine, settings: Settings, project: Path, monkeypatch, capsys
) -> None:
    said("will it sting", turn="t1", intent="ask_pain", language="en")
    judged(engine, "t1")
    decide(engine, 1, "training")
    for name in ("var_dir", "database_url", "secret_key"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    folder = project / "out"
    words = ["export-nlu", "--root", str(project), "--output", str(folder), "--add"]
    assert commands.main(words) == 0
    assert "1 sentences" in capsys.readouterr().out
    assert "will it sting" in (folder / "training" / "en.yml").read_text()
    assert corpus(project).same("will it sting")


def test_the_button_downloads_an_archive(staff: Signed, said: Said, engine: Engine) -> None:
    said("zorp zorp zorp", turn="t1", intent="ask_pain", language="en")
    judged(engine, "t1")
    admin = staff("admin")
    admin.post("/candidates/1", state="training")
    answer = admin.post("/candidates/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as zipped:
        assert zipped.namelist() == ["training/en.yml"]
        assert b"zorp zorp zorp" in zipped.read("training/en.yml")


def test_notes_tags_and_marks(staff: Signed, said: Said, engine: Engine) -> None:
    said("hi")
    reviewer = staff("reviewer")
    talk = "/conversations/web-1"
    reviewer.post(f"{talk}/notes", text="call 01711234567 back")
    reviewer.post(f"{talk}/tags", tags=" Price, price ,,Follow  up,a,b")
    reviewer.post(f"{talk}/assign", assigned="viewer")
    reviewer.post(f"{talk}/reviewed", reviewed="yes")
    page = reviewer.get(talk).text
    assert "call [phone] back" in page
    with engine.connect() as connection:
        row = connection.execute(sa.select(conversations)).mappings().one()
    assert row["tags"] == ",price,follow up,a,b,"
    assert (row["assigned_to"], row["review_state"]) == ("viewer", "reviewed")
    reviewer.post(f"{talk}/assign", assigned="somebody unknown")
    reviewer.post(f"{talk}/reviewed", reviewed="no")
    assert 'class="done"' not in reviewer.get("/").text


def test_a_view_is_saved_for_its_user_alone(staff: Signed, said: Said) -> None:
    viewer, admin = staff("viewer"), staff("admin")
    viewer.post("/views", name="French worries", language="fr", flag="thumbs_down", evil="x")
    assert "French worries" in viewer.get("/").text
    assert "French worries" not in admin.get("/").text
    admin.post("/views/1/delete")
    assert '<a href="/?language=fr&amp;flag=thumbs_down">' in viewer.get("/").text
    viewer.post("/views/1/delete")
    assert "French worries" not in viewer.get("/").text


def test_buttons_are_shown_by_their_title(staff: Signed, engine: Engine) -> None:
    from bot.transcript_events import EventReader
    from bot.transcript_store import store
    from tests.bot.events import bot_event, user_event

    offer = bot_event("Which one?")
    offer["data"]["buttons"] = [{"title": "Does it hurt?", "payload": "/ask_pain"}]
    reader = EventReader()
    with engine.begin() as connection:
        for event in (user_event("hi"), offer, user_event("/ask_pain", turn="t2", at=1002.0)):
            store(connection, reader.read(event))
    page = staff("viewer").get("/conversations/web-1").text
    assert '<span class="pressed">Does it hurt?</span>' in page
