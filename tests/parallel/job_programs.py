"""Programs for jobs of two ranks: ``job_programs.py name``; test_jobs.py runs them."""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

import luojia as lj
from luojia import Tensor, autograd, communication, gluon, nd, nn, ops
from luojia.communication import comm_func
from luojia.train import CheckpointConfig, Model, ModelCheckpoint

STEPS = 6
X = np.random.RandomState(0).randn(STEPS, 64, 5).astype(np.float32)
Y = np.random.RandomState(1).randint(0, 3, (STEPS, 64)).astype(np.int32)


def reduce(count=1):
    return ops.AllReduce()(Tensor(np.ones(count, np.float32)))


def killed(rank):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so that the other has time to say what it lost
    reduce()
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        while True:
            reduce()
    except RuntimeError:
        reduce()  # is of no use


def raises(rank):
    reduce()
    if rank == 1:
        raise ValueError("rank 1 has had enough")
    while True:
        reduce()


def leaves_early(rank):
    reduce()
    if rank == 0:
        sys.exit(0)
    reduce()


def is_slow(rank):
    reduce()
    if rank == 1:
        time.sleep(600)
    reduce()


def does_something_else(rank):
    reduce()
    (ops.AllReduce() if rank else ops.AllGather())(Tensor(np.ones(2, np.float32)))


def three_ranks(rank):
    """Groups that overlap, and a ring in which all send at once."""
    communication.create_group("ends", [0, 2])
    communication.create_group("first", [1, 0])
    mine = Tensor(np.array([rank + 1.0], np.float32))
    if rank != 1:
        assert ops.AllReduce(group="ends")(mine).tolist() == [4]
        assert ops.AllGather(group="ends")(mine).tolist() == [1, 3]
        assert communication.get_rank("ends") == rank // 2
    if rank != 2:
        assert ops.AllGather(group="first")(mine).tolist() == [2, 1]
        assert ops.Broadcast(1, "first")((mine,))[0].tolist() == [2]
        assert lj.jit(lambda x: ops.AllReduce(group="first")(x) * 2)(mine).tolist() == [6]
    total = ops.AllReduce()(mine)
    total[0] = 7  # results can be written
    assert total.tolist() == [7]
    sent, got = comm_func.batch_isend_irecv([comm_func.P2POp("isend", mine, (rank + 1) % 3),
                                             comm_func.P2POp("irecv", mine, (rank + 2) % 3)])
    assert sent.tolist() == 0 and got.tolist() == [(rank + 2) % 3 + 1]
    print("all is well")


def part(rank):
    return slice(32 * rank, 32 * rank + 32) if communication.get_group_size() == 2 else slice(0, 64)


def mindspore_training(rank, folder, stop=""):
    """Trains through Model; continues from a checkpoint; ``stop`` has rank 1 die after 3 steps."""
    lj.set_context(mode=lj.GRAPH_MODE)
    if communication.get_group_size() == 2:
        lj.set_auto_parallel_context(parallel_mode="data_parallel", gradients_mean=True)
    lj.set_seed(3)
    net = nn.SequentialCell(nn.Dense(5, 8, activation="tanh"), nn.Dense(8, 3))
    optimizer = nn.Momentum(net.trainable_params(), 0.1, 0.9)
    done = 0
    found = sorted(Path(folder).glob("net-*.ckpt"), key=os.path.getmtime)
    model = Model(net, nn.SoftmaxCrossEntropyWithLogits(True, "mean"), optimizer)
    if found:
        saved = lj.load_checkpoint(str(found[-1]))
        done = int(saved["step_num"])
        missing, _ = lj.load_param_into_net(model.train_network, saved)
        assert not missing and done == 3
    rows = part(rank)
    batches = [(Tensor(x[rows]), Tensor(y[rows])) for x, y in zip(X[done:], Y[done:])]
    saving = ModelCheckpoint("net", folder, CheckpointConfig(3, append_info=["step_num"]))

    class Dies(lj.Callback):
        def on_train_step_end(self, run_context):
            if stop and run_context.original_args().cur_step_num == 3 and rank == 1:
                os.kill(os.getpid(), signal.SIGKILL)

    model.train(1, batches, [saving, Dies()] if not found else None)
    np.savez(Path(folder) / f"end-{rank}.npz", **{p.name: p.asnumpy() for p in net.get_parameters()})


def gluon_training(rank, folder, stop=""):
    """Trains with a Trainer; rank 0 saves after 3 steps; ``stop`` has rank 1 die then."""
    folder = Path(folder)
    kv = lj.kv.create("dist_sync")
    lj.random.seed(3)
    net = gluon.nn.HybridSequential()
    net.add(gluon.nn.Dense(8, activation="tanh", in_units=5), gluon.nn.Dense(3, in_units=8))
    net.initialize(lj.init.Xavier())
    net.hybridize()
    trainer = gluon.Trainer(net.collect_params(), "adam", {"learning_rate": 0.01}, kv)
    loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
    done = 0
    if (folder / "states").exists():
        net.load_parameters(str(folder / "net.params"))
        trainer.load_states(str(folder / "states"))
        done = 3
    rows = part(rank)
    for i in range(done, STEPS):
        with autograd.record():
            loss = loss_fn(net(nd.array(X[i, rows])), nd.array(Y[i, rows]))
        loss.backward()
        trainer.step(64)
        if i == 2 and kv.num_workers == 2:
            if kv.rank == 0:
                net.save_parameters(str(folder / "net.params"))
                trainer.save_states(str(folder / "states"))
            kv._barrier()
            if stop and rank == 1:
                os.kill(os.getpid(), signal.SIGKILL)
    np.savez(folder / f"end-{rank}.npz", **{k: p.data().asnumpy() for k, p in
                                            net._collect_params_with_prefix().items()})


if __name__ == "__main__":
    communication.init()
    globals()[sys.argv[1]](communication.get_rank(), *sys.argv[2:])
