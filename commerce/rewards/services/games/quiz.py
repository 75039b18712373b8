"""Five questions about what the shop sells. The answers stay with the shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from commerce.rewards.services.games.forms import Game, Implausible, Result, State, Verdict, whole_numbers

ASKED, RIGHT = 5, 100
SECONDS_EACH = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its answers; the first one is right. Pages get them in another order each time."""

    text: str
    answers: Sequence[str]


QUESTIONS: Sequence[Question] = (
    Question("Which plant dyes adire blue?", ("Indigo", "Kola", "Bitter leaf", "Hibiscus")),
    Question("What is a gele?", ("A head tie", "A shoe", "A drum", "A walking stick")),
    Question("How is aso-oke made?", ("Woven in strips", "Printed by machine", "Knitted", "Felted from wool")),
    Question("Which city is best known for adire?", ("Abeokuta", "Kano", "Maiduguri", "Jos")),
    Question("What is an agbada?", ("A wide robe", "A pair of trousers", "A belt", "A hair comb")),
    Question("What is a fila?", ("A cap", "A scarf", "A sandal", "A ring")),
    Question("What keeps the pattern of ankara apart?", ("Wax", "Salt", "Starch alone", "Thread alone")),
    Question("Where are coral beads worn at weddings of old?", ("Benin", "Sokoto", "Gombe", "Yola")),
    Question("What is an iro?", ("A wrapper", "A blouse", "A cap", "A necklace")),
    Question("What is a buba?", ("A blouse", "A bag", "A bracelet", "A wrapper")),
    Question("What is adire eleko painted with?", ("Cassava paste", "Palm oil", "Shea butter", "Egg white")),
    Question("What is an isiagu known for?", ("Lion heads", "Palm trees", "Stars", "Fish")),
)


def deal_quiz(draw: Random) -> State:
    """Draw questions, and an order of the answers of each."""
    numbers = draw.sample(range(len(QUESTIONS)), ASKED)
    orders = [draw.sample(range(len(QUESTIONS[number].answers)), len(QUESTIONS[number].answers)) for number in numbers]
    return {"questions": numbers, "orders": orders}


def show_quiz(state: State) -> State:
    """Show the questions with their answers, of which nothing tells the right one."""
    dealt = zip(state["questions"], state["orders"], strict=True)
    asked = [(QUESTIONS[number], order) for number, order in dealt]
    return {"questions": [{"text": each.text, "answers": [each.answers[i] for i in order]} for each, order in asked]}


def judge_quiz(state: State, result: Result, seconds: float) -> Verdict:
    """Count the right answers, and one more point for each second under a minute when all are right."""
    answers = whole_numbers(result, "answers", most=ASKED, below=4)
    if len(answers) != ASKED:
        raise Implausible(f"{len(answers)} of {ASKED} questions were answered.")
    right = [order.index(0) for order in state["orders"]]
    count = sum(given == wanted for given, wanted in zip(answers, right, strict=True))
    quick = max(60 - int(seconds), 0) if count == ASKED else 0
    return Verdict(count * RIGHT + quick, {"right": right})


QUIZ = Game(
    name="quiz",
    title="Quiz",
    text="Five questions about cloth and clothes.",
    judge=judge_quiz,
    min_seconds=ASKED * SECONDS_EACH,
    max_seconds=600,
    plays_a_day=5,
    max_score=ASKED * RIGHT + 60,
    steps=((500, 10), (300, 5), (100, 2)),
    deal=deal_quiz,
    show=show_quiz,
    resumes=True,
)
