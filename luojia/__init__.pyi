"""Made by `python -m tools.stubs` from the operators' tables; do not edit."""

import typing as _t

from . import _checkparam as _checkparam
from . import amp as amp
from . import attribute as attribute
from . import autograd as autograd
from . import base as base
from . import boost as boost
from . import callback as callback
from . import common as common
from . import communication as communication
from . import compat as compat
from . import context as context
from . import contrib as contrib
from . import data as data
from . import dataset as dataset
from . import device_context as device_context
from . import device_manager as device_manager
from . import engine as engine
from . import error as error
from . import executor as executor
from . import executor_manager as executor_manager
from . import experimental as experimental
from . import gluon as gluon
from . import hal as hal
from . import hub as hub
from . import image as image
from . import init as init
from . import initializer as initializer
from . import io as io
from . import kvstore as kvstore
from . import libinfo as libinfo
from . import library as library
from . import log as log
from . import lr_scheduler as lr_scheduler
from . import metric as metric
from . import mindrecord as mindrecord
from . import mint as mint
from . import misc as misc
from . import mod as mod
from . import model as model
from . import module as module
from . import monitor as monitor
from . import name as name
from . import nd as nd
from . import ndarray as ndarray
from . import nn as nn
from . import np as np
from . import npx as npx
from . import numpy as numpy
from . import onnx as onnx
from . import operator as operator
from . import ops as ops
from . import optimizer as optimizer
from . import parallel as parallel
from . import profiler as profiler
from . import random as random
from . import recordio as recordio
from . import rnn as rnn
from . import runtime as runtime
from . import scipy as scipy
from . import sym as sym
from . import symbol as symbol
from . import test_utils as test_utils
from . import train as train
from . import util as util
from . import utils as utils
from . import version as version
from . import visualization as visualization
from . import image as _img
from . import kvstore as _kv
from . import monitor as _mon
from . import npx as _numpy_extension
from . import random as _rnd
from . import lr_scheduler as _sched
from . import visualization as _viz
from luojia.nn.metrics import Accuracy as Accuracy
from luojia._src.core.naming import AttrScope as AttrScope
from luojia.train.backup import BackupAndRestore as BackupAndRestore
from luojia.nn.metrics_special import BleuScore as BleuScore
from luojia._src.ops.composed.sparse_tensor import COOTensor as COOTensor
from luojia._src.ops.composed.sparse_tensor import CSRTensor as CSRTensor
from luojia.train.callback import Callback as Callback
from luojia.train.callback import CheckpointConfig as CheckpointConfig
from luojia.mindrecord.converters import Cifar100ToMR as Cifar100ToMR
from luojia.mindrecord.converters import Cifar10ToMR as Cifar10ToMR
from luojia.nn.metrics import ConfusionMatrix as ConfusionMatrix
from luojia.nn.metrics_confusion import ConfusionMatrixMetric as ConfusionMatrixMetric
from luojia._src.engine.devices import Context as Context
from luojia.nn.metrics import CosineSimilarity as CosineSimilarity
from luojia.mindrecord.converters import CsvToMR as CsvToMR
from luojia.train.dataset_helper import DatasetHelper as DatasetHelper
from luojia.nn.metrics import Dice as Dice
from luojia.train.loss_scale_manager import DynamicLossScaleManager as DynamicLossScaleManager
from luojia.train.watch import EarlyStopping as EarlyStopping
from luojia._src.engine.streams import Event as Event
from luojia.nn.metrics import F1 as F1
from luojia.nn.metrics import Fbeta as Fbeta
from luojia.mindrecord.reader import FileReader as FileReader
from luojia.mindrecord.writer import FileWriter as FileWriter
from luojia.train.loss_scale_manager import FixedLossScaleManager as FixedLossScaleManager
from .context import GRAPH_MODE as GRAPH_MODE
from luojia._src.core.generator import Generator as Generator
from luojia.nn.metrics import HausdorffDistance as HausdorffDistance
from luojia.train.callback import History as History
from luojia.mindrecord.converters import ImageNetToMR as ImageNetToMR
from luojia.common.api import JitConfig as JitConfig
from luojia.train.callback import LambdaCallback as LambdaCallback
from luojia.parallel.auto_parallel import Layout as Layout
from luojia.train.callback import LearningRateScheduler as LearningRateScheduler
from luojia.nn.metrics import Loss as Loss
from luojia.train.callback import LossMonitor as LossMonitor
from luojia.train.loss_scale_manager import LossScaleManager as LossScaleManager
from luojia.nn.metrics import MAE as MAE
from luojia.nn.metrics import MSE as MSE
from luojia._src.errors import MXNetError as MXNetError
from luojia.nn.metrics_special import MeanSurfaceDistance as MeanSurfaceDistance
from luojia.nn.metric import Metric as Metric
from luojia.mindrecord.reader import MindPage as MindPage
from luojia.mindrecord.converters import MnistToMR as MnistToMR
from luojia.train.model import Model as Model
from luojia.train.callback import ModelCheckpoint as ModelCheckpoint
from luojia.nn.module import Module as Module
from luojia.nn.metrics_special import OcclusionSensitivity as OcclusionSensitivity
from luojia.train.exit import OnRequestExit as OnRequestExit
from .context import PYNATIVE_MODE as PYNATIVE_MODE
from luojia.context import ParallelMode as ParallelMode
from luojia._src.core.parameter import Parameter as Parameter
from luojia._src.core.parameter import ParameterTuple as ParameterTuple
from luojia.nn.metrics import Perplexity as Perplexity
from luojia.nn.metrics import Precision as Precision
from luojia.profiler.session import Profiler as Profiler
from luojia.nn.metrics import ROC as ROC
from luojia.nn.metrics import Recall as Recall
from luojia.train.watch import ReduceLROnPlateau as ReduceLROnPlateau
from luojia.nn.metrics_special import RootMeanSquareDistance as RootMeanSquareDistance
from luojia._src.ops.composed.sparse_tensor import RowTensor as RowTensor
from luojia.train.callback import RunContext as RunContext
from luojia._src.ops.composed.sparse_tensor import SparseTensor as SparseTensor
from luojia._src.engine.streams import Stream as Stream
from luojia._src.engine.streams import StreamCtx as StreamCtx
from luojia.train.summary import SummaryCollector as SummaryCollector
from luojia.train.summary import SummaryRecord as SummaryRecord
from luojia.common.symbol import Symbol as Symbol
from luojia.mindrecord.converters import TFRecordToMR as TFRecordToMR
from luojia._src.core.tensor import Tensor as Tensor
from luojia.train.callback import TimeMonitor as TimeMonitor
from luojia.nn.metrics import Top1CategoricalAccuracy as Top1CategoricalAccuracy
from luojia.nn.metrics import Top5CategoricalAccuracy as Top5CategoricalAccuracy
from luojia.nn.metrics import TopKCategoricalAccuracy as TopKCategoricalAccuracy
from luojia.common._grad_function import _Function as _Function
from .version import __version__ as __version__
from luojia.train.conversion import async_ckpt_thread_status as async_ckpt_thread_status
from luojia.nn.metrics import auc as auc
from luojia.train.amp import auto_mixed_precision as auto_mixed_precision
from ._src.core.dtypes import bfloat16 as bfloat16
from ._src.core.dtypes import bool_ as bool_
from luojia.parallel.checkpoints import build_searched_strategy as build_searched_strategy
from luojia.train.amp import build_train_network as build_train_network
from luojia.train.conversion import ckpt_to_safetensors as ckpt_to_safetensors
from luojia._src.engine.streams import communication_stream as communication_stream
from ._src.core.dtypes import complex128 as complex128
from ._src.core.dtypes import complex64 as complex64
from luojia.train.dataset_helper import connect_network_with_dataset as connect_network_with_dataset
from luojia.ops.primitive import constexpr as constexpr
from luojia.parallel.checkpoints import transform_checkpoint_by_rank as _convert_checkpoint_by_rank
from luojia.parallel.checkpoints import transform_checkpoints as _convert_checkpoints
from luojia._src.engine.devices import cpu as cpu
from luojia._src.engine.devices import cpu_pinned as cpu_pinned
from luojia._src.engine.devices import current_context as current_context
from luojia._src.engine.streams import current_stream as current_stream
from luojia.train.data_sink import data_sink as data_sink
from luojia._src.engine.streams import default_stream as default_stream
from luojia.runtime import dispatch_threads_num as dispatch_threads_num
from luojia.common import dtype as dtype
from luojia.common.dtype import dtype_to_nptype as dtype_to_nptype
from luojia.common.dtype import dtype_to_pytype as dtype_to_pytype
from luojia._src.engine.memory import empty_cache as empty_cache
from luojia.common.api import enable_dynamic as enable_dynamic
from luojia.train.serialization import export as export
from ._src.core.dtypes import float16 as float16
from ._src.core.dtypes import float32 as float32
from ._src.core.dtypes import float64 as float64
from .common.dtype import float_ as float_
from luojia.utils.dlpack import from_dlpack as from_dlpack
from luojia.common.tensor import from_numpy as from_numpy
from luojia.common.tensor import frombuffer as frombuffer
from luojia.parallel import get_algo_parameters as get_algo_parameters
from luojia.context import get_auto_parallel_context as get_auto_parallel_context
from luojia.context import get_context as get_context
from luojia.context import get_current_device as get_current_device
from luojia.ops.functional import get_grad as get_grad
from luojia.log import get_level as get_level
from luojia.log import get_log_config as get_log_config
from luojia.nn.metrics import get_metric_fn as get_metric_fn
from luojia.context import get_ps_context as get_ps_context
from luojia.common.dtype import get_py_obj_dtype as get_py_obj_dtype
from luojia._src.core.generator import get_rng_state as get_rng_state
from luojia.common.seed import get_seed as get_seed
from luojia._src.engine.devices import gpu as gpu
from luojia.ops.functional import grad as grad
from luojia._src.core.generator import initial_seed as initial_seed
from ._src.core.dtypes import int16 as int16
from ._src.core.dtypes import int32 as int32
from ._src.core.dtypes import int64 as int64
from ._src.core.dtypes import int8 as int8
from .common.dtype import int_ as int_
from luojia.util import is_np_array as is_np_array
from luojia.util import is_np_shape as is_np_shape
from luojia.common.tensor import is_tensor as is_tensor
from luojia.common.dtype import issubclass_ as issubclass_
from luojia.ops.functional import jacfwd as jacfwd
from luojia.ops.functional import jacrev as jacrev
from luojia.common.api import jit as jit
from luojia.common.api import jit_class as jit_class
from luojia.ops.functional import jvp as jvp
from luojia.runtime import launch_blocking as launch_blocking
from luojia.common.api import lazy_inline as lazy_inline
from luojia.train.serialization import load as load
from luojia.train.serialization import load_checkpoint as load_checkpoint
from luojia.train.serialization import load_checkpoint_async as load_checkpoint_async
from luojia.parallel.unified import load_distributed_checkpoint as load_distributed_checkpoint
from luojia.train.serialization import load_param_into_net as load_param_into_net
from luojia.parallel.checkpoints import load_segmented_checkpoints as load_segmented_checkpoints
from luojia._src.core.generator import manual_seed as manual_seed
from luojia._src.engine.memory import max_memory_allocated as max_memory_allocated
from luojia._src.engine.memory import max_memory_reserved as max_memory_reserved
from luojia._src.engine.memory import memory_allocated as memory_allocated
from luojia._src.engine.memory import memory_reserved as memory_reserved
from luojia._src.engine.memory import memory_stats as memory_stats
from luojia._src.engine.memory import memory_summary as memory_summary
from luojia.parallel.checkpoints import merge_pipeline_strategys as merge_pipeline_strategys
from luojia.train.serialization import merge_sliced_parameter as merge_sliced_parameter
from luojia.common.api import jit_class as _ms_class
from luojia.common.api import ms_function as ms_function
from luojia.runtime import ms_memory_recycle as ms_memory_recycle
from luojia.common.api import mutable as mutable
from luojia.common.api import no_inline as no_inline
from luojia.util import np_array as np_array
from luojia.util import np_shape as np_shape
from luojia._src.engine.devices import num_gpus as num_gpus
from .common.dtype import number as number
from luojia.common.dtype import pytype_to_dtype as pytype_to_dtype
from luojia.parallel.checkpoints import rank_list_for_transform as _rank_list_for_convert
from luojia.parallel.checkpoints import rank_list_for_transform as rank_list_for_transform
from luojia.ops.functional import recompute as recompute
from luojia._src.core.saved import register_saved_tensors_hooks as register_saved_tensors_hooks
from luojia.parallel import reset_algo_parameters as reset_algo_parameters
from luojia.context import reset_auto_parallel_context as reset_auto_parallel_context
from luojia._src.engine.memory import reset_peak_memory_stats as _reset_max_memory_allocated
from luojia._src.engine.memory import reset_peak_memory_stats as _reset_max_memory_reserved
from luojia._src.engine.memory import reset_peak_memory_stats as reset_peak_memory_stats
from luojia.context import reset_ps_context as reset_ps_context
from luojia.parallel.checkpoints import restore_group_info_list as restore_group_info_list
from luojia.common.api import run_check as run_check
from luojia.train.conversion import safetensors_to_ckpt as safetensors_to_ckpt
from luojia.train.serialization import save_checkpoint as save_checkpoint
from luojia._src.core.saved import saved_tensors_hooks as saved_tensors_hooks
from luojia._src.core.generator import seed as seed
from luojia.parallel import set_algo_parameters as set_algo_parameters
from luojia.context import set_auto_parallel_context as set_auto_parallel_context
from luojia.context import set_context as set_context
from luojia.runtime import set_cpu_affinity as set_cpu_affinity
from luojia._src.engine.streams import set_cur_stream as set_cur_stream
from luojia.context import set_deterministic as set_deterministic
from luojia.context import set_device as set_device
from luojia.runtime import set_kernel_launch_capture as set_kernel_launch_capture
from luojia.runtime import set_kernel_launch_group as set_kernel_launch_group
from luojia.runtime import set_memory as set_memory
from luojia.util import set_np_shape as set_np_shape
from luojia.context import set_ps_context as set_ps_context
from luojia.context import set_recursion_limit as set_recursion_limit
from luojia._src.core.generator import set_rng_state as set_rng_state
from luojia.common.seed import set_seed as set_seed
from luojia.parallel.auto_parallel import shard as shard
from ._src.core.dtypes import string as string
from luojia._src.engine.memory import synchronize as synchronize
from luojia.common.tensor import tensor as tensor
from luojia._src.core.tensor import Tensor as _tensor_type
from luojia.utils.dlpack import to_dlpack as to_dlpack
from luojia.parallel.checkpoints import transform_checkpoint_by_rank as transform_checkpoint_by_rank
from luojia.parallel.checkpoints import transform_checkpoints as transform_checkpoints
from .common.dtype import type_none as type_none
from .common.dtype import uint as uint
from ._src.core.dtypes import uint16 as uint16
from ._src.core.dtypes import uint32 as uint32
from ._src.core.dtypes import uint64 as uint64
from ._src.core.dtypes import uint8 as uint8
from luojia.parallel.unified import unified_safetensors as unified_safetensors
from luojia.util import use_np as use_np
from luojia.util import use_np_array as use_np_array
from luojia.util import use_np_shape as use_np_shape
from luojia.ops.functional import value_and_grad as value_and_grad
from luojia.ops.functional import vjp as vjp
from luojia.ops.mapped import vmap as vmap
img = _img
kv = _kv
mon = _mon
numpy_extension = _numpy_extension
rnd = _rnd
sched = _sched
viz = _viz
COMPATIBLE: _t.Any
FAILED: _t.Any
LAX: _t.Any
STRICT: _t.Any
SUCCESS: _t.Any
bool: _t.Any
byte: _t.Any
cdouble: _t.Any
cfloat: _t.Any
convert_checkpoint_by_rank = _convert_checkpoint_by_rank
convert_checkpoints = _convert_checkpoints
default_generator: _t.Any
double: _t.Any
float: _t.Any
half: _t.Any
int: _t.Any
intc: _t.Any
intp: _t.Any
list_: _t.Any
long: _t.Any
ms_class = _ms_class
rank_list_for_convert = _rank_list_for_convert
reset_max_memory_allocated = _reset_max_memory_allocated
reset_max_memory_reserved = _reset_max_memory_reserved
short: _t.Any
single: _t.Any
tensor_type = _tensor_type
tuple_: _t.Any
ubyte: _t.Any
uintc: _t.Any
uintp: _t.Any
ushort: _t.Any

def __getattr__(name: str) -> _t.Any: ...
