"""The checks that programs for MindSpore borrow, with its messages."""

import pytest

import luojia as lj
from luojia import _checkparam as v


def test_what_passes_is_returned():
    assert v.check_positive_int(3) == 3 and v.check_int(3, 1, v.Rel.GE, "k", "P") == 3
    assert v.check_int_range(3, 0, 3, v.INC_BOTH, "k", "P") == 3 and v.check_float(1.5, 1.0, v.GT) == 1.5
    assert v.check_value_type("k", 3, [int, str]) == 3 and v.check_string("b", ["b"]) == "b"
    assert v.Validator.check_bool(True) is True and v.check("a", 1, "b", [1], v.IN) == 1
    assert v.check_positive_int_sequence((1, 2)) == (1, 2) and v.check_str_by_regular("a_1.ckpt")
    assert v.check_isinstance("k", 1, int) == 1 and v.check_is_int(2) == 2 \
        and v.check_number("k", 3, 2, v.GT, None) == 3


def test_what_operators_of_ones_own_borrow():
    assert v.check_is_number(3, (int, float)) == 3 and v.check_const_input("k", 3, "P") == 3
    assert v.check_type_name("k", lj.int32, [lj.int32], "P") is lj.int32
    assert v.check_tensor_dtype_valid("k", lj.int32, [lj.int32], "P") is None
    assert v.check_subclass("k", lj.int32, lj.common.dtype.number, "P") is None
    assert v.check_types_same_and_valid({"a": lj.int32, "b": lj.int32}, [lj.int32], "P") is None
    assert v.check_element_type_of_dict("k", {"a": 2}, [str], [int], "P") is None
    assert v.args_type_check(int, b=(str, int))(lambda a, b=3: (a, b))(None, "s") == (None, "s")


@pytest.mark.parametrize("call, error, message", [
    (lambda: v.check_is_number("a", int, "k", "P"), TypeError, "For 'P', the type of 'k' must be 'int', but got 'str'"),
    (lambda: v.check_is_number(float("inf"), float, "k"), ValueError, "The 'k' must be a legal float, but got 'inf'"),
    (lambda: v.check_const_input("k", None, "P"), ValueError, "the 'k' must be a const value, but got None"),
    (lambda: v.check_type_name("k", lj.int32, [lj.float32, lj.float16], "P"), TypeError,
     r"the 'k' should be one of \['Float32', 'Float16'\], but got 'mindspore.int32'."),
    (lambda: v.check_subclass("k", lj.string, lj.common.dtype.number, "P"), TypeError,
     "the element of 'k' must be Number, but got"),
    (lambda: v.check_types_same_and_valid({"a": lj.int32, "b": lj.float32}, [lj.int32, lj.float32], "P"), TypeError,
     "the type of 'b' must be same as 'a', but got 'a' with type Int32 and 'b' with type Float32"),
    (lambda: v.check_element_type_of_iterable("k", [1, "b"], [int], "P"), TypeError, "the type of 'k' should be int"),
    (lambda: v.args_type_check(a=int)(lambda a: a)("x"), TypeError,
     "The type of 'a' must be '<class 'int'>', but got <class 'str'>"),
    (lambda: v.check_positive_int(-1, "k", "P"), ValueError,
     "For 'P', the 'k' must be int and must > 0, but got '-1' with type 'int'."),
    (lambda: v.check_positive_int("a", "k", "P"), TypeError, "For 'P', the 'k' must be int, but got 'str'"),
    (lambda: v.check_bool(3, "k", "P"), TypeError, "For 'P', the 'k' must be a bool, but got int."),
    (lambda: v.check_int_range(5, 0, 3, v.INC_BOTH, "k", "P"), ValueError,
     r"For 'P', the 'k' must be in range of \[0, 3\], but got 5 with type 'int'."),
    (lambda: v.check_float_range(5.0, 0.0, 3.0, v.INC_LEFT, "k", "P"), ValueError,
     r"must be in range of \[0.0, 3.0\), but got 5.0 with type 'float'."),
    (lambda: v.check_string("a", ["b"], "k", "P"), ValueError,
     r"For 'P', the 'k' must be str and must be in '\['b'\]', but got 'a'."),
    (lambda: v.check_value_type("k", 3, [str], "P"), TypeError,
     "For 'P', the type of 'k' should be 'str', but got type 'int'."),
    (lambda: v.check_value_type("k", True, [int, str]), TypeError,
     r"should be one of '\['int', 'str'\]', but got type"),
    (lambda: v.check_non_negative_float(-1.0, "k", "P"), ValueError, "must be float and must >= 0, but got '-1.0'"),
    (lambda: v.check_equal_int(1, 2, "k", "P"), ValueError, "must be int and must = 2, but got '1'"),
    (lambda: v.check("a", 1, "b", 2, v.EQ, "P"), ValueError, "For 'P', the 'a' should be = b: 2, but got 1."),
    (lambda: v.check_number("a", 1, 2, v.GT, "P"), ValueError, "For 'P', the argument 'a' must > 2, but got 1."),
    (lambda: v.check_isinstance("k", 1, str), ValueError, "The parameter 'k' must be isinstance of <class 'str'>"),
    (lambda: v.check_is_float(1, "k"), TypeError, "The 'k' must be float, but got 'int'"),
    (lambda: v.check_str_by_regular("a?", None, prim_name="P"), ValueError, "must be match regular"),
    (lambda: v.check_positive_int_sequence((1, 0), "k", "P"), ValueError, r"the 'k\[1\]' must be int and must > 0"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
