"""The originals' import paths that no file of luojia has: where their names are, and which of them are refused.

A line says ``path path = source source ! name name : advice``. ``a.{b,c}`` stands for two paths. A source is a module
below luojia, or ``module:attribute``; ``.`` is luojia, and ``~operator`` Python's. The first that has a name gives it.
The names behind ``!`` can be imported, and raise a NotSupportedError with the advice where they are used. A path may
have several lines, and a line that ends in a backslash goes on.
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
onnx.mx2onnx onnx.onnx_export contrib.onnx.mx2onnx contrib.onnx.mx2onnx.export_model = onnx
contrib.amp.lists.symbol_fp16 = contrib.amp_lists:FP16
contrib.amp.lists.symbol_bf16 = contrib.amp_lists:BF16
contrib.amp.loss_scaler = contrib.amp
contrib.text._constants = contrib.text.embedding contrib.text.vocab
gluon.contrib.data._constants = gluon.contrib.data.text
gluon.contrib.estimator.utils = gluon.contrib.estimator.estimator
kvstore.kvstore_server = ! KVStoreServer : processes update together, without servers; use kvstore.create("dist_sync")
notebook notebook.callback = ! PandasLogger LiveBokehChart LiveTimeSeries LiveLearningCurve args_wrapper : \
draw what the callbacks of mx.callback are given
rtc = ! CudaModule CudaKernel : kernels are made by the XLA engine; write the operator with mx.operator or \
autograd.Function
symbol_doc ndarray_doc = symbol.documents
api tvmop = ! : operators are run by luojia's engines
"""

MINDSPORE = """
ops.auto_generate ops.auto_generate.{gen_ops_def,gen_ops_prim,pyboost_inner_prim,cpp_create_prim_instance_helper} = \
ops ops._grad_ops ops.generated ops.scalars mint mint.nn.functional
ops.auto_generate.gen_extend_func ops.tensor_method = mint mint.nn.functional mint.linalg ops
ops.operations.{_scalar,_sequence}_ops = ops.scalars ops
ops.operations.{_quant,_ocr,_infer,_csr,_map_tensor,_rl_inner,_thor,_embedding_cache,reshard}_ops = \
ops
ops.operations.{_custom_grad,_sparse_grad_ops,_ms_kernel,_pyfunc_registry} = ops._grad_ops ops
ops.operations.manually_defined._inner = ops
ops.operations._ms_kernel = ! op_info_register custom_info_register AkgRegOp AkgGpuRegOp \
AkgAscendRegOp AkgCpuRegOp AiCPURegOp CpuRegOp CustomRegOp TBERegOp RegOp DataType ms_kernel : there are no kernels to \
register; write a Module with a bprop, or a Primitive with get_bprop
ops.{_grad_experimental,_grad_experimental.grad_base} = ops.registries ops
ops._grad_experimental.grad_{array,comm,debug,inner,math,nn,quant,sparse}_ops = ops.registries ops._grad_ops ops
ops._grad_experimental.{grad_sparse,grad_implementations,taylor_rule} = ops.registries ops._grad_ops ops
ops.{_vmap,_vmap.vmap_base} = ops.registries ops
ops._vmap.vmap_{array,debug,grad_math,grad_nn,image,math,nn,other,random,sparse,convolution}_ops = ops.registries ops
ops._register_for_op = ops.registries
ops.{_utils,_utils.utils,_utils.arg_handler,_utils.arg_dtype_cast} = ops.shapes ops
ops._constants = ops
ops.composite.env_ops ops.composite.multitype_ops.{_compile_utils,_constexpr_utils} = ops.composite
ops.composite.multitype_ops.{add,sub,mul,div,floordiv,mod,pow,uadd,negative,invert,ones_like,zeros_like}_impl = \
ops.composite
ops.composite.multitype_ops.{bitwise_and,bitwise_or,bitwise_xor,left_shift,right_shift,in,not_in}_impl = ops.composite
ops.composite.multitype_ops.{equal,not_equal,less,less_equal,greater,greater_equal,getitem,setitem}_impl = ops.composite
ops.composite.multitype_ops.logical_{and,or,not}_impl = ops.composite
ops.function.{comm_func,_add_attr_func,reshard_func} = ops.communication ops
common.{_register_for_tensor,_register_for_recompute} = ops.registries
common._stub_tensor common._tensor_cpp_method common._tensor_docs = common.tensor common
common._utils common._jit_fallback_utils = ops.shapes
common.dump = ! set_dump : call register_forward_hook of the networks whose outputs you want
common.dynamic_shape common.dynamic_shape.{_auto_dynamic,auto_dynamic_shape,enable_dynamic} = common
common.{jit_begin_end,jit_context,jit_trace,_pijit_context,_monad} = common.api
common.file_system = ! FileSystem set_mindio_server_info mindio_preload : files are read at once; leave the call out
common.mindir_util = ! load_mindir save_mindir : there are no MindIR files here; use export and load
common.storage = ! UntypedStorage : an array's bytes are those of asnumpy()
nn.optim.{adasum,tft_wrapper} = nn
nn.utils.init = nn
nn.probability.bnn_layers \
nn.probability.bnn_layers.{bnn_cell_wrapper,conv_variational,dense_variational,layer_distribution} = \
! ConvReparam DenseReparam DenseLocalReparam NormalPrior NormalPosterior WithBNNLossCell : draw the weights of layers \
from distributions of nn.probability
nn.probability.distribution._utils nn.probability.distribution._utils.{utils,custom_ops} = \
nn.probability.distribution.base
numpy.{utils,utils_const} = numpy.convert numpy
scipy.{utils,utils_const} = scipy.linalg
scipy.{ops,ops_grad,ops_wrapper} = scipy.linalg ops
scipy.optimize.{_bfgs,_lagrange,_lbfgs,gradient_optimization_algorithm} = scipy.optimize
train._utils = train.serialization train
train.callback.{_dataset_graph,_cluster_monitor} = train.callback
train.callback.{_landscape,_flops_collector,_on_request_exit,_train_fault_tolerance} = ! SummaryLandscape Landscape \
FlopsUtilizationCollector OnRequestExit TrainFaultTolerance : write a Callback of your own; BackupAndRestore and \
ModelCheckpoint let a training go on
train.summary.{_lineage_adapter,_summary_adapter,_writer_pool,enums,writer} = train.summary
train.train_thor train.train_thor.{convert_utils,dataset_helper,model_thor} = train.dataset_helper ! ConvertNetUtils \
ConvertModelUtils ModelThor : there is no second-order optimizer; train with Model and nn.Adam or nn.Lamb
train.{anf_ir,checkpoint,lineage,mind_ir,node_strategy,print,profiling_parallel,summary}_pb2 = _src.formats
dataset.callback.{ds_callback,validators} = dataset.callback
dataset.{core.validator_helpers,core.datatypes,core.py_util_helpers} = dataset.borrowed_checks dataset
dataset.{engine,text,vision,audio,transforms}.validators = dataset.borrowed_checks dataset.checks
dataset.dataloader._utils dataset.dataloader._utils.{collate,fetch,worker,bit_generator,pin_memory,signal_handling} = \
dataset.dataloader
dataset.debug.{debug_hook,pre_defined_hook} = dataset.debug
dataset.engine.{queue,cache_admin,offload} = dataset
dataset.engine.serializer_deserializer = dataset
dataset.engine.obs dataset.engine.obs.{config_loader,obs_mindrecord_dataset} = ! MindRecordFromOBS \
sync_wait_for_dataset OBSMindDataset : copy the files to this machine, and read them with MindDataset
dataset.transforms.py_transforms_util dataset.vision.py_transforms_util = dataset.vision dataset.transforms
dataset.utils.{browse_dataset,line_reader} = dataset.utils
mindrecord.common.{constant,enums} mindrecord.config mindrecord.core mindrecord.tools = mindrecord
mindrecord.core.{shardheader,shardindexgenerator,shardreader,shardsegment,shardutils,shardwriter} = mindrecord \
! ShardHeader ShardIndexGenerator ShardReader ShardSegment ShardWriter : use FileWriter, FileReader and MindPage
mindrecord.tools.{cifar10,cifar100,cifar10_to_mr,cifar100_to_mr,csv_to_mr,imagenet_to_mr,mnist_to_mr,tfrecord_to_mr} = \
mindrecord
parallel.{_ps_context,_cost_model_context,_tensor,_cell_wrapper,_dp_allreduce_fusion,_parallel_serialization} = \
parallel context
parallel.{algo_parameter_config,checkpoint_convert,checkpoint_transform,transform_safetensors} = \
parallel train.serialization
parallel.cluster parallel.cluster.{run,process_entity} = ! main ClusterRun : start processes with luojia launch
parallel.distributed parallel.distributed.{distributed_data_parallel,flatten_grad_buffer} = \
! DistributedDataParallel Bucket FlattenGradBuffer : use nn.DistributedGradReducer, or luojia.parallel.Mesh
parallel.function parallel.function.reshard_func = ! reshard : models are not cut over devices; use the Tensor as it is
parallel.nn.{parallel_cell_wrapper,parallel_grad_reducer} = parallel.nn
parallel.strategy = ! get_strategy_metadata get_current_strategy_metadata enable_save_strategy_online \
clear_strategy_metadata : models are not cut over devices; strategy files are read by parallel.build_searched_strategy
profiler.{profiler,experimental_config,envprofiler,profiler_interface,profiler_action_controller} = \
profiler
profiler.{dynamic_profiler,platform,common,common.constant,common.util,platform.cpu_profiler,dynamic_profile} = profiler
rewrite \
rewrite.{api,api.symbol_tree,api.node,api.node_type,api.scoped_value,api.pattern_engine,symbol_tree,node,parsers} = \
! SymbolTree Node NodeType ScopedValue ValueType PatternEngine PatternNode VarNode Replacement TreeNodeHelper \
AstHelper : change networks in Python, by their attributes
boost.{adasum,base,boost,boost_cell_wrapper,dim_reduce,grad_freeze,group_loss_scale_manager} = boost
boost.{grad_accumulation,less_batch_normalization} = boost
experimental.map_parameter = experimental
graph graph.{custom_backend,custom_pass,_check_supported} = ! register_custom_pass register_custom_backend : networks \
run as they are written, or compiled by XLA
hal.{_base,_cpu,_ascend,_gpu,contiguous_tensors_handle} = hal
runtime.{device,device_limit,stream_limit,thread_bind_core} = runtime .
safeguard safeguard.rewrite_obfuscation = ! obfuscate_ckpt load_obf_params_into_net : luojia reads and writes files in \
the clear
tools tools.{data_dump,sdc_detect} = ! stress_detect sdc_detect_start sdc_detect_stop \
get_sdc_detect_result set_dump : it watches Ascend devices
utils.{sdc_detect,dryrun} = ! stress_detect sdc_detect_start \
sdc_detect_stop get_sdc_detect_result set_simulation mock runtime_execution_order_check comm_exec_order_check : it \
watches Ascend devices
utils.utils = utils
multiprocessing = ~multiprocessing
multiprocessing.{queue,reductions} = ~multiprocessing ~multiprocessing.reduction
_check_jit_forbidden_api = common.api
_extends _extends.{parse,utils,builtin_operations,remote,pijit,optimize,graph_kernel} \
_extends.parse.{parser,namespace} = \
ops.composite
_extends.parse.{standard_method,trope,resources,compile_config} = ops.composite ~operator
_c_expression _c_expression.typing = common.dtype .
_profiler = profiler
_c_dataengine _c_mindrecord = ! : the machine room of data is Python
"""

TABLE = MXNET + MINDSPORE
