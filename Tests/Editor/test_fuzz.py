"""A slice of the fuzzing of the language server; fuzz.py does more."""
import fuzz
import pytest
from conftest import BINARY


@pytest.mark.parametrize("seed", range(1, 13))
def test_broken_documents(seed):
    fuzz.run(BINARY, seed, steps=10)


def test_a_document_that_is_typed():
    fuzz.cut(BINARY, stride=7, offset=3)
