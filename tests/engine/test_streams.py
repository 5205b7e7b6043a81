"""Streams and events, which change nothing."""

import pytest

import luojia
from luojia import Tensor, hal, runtime
from luojia._src.errors import ArgumentError


@pytest.mark.parametrize("module", [hal, runtime, luojia])
def test_a_program_with_streams_runs(module):
    start, end = module.Event(enable_timing=True), module.Event(enable_timing=True)
    one, two = module.Stream(), module.Stream(priority=-1)
    a, c = Tensor([[1.0, 1.0], [1.0, 1.0]]), Tensor([[1.0, 1.0], [1.0, 1.0]])
    with module.StreamCtx(one):
        d = luojia.ops.matmul(a, a)
        start.record()
        assert module.current_stream() == one
    c += 2
    end.record(one)
    with module.StreamCtx(two):
        start.synchronize()
        end.wait(two)
        e = c + d
    module.synchronize()
    assert e.tolist() == [[5.0, 5.0], [5.0, 5.0]] and start.elapsed_time(end) >= 0 and start.query()
    event = one.record_event()
    two.wait_event(event)
    two.wait_stream(one)
    one.synchronize()
    module.set_cur_stream(two)
    assert one.query() and module.communication_stream() == module.default_stream() and hash(one) == hash(two)


def test_how_they_print():
    kind = luojia.get_current_device().device_target
    assert repr(runtime.Stream()) == f"Stream(device_name={kind}, device_id:0, stream id:0)"
    event = runtime.Event(True)
    assert repr(event) == "Event(enable_timing=1, blocking:0, is_created:0, event:0)"
    event.record()
    assert repr(event) == "Event(enable_timing=1, blocking:0, is_created:1, event:0)"
    assert runtime.Stream().stream_id == 0 and runtime.Stream().device_id == 0


@pytest.mark.parametrize("call, kind, message", [
    (lambda: runtime.Stream(3.5), TypeError, "the type of 'priority' must be 'int', but got 'float'"),
    (lambda: runtime.Event(3), TypeError, "For 'Event', the 'enable_timing' must be a bool, but got int"),
    (lambda: runtime.StreamCtx(3), TypeError, "'ctx_stream' should be Stream, but got <class 'int'>"),
    (lambda: runtime.set_cur_stream(3), TypeError, "For 'set_cur_stream', the argument 'stream' should be Stream"),
    (lambda: runtime.Stream().wait_event(3), TypeError, "For 'wait_event', the argument 'event' should be Event"),
    (lambda: runtime.Stream() == 3, TypeError, "For '__eq__', the argument 'other' should be Stream"),
    (lambda: runtime.Event().elapsed_time(runtime.Event()), ArgumentError, "elapsed_time is of events with timing"),
    (lambda: runtime.Event(True).elapsed_time(runtime.Event(True)), RuntimeError, "has not been recorded yet"),
])
def test_errors(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
