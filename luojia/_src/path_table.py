"""The originals' import paths that no file of luojia has: where their names are, and which of them are refused.

A line says ``path path = source source ! name name : advice``. ``a.{b,c}`` stands for two paths. A source is a module
below luojia, or ``module:attribute``; the first that has a name gives it. The names behind ``!`` can be imported, and
raise a NotSupportedError with the advice where they are used. A path may have several lines.
"""

MXNET = """
ndarray.{gen_op,gen__internal} = ndarray.op
ndarray.gen_contrib = ndarray.contrib
ndarray.gen_image = ndarray.image
ndarray.gen_linalg = ndarray.linalg
ndarray.gen_random = ndarray.op:random_* ndarray.op:_random_*
ndarray.gen_sparse = ndarray.sparse ndarray.op
ndarray.numpy ndarray.numpy.{_op,_internal} = np
ndarray.numpy._internal = np.linalg np.random npx
ndarray.numpy.linalg = np.linalg
ndarray.numpy.random = np.random
ndarray.numpy_extension ndarray.numpy_extension._op = npx
ndarray.numpy_extension.image = ndarray.image
ndarray.numpy_extension.random = npx:_random
symbol.{gen_op,gen__internal} = symbol.op
symbol.gen_contrib = symbol.contrib
symbol.gen_image = symbol.image
symbol.gen_linalg = symbol.linalg
symbol.gen_random = symbol.op:random_* symbol.op:_random_*
symbol.{gen_sparse,sparse} = symbol.op symbol
symbol.numpy symbol.numpy.{_op,_internal,_symbol} = np.graph:numpys np.symbols
symbol.numpy._internal = np.linalg np.graph:numpys.random np.graph:extension
symbol.numpy.linalg = np.linalg
symbol.numpy.random = np.graph:numpys.random
symbol.numpy_extension symbol.numpy_extension._op = np.graph:extension
symbol.numpy_extension.image = symbol.image
symbol.numpy_extension.random = np.graph:extension.random
np._op = np
np.fallback_linalg = np.linalg np.fallback
npx._op = npx
npx.image = ndarray.image image
npx.random = npx:_random
npx.utils = npx
numpy_dispatch_protocol = np.protocol
numpy_op_fallback = ! register EmptyLike Resize Unravel_index MultivariateNormal : write an operator with mx.operator
contrib.onnx.onnx2mx contrib.onnx.onnx2mx.{import_model,import_to_gluon} = contrib.onnx
onnx.mx2onnx contrib.onnx.mx2onnx contrib.onnx.mx2onnx.export_model = onnx
contrib.amp.lists.symbol_fp16 = contrib.amp_lists:FP16
contrib.amp.lists.symbol_bf16 = contrib.amp_lists:BF16
contrib.amp.loss_scaler = contrib.amp
contrib.text._constants = contrib.text.embedding contrib.text.vocab
gluon.contrib.data._constants = gluon.contrib.data.text
gluon.contrib.estimator.utils = gluon.contrib.estimator.estimator
kvstore.kvstore_server = ! KVStoreServer : devices update together, without servers
module.executor_group = ! DataParallelExecutorGroup : use mod.Module, which holds the executors of several devices
notebook notebook.callback = ! PandasLogger LiveBokehChart LiveTimeSeries LiveLearningCurve args_wrapper : \
draw what the callbacks of mx.callback are given
rtc = ! CudaModule CudaKernel : kernels are made by the XLA engine; write the operator with mx.operator or \
autograd.Function
symbol_doc ndarray_doc = symbol.documents
api tvmop = ! : operators are run by luojia's engines
"""

MINDSPORE = """
"""

TABLE = (MXNET + MINDSPORE).replace("\\\n", "")
