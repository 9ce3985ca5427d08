"""Whether a comment sounds extremely dissatisfied; plain Python."""

import re
import unicodedata

PROPOSED = "proposed"
CONFIRMED = "confirmed"
REFUSED = "refused"
STATES = [
    (PROPOSED, "Proposed as a Complaint"),
    (CONFIRMED, "Complaint"),
    (REFUSED, "No Complaint"),
]

# scripts written without spaces: there a word is found wherever it stands
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def folded(text):
    """Two spellings of one word meet: case, width and blanks apart."""
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def found(words, comment):
    """The ``words`` that stand in ``comment``, in their order, each once.

    A trailing ``*`` stands for any ending: ``disgust*`` finds "disgusting".
    """
    text = folded(comment)
    hits = []
    for word in words:
        stem = folded(word)
        if not stem.strip("* ") or word in hits:
            continue
        if _UNSPACED.search(stem):
            hit = stem.rstrip("*") in text
        else:
            ending = "" if stem.endswith("*") else r"(?!\w)"
            hit = re.search(rf"(?<!\w){re.escape(stem.rstrip('*'))}{ending}", text)
        if hit:
            hits.append(word)
    return hits
