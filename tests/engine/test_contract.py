"""``einsum`` by products of matrices against ``numpy.einsum``."""

import numpy as np
import pytest

from luojia._src.engine import contract

EQUATIONS = """ij,jk->ik ij,jk ij,kj->ik ji,jk->ki nij,nkj->nik bhqd,bhkd->bhqk bhqk,bhkd->bqhd bqhd,bkhd->bhqk ij,j->i
i,ij->j ij,ij-> ij,ij->i ij,ij->ij i,j->ij ijk,jk->i ijk,kj->i ij,kn->ik ijk,k-> ii,ij->j ij,ii->i ...ij,jk->...ik
...ij,...jk->...ik ...ij,jk ij...,jk->...ik i,i-> ,ij->ij ij,-> ij,jk,kn->in ij,jk,ki-> ik,jk,nk->ijn bi,bj,bk->bijk
ni,oij,nj->no xj,jk->xk ij,ji-> abc,cd,de->abe ...a,a->... bqhd,bkhd->qk iij,jk->ik""".split()
SIZES = dict(zip("abcdehijknoqx", (3, 20, 5, 30, 2, 4, 30, 20, 25, 5, 4, 30, 1)))
TOLERANCE = {"e": 1e-2, "f": 1e-4, "d": 1e-10, "F": 1e-4, "D": 1e-10, "i": 0, "?": 0}


def operands(equation, dtype, order="C"):
    rng = np.random.default_rng(0)
    for term in equation.partition("->")[0].split(","):
        dots = (2, 3) if "..." in term else ()
        size = [SIZES[c] for c in term.replace("...", "")]
        shape = (*dots, *size) if term.startswith("...") else (*size, *dots)
        x = rng.normal(size=shape) + 1j * rng.normal(size=shape)
        yield np.array((x if np.dtype(dtype).kind == "c" else 3 * x.real).astype(dtype), order=order)


@pytest.mark.parametrize("dtype", list(TOLERANCE))
def test_equations(dtype):
    for equation in EQUATIONS:
        for order in "CF":
            arrays = list(operands(equation, dtype, order))
            wide = [x.astype("d") for x in arrays] if dtype == "e" else arrays
            want, got = np.einsum(equation, *wide), contract.einsum(equation, *arrays)
            assert got.dtype == np.dtype(dtype) and got.shape == want.shape, equation
            scale = max(np.abs(want).max(), 1) if dtype != "?" else 1
            np.testing.assert_allclose(got, want, rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=equation)


def test_matrices_are_multiplied():
    """Products of a size that pays go to BLAS, and what is no product of matrices to NumPy's loop."""
    def by_matmul(equation):
        steps = contract._steps(equation, tuple([x.shape for x in operands(equation, "f")]))
        return steps is not None and any(pair is not None for _, _, pair in steps)

    assert [by_matmul(e) for e in ("bhqd,bhkd->bhqk", "ij,jk->ik", "ij,jk,kn->in")] == [True] * 3
    assert [by_matmul(e) for e in ("ij,ij->i", "i,j->ij", "ii,ij->j", "i,i->")] == [False] * 4


def test_lengths_of_one_and_none():
    x, y = np.ones((1, 40), "f"), np.ones((40, 50), "f")
    assert contract.einsum("ij,jk->ik", x, y).tolist() == [[40.0] * 50]
    assert contract.einsum("ij,jk->ik", x[:, :1], y).tolist() == [[40.0] * 50]  # a length of 1 stands for any
    assert contract.einsum("ij,jk->ik", x[:, :0], y[:0]).tolist() == [[0.0] * 50]
    assert contract.einsum("ij,jk->ik", x, y.astype("d")).dtype == np.float64
    with pytest.raises(ValueError, match="does not match|could not be broadcast"):
        contract.einsum("ij,jk->ik", y, y)


def test_terms():
    assert contract.terms("...ij,j...", (3, 2)) == (["aij", "ja"], "ai")
    assert contract.terms("ba,b", (2, 1)) == (["ba", "b"], "a")
    for equation, ndims in (("ij,jk", (2,)), ("ij", (3,)), ("...ijk", (2,)), ("ij->k", (2,)), ("i.j", (2,))):
        assert contract.terms(equation, ndims) is None
