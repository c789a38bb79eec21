"""The glossary: the words of the field in a sentence or two, with their formula and the paper where they stand."""

from html import escape
from pathlib import Path
from typing import NamedTuple

import streamlit as st

MOST_LETTERS = 320  # of an entry: what is longer is no gloss


class Entry(NamedTuple):
    """What a word means: plain sentences, its formula if it has one, and where it comes from."""

    words: str
    formula: str = ""
    source: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return " ".join(
            filter(None, [self.words, self.formula and f"{self.formula}.", self.source and f"({self.source})"])
        )


# Sources as docs/theory.md names them; "ours" is in none of the papers.
GLOSSARY: dict[str, Entry] = {
    "alpha": Entry(
        "How much of the blackboard stays when a concept writes back. At 1 everything adds up, at 0 the blackboard "
        "is overwritten.",
        "q ← α q + β a_k",
        "QTB25",
    ),
    "attention": Entry(
        "All candidates write back at once, each as far as it is probable, and none is singled out.",
        "q ← α q + β Σ π_k a_k",
        "TB23, QTB25",
    ),
    "beta": Entry(
        "How strongly a concept writes back. At 0 there is no feedback: what is read later does not know of it.",
        "q ← α q + β a_k",
        "QTB25",
    ),
    "blackboard": Entry(
        "The layer to which all others write and from which all read, also called representation layer. It keeps "
        "nothing by itself; its activation γ is the state the brain is in.",
        "γ = sig(q)",
        "TB20, TB23",
    ),
    "clamp": Entry(
        "To tell the brain a word instead of letting it read one: the word is written back as if it had been read.",
        source="TB23, as teacher",
    ),
    "concept index": Entry(
        "The layer with one index for each individual, class, attribute, predicate and moment, also called index "
        "layer. The weights between it and the blackboard are the embeddings of the concepts.",
        "A = (a_1, ..., a_K)",
        "TB20, TB23",
    ),
    "cue": Entry(
        "What a recall is given: a moment, or some words of a statement. The brain says the rest.",
        "P(rest | cue)",
    ),
    "embedding": Entry(
        "The numbers that stand for a concept. They are the weights by which its index reads the blackboard, and "
        "what it writes back to it.",
        "a_k",
        "TB23, TB24",
    ),
    "embodiment": Entry(
        "From a concept back to the senses: what they would deliver if it were there, from its embedding alone. So "
        "the brain sees before its inner eye what it remembers.",
        "ν_k = g⁺(sig(a_k))",
        "TB24",
    ),
    "entropy": Entry(
        "How unsure a window is, in nats: 0 where one candidate has all the probability, ln K where K of them have "
        "equal shares.",
        "H = -Σ π_k ln π_k",
    ),
    "episodic memory": Entry(
        "What happened at one moment: recall that starts from the embedding of this moment.",
        "P(s, p, o | t), from q = a_t",
        "TB20, TB23",
    ),
    "evolve": Entry(
        "The blackboard passes through working memory, is mixed there with what was read before, and comes back "
        "ready for the next window. The papers have several forms.",
        "h ← relu(B (relu(V q) + h)), q ← W h + w_0",
        "TB23, code",
    ),
    "index": Entry(
        "One unit of the concept index: the symbol of a concept. Its embedding is the same concept in the language "
        "of the blackboard.",
        "k and a_k",
        "TB23, TB24",
    ),
    "instant": Entry(
        "A moment that is remembered, with an index of its own: an episode of the graph, or a picture that was "
        "lived through here.",
        "a_t",
        "TB23",
    ),
    "knowledge graph": Entry(
        "What is known, as statements: things are its nodes, predicates its arrows. Facts say what is so in "
        "general, episodes what happened at one moment.",
        "(s, p, o) and (s, p, o, t)",
    ),
    "lesion": Entry(
        "The index is cut out: it is never read again, and the others share its probability. It can still be told.",
        "π_k = 0",
        "ours",
    ),
    "mu": Entry(
        "How far the senses are open: 1 in perception, 0 in memory.",
        "q ← q + µ g(ν)",
        "TB23, QTB25",
    ),
    "mute": Entry(
        "The index is read as before but writes nothing back: what is read later does not know of it.",
        "q ← α q",
        "ours",
    ),
    "read": Entry(
        "Every candidate compares its embedding with the blackboard, a softmax makes probabilities of the scores, "
        "and one of them is taken. Also called to measure.",
        "n_k = a_0k + a_k · (γ − c), π = softmax(n / T)",
        "TB23, QTB25",
    ),
    "recency": Entry(
        "How far recent moments are preferred while the brain looks for the one that a cue reminds it of: λ above 0 "
        "for recent, below 0 for remote ones.",
        "P(t | cue) ∝ P(t) P(cue | t) exp(λ recency(t))",
        "QTB25",
    ),
    "semantic memory": Entry(
        "What is so in general: recall that starts from ā, which stands for all of time.",
        "P(s, p, o), from q = ā",
        "TB20, TB23",
    ),
    "sense": Entry(
        "What the senses deliver is encoded and added to the blackboard.",
        "q ← q + Σ µ_m g_m(ν_m)",
        "TB23, QTB25",
    ),
    "sensory buffer": Entry(
        "The layer that holds what the senses deliver, such as a region of a picture, and encodes it for the "
        "blackboard. In memory it is closed.",
        "ν, g(ν)",
        "TB20",
    ),
    "softmax": Entry(
        "Makes probabilities of scores: they sum to 1, and a score that is higher by 1 is 2.7 times as probable.",
        "π_k = exp(n_k) / Σ exp(n_j)",
    ),
    "softmax group": Entry(
        "The candidates among which a window chooses, such as all predicates or all colours. Probabilities sum to 1 "
        "within a group and say nothing across groups.",
        source="TB23, code",
    ),
    "statement": Entry(
        "A subject, a predicate and an object, read one after the other, each in the light of those before it.",
        "P(s, p, o) = P(s) P(p | s) P(o | s, p)",
        "TB23, there in the order s, o, p",
    ),
    "temperature": Entry(
        "Divides the scores before the softmax: above 1 the index is less sure of what it reads, under 1 surer. The "
        "order of the candidates in a window stays.",
        "π = softmax(n / T)",
        "TB23, QTB25",
    ),
    "window": Entry(
        "One turn of a run, in which one word is read: the moment (T), the subject (S), the predicate (P) or the "
        "object (O).",
        source="TB23",
    ),
    "working memory": Entry(
        "The layer that carries what was read from one window to the next, also called dynamic context layer. "
        "Without it an object would not know its subject.",
        "h; V, B, W",
        "TB20, TB23",
    ),
    "write back": Entry(
        "The index that was read adds its embedding to the blackboard, so that whatever follows knows of it. Also "
        "called feedback.",
        "q ← α q + β a_k",
        "TB23, QTB25",
    ),
    "ā": Entry(
        "The state from which semantic memory starts, for no moment and all of them: learned as such, the mean of "
        "all moments, or each moment in turn, mixed.",
        "ā = Σ P(t) a_t",
        "TB23, TM17, code",
    ),
}

STYLE = f"<style>{(Path(__file__).parent / 'components' / 'glossary.css').read_text(encoding='utf-8')}</style>"


def plain() -> dict[str, str]:
    """Every word with what it means, as plain text, for the words on the stage."""
    return {name: entry.text for name, entry in GLOSSARY.items()}


@st.fragment
def show_words() -> None:
    """The whole glossary behind one button, with a search."""
    popover = st.popover("Words", icon=":material/menu_book:", key="words", on_change="rerun")
    if not popover.open:
        return
    with popover:
        wanted = st.text_input(
            "Find a word", key="find-word", placeholder="Find a word", label_visibility="collapsed", live=True
        )
        found = matching(wanted)
        rows = "".join(f"<dt>{escape(name)}</dt><dd>{_entry(GLOSSARY[name])}</dd>" for name in found)
        listed = f"<dl>{rows}</dl>" if rows else "<p>No word of the glossary has that in it.</p>"
        st.html(
            f'{STYLE}<div class="glossary" role="region" aria-label="Glossary" tabindex="0">{listed}</div>'
            '<p class="sources">TB20, TB23, TB24, QTB25 and TM17 are the papers, as the documentation names them; code '
            "is what their authors released; ours is in none of them.</p>"
        )


def matching(wanted: str) -> list[str]:
    """The words that have something in them, those first that have it in their name.

    >>> matching("Feedback")
    ['beta', 'write back']
    """
    needle = wanted.strip().casefold()
    named = [name for name in GLOSSARY if needle in name.casefold()]
    return named + [name for name in GLOSSARY if name not in named and needle in GLOSSARY[name].text.casefold()]


def _entry(entry: Entry) -> str:
    formula = f'<span class="formula">{escape(entry.formula)}</span>' if entry.formula else ""
    source = f"<small>{escape(entry.source)}</small>" if entry.source else ""
    return f"{escape(entry.words)} {formula} {source}"
