"""mint.distributed in a world of one; between processes see tests/parallel/two_processes.py."""

import numpy as np
import pytest

import luojia
from luojia import Tensor
from luojia.mint import distributed as dist
from luojia.ops import communication


def zeros(*shape):
    return Tensor(np.zeros(shape, np.float32))


@pytest.fixture
def x():
    return Tensor([[1.0, 2.0], [3.0, 4.0]])


def test_groups():
    assert dist.is_available() and dist.get_backend() == "hccl" and dist.new_group() == "hccl_world_group"
    dist.init_process_group()
    assert dist.is_initialized() and dist.get_rank() == 0 and dist.get_world_size() == 1
    group = dist.new_group([0])
    assert dist.get_group_rank(group, 0) == dist.get_global_rank(group, 0) == 0 and dist.new_group([]) == ""
    assert dist.get_process_group_ranks(group) == [0] and dist.get_world_size(group) == 1
    dist.destroy_process_group(group)
    dist.init_process_group("nccl", init_method="env://", world_size=1, rank=0)
    assert dist.get_backend() == "nccl"
    dist.destroy_process_group()
    assert not dist.is_initialized()


def test_tensors_are_written(x):
    before = x.tolist()
    assert dist.all_reduce(x) is None and x.tolist() == before
    dist.all_reduce(x, async_op=True).wait()
    dist.reduce(x, 0, "max")
    dist.broadcast(x, src=0)
    dist.barrier()
    assert x.tolist() == before
    for write in (
        lambda out: dist.all_gather_into_tensor(out, x), lambda out: dist.all_gather_into_tensor_uneven(out, x, [2]),
        lambda out: dist.reduce_scatter_tensor(out, x), lambda out: dist.reduce_scatter_tensor_uneven(out, x, [2]),
        lambda out: dist.all_to_all_single(out, x, [2], [2]), lambda out: dist.all_to_all_single(out, x),
        lambda out: communication.gather_into_tensor(out, x), lambda out: communication.scatter_tensor(out, x),
        lambda out: dist.all_gather([out], x), lambda out: dist.gather(x, [out]), lambda out: dist.scatter(out, [x]),
        lambda out: dist.reduce_scatter(out, [x]), lambda out: dist.all_to_all([out], [x]),
    ):
        out = zeros(2, 2)
        write(out)
        assert out.tolist() == before


def test_objects():
    found = [None]
    dist.all_gather_object(found, {1: 2})
    assert found == [{1: 2}]
    dist.gather_object("a", found)
    assert found == ["a"]
    dist.scatter_object_list(found, ["b"])
    assert found == ["b"]
    dist.broadcast_object_list(found)
    assert found == ["b"]


@pytest.mark.parametrize("call, kind, message", [
    (lambda x: dist.init_process_group("foo"), ValueError, "Only support hccl now, please setting backend to hccl"),
    (lambda x: dist.init_process_group(world_size="a"), TypeError, "'world_size' must be <class 'int'>"),
    (lambda x: dist.init_process_group(world_size=2), ValueError, "start the processes with 'luojia launch -n'"),
    (lambda x: dist.init_process_group(init_method=3), TypeError, "'init_method' must be <class 'str'>"),
    (lambda x: dist.all_reduce(3), TypeError, "For all_reduce, the input tensor must be tensor"),
    (lambda x: dist.all_reduce(x, "foo"), TypeError, "the input op value must be one of sum, prod, min, max"),
    (lambda x: dist.all_reduce(x, group=3), TypeError, "The argument 'group' must be type of string"),
    (lambda x: dist.all_reduce(x, async_op=3), TypeError, "The argument 'async_op' must be a bool, but got"),
    (lambda x: dist.all_gather(3, x), TypeError, "Expected list or tuple, but got <class 'int'>"),
    (lambda x: dist.all_gather([], x), TypeError, "len must be equal to group rank size, but got 0"),
    (lambda x: dist.all_gather([3], x), TypeError, r"the list must hold Tensors, but got \['int'\]"),
    (lambda x: dist.all_gather([zeros(3)], x), ValueError, r"written is \(2, 2\) float32, but the Tensor for it"),
    (lambda x: dist.broadcast(x, "a"), TypeError, "For broadcast, the src must be int"),
    (lambda x: dist.all_gather_into_tensor_uneven(x, x, [1]), ValueError, "by sizes that add up to them, but got"),
    (lambda x: dist.broadcast_object_list([]), TypeError, "The object_list can not be empty"),
    (lambda x: dist.scatter_object_list([], [1]), TypeError, "The scatter_object_output_list can not be empty"),
    (lambda x: dist.all_gather_object(3, 3), TypeError, "the 'object_list' must be a list, but got <class 'int'>"),
    (lambda x: dist.all_gather_object([], 3), TypeError, "must have one object for each of the 1 ranks, but got 0"),
    (lambda x: dist.new_group(3), TypeError, "ranks must be list, but got <class 'int'>"),
    (lambda x: dist.P2POp("a", x, 0), TypeError, "Expected op to be of type isend or irecv, but got a"),
    (lambda x: dist.P2POp("isend", 3, 0), TypeError, "Expected tensor to be Tensor, but got <class 'int'>"),
    (lambda x: dist.batch_isend_irecv([]), TypeError, "p2p_op_list can not be empty list"),
    (lambda x: dist.TCPStore, NotImplementedError, "the processes find each other by 'luojia launch'"),
])
def test_errors(call, kind, message, x):
    with pytest.raises(kind, match=message):
        call(x)


def test_it_is_reached_from_mint():
    assert luojia.mint.distributed is dist and communication.all_reduce is dist.all_reduce
