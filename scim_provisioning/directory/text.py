"""How text is compared and searched: the same in Python, in indexes and in filters.

Folding happens in Python, not in the database, whose case rules depend on how it was built.
"""

import unicodedata


def fold(text: str) -> str:
    """Return what two texts share when they differ only in letter case or Unicode form.

    RFC 7643 section 2.2 (caseExact false); composed and decomposed forms are equal.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def fold_json(value: object) -> object:
    """Return a JSON value with every text in it folded; the keys stay."""
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, list):
        return [fold_json(item) for item in value]
    if isinstance(value, dict):
        return {key: fold_json(item) for key, item in value.items()}
    return value


def fold_for_search(text: str) -> str:
    """Return folded text without accents, as the portal's search compares it."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", fold(text))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
