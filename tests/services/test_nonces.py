"""One-time marks of forms."""

import pytest

from scim_provisioning.tokens import nonces
from scim_provisioning.tokens.nonces import new_nonce, spend
from tests.services.parallel import in_parallel


def test_a_mark_is_spent_once_even_by_eight_at_once() -> None:
    nonce = new_nonce(7)
    outcomes = in_parallel([lambda: spend(nonce, 7)] * 8)
    assert sorted(map(bool, outcomes)) == [False] * 7 + [True]


def test_a_mark_belongs_to_one_administrator() -> None:
    nonce = new_nonce(7)
    assert not spend(nonce, 8)
    assert spend(nonce, 7)


def test_an_old_mark_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    nonce = new_nonce(7)
    monkeypatch.setattr(nonces, "LIVES_SECONDS", -1)
    assert not spend(nonce, 7)
