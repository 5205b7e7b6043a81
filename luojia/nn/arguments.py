"""What the constructors of layers, losses and metrics take, as MindSpore 2.8 checks it; see _src/core/arguments.py.

The table holds what the constructors do not say themselves.
"""

from __future__ import annotations

from .._src.core.arguments import read

ROWS = read("""
    AvgPool1d,MaxPool1d  kernel_size stride: int >0; pad_mode: str
    AvgPool2d  kernel_size stride: int tuple; divisor_override: int None >0; pad_mode: str
    AvgPool1d,AvgPool2d  count_include_pad: bool
    AvgPool3d  kernel_size stride: int tuple; divisor_override: int None >0; pad_mode: str; count_include_pad: bool
    MaxPool2d,MaxPool3d  kernel_size stride: int tuple; pad_mode: str
    MaxPool3d  dilation: int tuple; ceil_mode: bool
    AdaptiveAvgPool1d,AdaptiveMaxPool1d  output_size: int >0
    AdaptiveAvgPool2d,AdaptiveAvgPool3d  output_size: int tuple
    BatchNorm1d,BatchNorm2d,BatchNorm3d,LayerNorm,BiDense,Dense,GRUCell,LSTMCell,RNNCell  dtype: dtype
    InstanceNorm1d,InstanceNorm2d,InstanceNorm3d  eps: float (0,1]; momentum: float [0,1]; dtype: dtype
    GroupNorm  eps: float; dtype: dtype
    RNNCell  nonlinearity: str in relu,tanh
    Conv1d,Conv1dTranspose  kernel_size stride dilation: int >0; padding: int >=0; pad_mode: str; dtype: dtype
    Conv2d,Conv2dTranspose,Conv3d,Conv3dTranspose  padding: int tuple; pad_mode: str; dtype: dtype
    Conv2dTranspose,Conv3dTranspose  output_padding: int tuple
    Conv3d,Conv3dTranspose  kernel_size stride dilation: int tuple
    Conv2dBnAct,DenseBnAct  activation: str Cell function None; after_fake: bool
    ConstantPad1d,ConstantPad2d,ConstantPad3d,ZeroPad2d  padding: bool int tuple
    ReplicationPad1d,ReplicationPad2d,ReplicationPad3d  padding: bool int tuple
    ReflectionPad1d,ReflectionPad2d,ReflectionPad3d  padding: bool int tuple
    Dropout1d,Dropout2d,Dropout3d  p: float
    Embedding  padding_idx: int None
    EmbeddingLookup  sparse: bool; max_norm: float None; dtype: dtype
    EmbeddingLookup  slice_mode: str ! in batch_slice,field_slice,table_row_slice,table_column_slice
    LRN  depth_radius: int >=0; bias alpha beta: float; norm_region: str in ACROSS_CHANNELS
    PReLU  w: float list Tensor
    RReLU  lower upper: int float
    Threshold  threshold value: int float
    ReduceLogSumExp  axis: int tuple list
    TimeDistributed  reshape_with_axis: int None
    Unflatten  unflattened_size: tuple list
    Unfold  ksizes strides rates: tuple list
    MaxUnpool1d,MaxUnpool2d,MaxUnpool3d  kernel_size padding: int tuple; stride: int tuple None
    SparseTensorDenseMatmul  adjoint_st adjoint_dt: bool
    SSIM,MSSSIM  max_val: int float >0 finite; filter_sigma: float finite; k1 k2: float
    PSNR  max_val: int float >0 finite

    Adam,LazyAdam,AdamOffload,AdamWeightDecay,AdaMax,Lamb  beta1 beta2: float; eps: float >0 finite
    Adam  use_locking use_lazy use_offload: bool
    LazyAdam,AdamOffload,FTRL,ProximalAdagrad,RMSProp  use_locking: bool
    Adagrad  update_slots: bool; accum: float finite
    AdaFactor  beta1: float None; clip_threshold: float finite; decay_rate: float (0,1); compression: bool
    AdaFactor  scale_parameter relative_step warmup_init: bool; eps: tuple list
    Adadelta  rho: float [0,1]; epsilon: float finite
    ASGD  lambd alpha t0: float
    FTRL  initial_accum l1 l2: float finite; lr_power: float <=0
    Momentum  momentum: float
    ProximalAdagrad  accum l1 l2: float finite
    RMSProp  decay momentum: float finite; epsilon: float >0 finite
    Rprop  etas step_sizes: tuple
    SGD  momentum dampening: int float

    CosineEmbeddingLoss  margin: float
    CrossEntropyLoss  weight: Tensor None; label_smoothing: float
    NLLLoss  weight: Tensor None
    FocalLoss  gamma: float
    MultiClassDiceLoss  ignore_indiex: int None
    MultiMarginLoss  margin: float; p: int [1,2]
    TripletMarginWithDistanceLoss  margin: float finite; swap: bool
    DiceLoss  smooth: float finite

    Accuracy,Precision,Recall  eval_type: str ~ in classification,multilabel
    ConfusionMatrix  num_classes: int >=0; threshold: float
    ConfusionMatrixMetric  decrease: str
    CosineSimilarity  similarity: str in cosine,dot; reduction: str in none,sum,mean; zero_diagonal: bool
    Dice  smooth: float finite
    HausdorffDistance  distance_metric: str; percentile: float None; directed crop: bool None
    ROC  class_num pos_label: int None
""")
