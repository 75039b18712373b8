"""How far words are apart as people type them."""

from __future__ import annotations


def shortened(word: str) -> list[str]:
    """Return a word, and what is left of it without each one of its letters."""
    return [word, *dict.fromkeys(word[:at] + word[at + 1 :] for at in range(len(word)))]


def distance(one: str, other: str) -> int:
    """Return how many letters to add, leave out, replace or swap with their neighbour make one word the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, target in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != target))
            if row > 1 and column > 1 and letter == other[column - 2] and target == one[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]
