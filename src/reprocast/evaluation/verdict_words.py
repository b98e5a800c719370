"""How the verdict writes names, numbers, shares and probabilities."""

from math import floor, log10

from reprocast.evaluation.outcome import Outcome

CELLS = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
FAR = 100_000
"""More origins than this are not counted out."""


def shown(name: str) -> str:
    """A model's name as it is read."""
    return CELLS.get(name, name)


def subject(name: str) -> str:
    """A model's name within a sentence: `the GRU`, `deep_gru`."""
    return f"the {CELLS[name]}" if name in CELLS else name


def baseline(name: str, said: Outcome) -> str:
    """A baseline's name within a sentence."""
    return "the naive forecast" if name == said.naive else shown(name)


def opened(sentence: str) -> str:
    """With a capital where it opens with our own word; a name of params.yaml stays as it is."""
    return sentence[0].upper() + sentence[1:] if sentence.startswith(("the ", "both ")) else sentence


def level(alpha: float) -> str:
    """`95 %`"""
    return f"{100 * (1 - alpha):g} %"


def p_text(p_value: float) -> str:
    """A p-value as it is read: two digits from 0.1, three below, and `p < 0.001` at the end."""
    if p_value < 0.001:
        return "p < 0.001"
    return f"p = {p_value:.2f}" if p_value >= 0.0995 else f"p = {p_value:.3f}"


def change(skill: float) -> str:
    """`5.3 % lower`, of an error with this skill."""
    return "the same" if round(100 * abs(skill), 1) == 0 else f"{_share(skill)} {_side(skill)}"


def interval(skill: float, low: float, high: float) -> str:
    """`3.1 to 7.0 %` on the skill's own side of zero, or `1.3 % higher to 3.4 % lower` across it."""
    if low * skill > 0 and high * skill > 0:
        near, far = sorted((abs(low), abs(high)))
        return f"{100 * near:.1f} to {_share(far)}"
    return f"{_share(low)} {_side(low)} to {_share(high)} {_side(high)}"


def _share(skill: float) -> str:
    return f"{100 * abs(skill):,.1f} %"


def _side(skill: float) -> str:
    return "lower" if skill >= 0 else "higher"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(n: float, noun: str) -> str:
    """`1 origin`, `3,200 origins`, `414 series`."""
    return f"{n:,.0f} {noun}{'' if n == 1 or noun.endswith('series') else 's'}"


def more_needed(tested: int, needed: int | None, unit: str) -> str:
    """`about 3,200 more origins would be needed to tell`, to two digits; empty where there are enough."""
    more = FAR + 1 if needed is None else needed - tested
    if more <= 0:
        return ""
    if more > FAR:
        return f"more than {counted(FAR, f'more {unit}')} would be needed to tell"
    step = 10 ** max(0, floor(log10(more)) - 1)
    return f"about {counted(round(more / step) * step, f'more {unit}')} would be needed to tell"
