"""Nothing that a person gets to see makes a medical claim, whatever the source says (10, 319 to 321)."""

from pathlib import Path

import pytest
from claims import Text, claims, texts

ROOT = Path(__file__).parents[1]


def test_no_text_makes_a_medical_claim():
    found = [claim for text in texts(ROOT) for claim in claims(text)]
    assert found == []


@pytest.mark.parametrize(
    "place",
    [
        "README.md",
        "docs/safety.md",
        "profiles/indications.toml",
        "profiles/library/relaxing-back.toml",
        "kneadwave/cli/run.py:",
        "kneadwave/sessions/prepare.py:",
        "rule 53",
    ],
)
def test_every_kind_of_text_is_read(place):
    assert any(text.place.startswith(place) for text in texts(ROOT))


@pytest.mark.parametrize(
    "sentence",
    [
        "A massage is an excellent antidepressant.",
        "It cures a stiff back.",
        "Strokes heal tired muscles.",
        "A therapeutic routine for the evening.",
        "Physiotherapy at home.",
        "It treats a sore neck.",
        "A treatment for the shoulders.",
        "It rejuvenates the skin.",
        "Skin looks younger afterwards.",
        "It slows down ageing.",
        "A slimming massage.",
        "It helps with fat loss, and releases fat.",
        "It improves the blood circulation.",
        "It gets rid of back pain.",
        "Prevents frequent colds.",
        "It relieves stress.",
        "Pain relief in ten minutes.",
        "It sets endorphins free.",
        "Medically proven.",
        "It is good for the heart.",
        "No noise at all. It cures everything.",
        "It cures, and does no harm.",
    ],
)
def test_a_claim_is_found(sentence):
    assert claims(Text("here", sentence)) != []


@pytest.mark.parametrize(
    "sentence",
    [
        "Kneadwave is no medical product and makes no medical claim.",
        "It neither cures nor prevents an illness.",
        "This is not a therapy.",
        "A broken ledger is treated as the daily limit reached.",
        "Ask a doctor first.",
        "Slow strokes up the back, then the shoulders.",
        "A healthy distance from the spine.",
        "What is healing needs rest.",
        "Its level rises and falls.",
    ],
)
def test_what_disclaims_or_says_nothing_of_the_kind_is_no_claim(sentence):
    assert claims(Text("here", sentence)) == []


def test_a_question_of_the_screening_may_name_what_it_asks_about():
    question = '[[question]]\nid = "heart"\nask = "Are you in treatment for your heart?"\nconsent = true\n'
    assert claims(Text("here", question)) != []
    assert claims(Text("here", question, asks=True)) == []
    assert claims(Text("here", f'{question}say = "Massage is a treatment."', asks=True)) != []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.md", "# Kneadwave\n\nIt heals.\n"),
        ("docs/profiles.md", "| key | meaning |\n|---|---|\n| `level` | how much it heals |\n"),
        ("profiles/library/wonder.toml", 'description = "It heals."\n'),
        ("kneadwave/cli/run.py", 'def run():\n    """Heals."""\n'),
        ("kneadwave/sessions/prepare.py", 'TEXT = f"it has healed {1} back"\n'),
        ("kneadwave/people/questions.toml", 'say = "It heals."\n'),
        (
            "profiles/rulebook/a.toml",
            '[[rule]]\nnumber = 53\nclass = "HI"\nsays = "s"\nwhy = "It heals."\nanswer = "enforced"\n'
            'does = "d"\nwhere = ["profiles.rules.check"]\ntests = ["tests/test_no_claims.py"]\n',
        ),
    ],
)
def test_a_claim_is_found_wherever_it_stands(tmp_path, name, content):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    assert len([claim for text in texts(tmp_path) for claim in claims(text)]) == 1
