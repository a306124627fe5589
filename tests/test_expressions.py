"""Random expressions: every answer is right at other sizes and by other means, everything else is a DeriveError."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tests.expressions import SHAPES, questions
from tests.long_run import outcome

FINE = ("answered", "answered, not compared", "refused")

FOUND = [
    ("gradient", "norm2(relu(vec(C)))", "C"),
    ("gradient", "sum(kron(kron(r, x / q), matpow(W, -2)))", "q"),
    ("gradient", "tr(ones(2, 2).T / softplus(softmax(E[1, 2]))) + zeros(2, 3)[1, 2]", "E"),
    ("gradient", "(sqrt(exp(A)) @ softmax(s + ones(n, 3))**n)[1, 2]", "s"),
    ("gradient", "(norm1(matpow(W, -1) @ A.T @ ones(m, k)) / s)**n", "A"),
    ("jacobian", "exp(ones(m, 1) + b)**(-1) / softplus(sqrt(b**2 + 1))", "b"),
    ("hessian", "tr(kron(W / (W / (S**2 + 1)), inv(4 * eye(n))))", "W"),
    ("gradient", "-b.T @ ones(m, 2) @ (v @ ones(1, m) @ (ones(m, 1) * b))", "v"),
    ("hessian", "sum(kron(relu(B), B / exp(-1)))", "B"),
    ("hessian", "logdet(P @ W)", "P"),
    ("hessian", "tr(D * D.T)", "D"),
    ("jacobian", "relu(D)", "D"),
]
"""Questions at which something was wrong once."""


def assert_fine(question, shapes):
    with np.errstate(all="ignore"):
        word, said = outcome(*question, shapes)
    assert word in FINE, f"{word}: {said}"
    return word


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_a_random_question_is_answered_rightly_or_refused(question):
    assert_fine(question, SHAPES)


@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_a_random_question_without_declared_shapes(question):
    assert_fine(question, {})


@pytest.mark.parametrize("question", FOUND, ids=lambda question: question[1])
def test_a_question_of_which_the_answer_was_wrong_once(question):
    assert assert_fine(question, SHAPES) != "refused"
