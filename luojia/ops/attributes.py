"""The attributes that MindSpore's operator classes accept at construction: a row a class; guards.py reads it.

The words are those of core/arguments.py, and besides: ``each``, the elements of a tuple must be int and in the range
(``each?``: or None); ``floats``, they must be float; ``n=2,4``, how many there may be; ``dtype=i32,i64``, one of these
dtypes. With ``each``, ``!`` makes wrong elements, not a wrong type, a ValueError.
"""

TEXT = """
Adam, AdamNoUpdateParam, FusedSparseAdam, FusedSparseLazyAdam  use_locking use_nesterov: bool
AdaptiveAvgPool2D  output_size: int tuple >=0 each? n=2 !
AdaptiveAvgPool3D  output_size: int tuple >=0 each?
AdaptiveMaxPool2D  output_size: int tuple list
AffineGrid, ResizeArea  align_corners: bool
ApplyAdagrad  update_slots: bool
ApplyAdagradDA, ApplyAdamWithAmsgradV2, ApplyCenteredRMSProp, ApplyFtrl, ApplyProximalAdagrad, ApplyRMSProp,
    FusedSparseProximalAdagrad, ScatterAdd, ScatterDiv, ScatterMax, ScatterMin, ScatterMul, ScatterNdAdd,
    ScatterNdDiv, ScatterNdMax, ScatterNdMin, ScatterNdMul, ScatterNdSub, ScatterNdUpdate, ScatterSub,
    ScatterUpdate, SparseApplyProximalAdagrad  use_locking: bool
ApplyAdagradV2  epsilon: float; update_slots: bool
ApplyMomentum  use_nesterov use_locking: bool; gradient_scale: float
ApproximateEqual  tolerance: float
Argmax, Argmin  output_type: None dtype str
Assert  summarize: int
AvgPool, MaxPool  kernel_size strides: int tuple >0 each n=2,4 !; pad_mode: str in VALID,SAME,valid,same;
    data_format: str in NCHW,NHWC,NCDHW !
AvgPool3D  kernel_size strides: int tuple >0 each n=3,5 !; pad_mode: str in VALID,SAME,PAD,valid,same,pad; pad: int
    tuple list n=6; ceil_mode count_include_pad: bool; divisor_override: int >=0; data_format: str in NCDHW !
BCEWithLogitsLoss, BinaryCrossEntropy, NLLLoss  reduction: str None in none,mean,sum
BartlettWindow, BlackmanWindow  periodic: bool; dtype: dtype=f16,f32,f64
BatchNorm  data_format: str None in NCHW,NHWC
BiasAdd  data_format: str None in NCHW,NHWC,NCDHW
BatchToSpace  block_size: int >=2; crops: tuple list
Bernoulli  seed: int
BoundingBoxDecode  max_shape: None tuple n=2; means stds: tuple floats n=4; wh_ratio_clip: float
BoundingBoxEncode  means stds: tuple floats n=4
CTCGreedyDecoder  merge_repeated: bool
CTCLoss  preprocess_collapse_repeated ctc_merge_repeated ignore_longer_outputs_than_inputs: bool
CTCLossV2  blank: int; reduction: str in none; zero_infinity: bool
Cauchy  size: list; median sigma: float
ChannelShuffle  group: int >0 !
CholeskySolve  upper: bool
Col2Im  kernel_size dilation stride: int tuple list >0 each n=2 !; padding: int tuple list >=0 each n=2 !
CombinedNonMaxSuppression  pad_per_class clip_boxes: bool
ComputeAccidentalHits  num_true: int >=1
ConfusionMatrix  num_classes: int; dtype: str
Conv2D  out_channel group: int >0; kernel_size: int tuple >0 each n=2,4 !; mode: int [1,1]; pad_mode: str in
    valid,same,pad; pad: int tuple n=4; stride dilation: int tuple >0 each n=2,4 !; data_format: str in NCHW,NHWC !
Conv2DTranspose  out_channel group: int >0; kernel_size: int tuple >0 each n=2,4 !; pad_mode: str in valid,same,pad;
    pad: int tuple n=4; mode: int [1,1]; stride dilation: int tuple >0 each n=2,4 !; data_format: str in NCHW,NHWC !
Conv3D  out_channel: int >0; kernel_size: int tuple >0 each n=3 !; stride dilation: int tuple >0 each n=3,5 !; mode:
    int [1,1]; group: int >0; pad_mode: str in valid,same,pad; pad: int tuple n=6; data_format: str in NCDHW !
Conv3DTranspose  in_channel out_channel: int >0; kernel_size: int tuple >0 each n=3 !; stride dilation: int tuple >0
    each n=3,5 !; mode: int [1,1]; group: int >0; pad_mode: str in valid,same,pad; pad: int tuple n=6; data_format:
    str in NCDHW !
CountNonZero  dims: int None tuple list each
CropAndResize  method: str in bilinear,nearest,bilinear_v2; extrapolation_value: float
CumulativeLogsumexp  exclusive reverse: bool
DataFormatDimMap, DataFormatVecPermute  src_format dst_format: str in NHWC,NCHW !
DepthToSpace  block_size: int >=2
Dilation2D  stride dilation: int tuple >0 each n=2,4 !; pad_mode: str in VALID,SAME,valid,same !; data_format: str
    in NCHW,NHWC !
Dropout2D, Dropout3D  keep_prob: float [0.0,1.0]
DynamicGRUV2  direction: str in UNIDIRECTIONAL !; cell_depth: int; keep_prob cell_clip: float; num_proj: int >=0;
    time_major reset_after is_training: bool; activation: str in tanh !; gate_order: str in zrh,rzh !
DynamicRNN  cell_type: str in LSTM; direction: str in UNIDIRECTIONAL; cell_depth: int; use_peephole time_major
    is_training: bool; keep_prob: float [0.0,1.0]; cell_clip forget_bias: float; num_proj: int >=0; activation: str
    in tanh
EditDistance  normalize: bool
Einsum  equation: str
EuclideanNorm  keep_dims: bool
ExtractGlimpse  centered normalized uniform_noise: bool; noise: str in uniform,gaussian,zero !
FFTWithSize  norm: str None in forward,backward,ortho
FillDiagonal  fill_value: float; wrap: bool
FractionalAvgPool, FractionalMaxPool  pseudo_random overlapping deterministic: bool; seed seed2: int
FractionalMaxPool3DWithFixedKsize  ksize output_shape: int tuple >0 each n=3 !; data_format: str in NCDHW,NDHWC !
FractionalMaxPoolWithFixedKsize  ksize output_shape: int tuple >0 each n=2,4 !; data_format: str in NCHW !
FusedSparseFtrl, SparseApplyFtrl  lr: float >0; l1 l2: float >=0; lr_power: float <=0; use_locking: bool
Gamma, Poisson, RandomGamma, RandomShuffle, StandardLaplace, StandardNormal, UniformInt, UniformReal  seed seed2:
    int >=0
GridSampler2D, GridSampler3D  interpolation_mode: str None in bilinear,nearest,BILINEAR,NEAREST; padding_mode: str
    None in zeros,border,reflection
HammingWindow  periodic: bool; alpha beta: float; dtype: dtype=f16,f32,f64
Histogram  bins: int >0; min max: float
HistogramFixedWidth  nbins: int >=1; dtype: str in int32 !
Im2Col  ksizes strides dilations: int tuple list >0 each n=1,2; pads: int tuple list >=0 each n=1,2
InTopK  k: int
IndexAdd, InplaceIndexAdd, ScatterAddWithAxis, Stack  axis: int
IndexPut  accumulate: int [0,1]
InplaceAdd, InplaceSub  indices: int tuple each
KLDivLoss  reduction: str in none,mean,batchmean,sum !
LARSUpdate  epsilon hyperpara: float; use_clip: bool
LRN  depth_radius: int >=0; bias alpha beta: float; norm_region: str in ACROSS_CHANNELS
LSTM  input_size hidden_size num_layers: int >0; has_bias bidirectional: bool; dropout: float [0,1]; proj_size: int
ListDiff  out_idx: dtype
LogNormalReverse  mean std: float
LogSpace  steps base: int >=0; dtype: dtype=f16,f32,f64
LogUniformCandidateSampler  num_true num_sampled range_max: int >=1; unique: bool; seed: int >=0
LowerBound, UpperBound  out_type: dtype=i32,i64
LpNorm  axis: int tuple list each; p: int >=0; keep_dims: bool; epsilon: float >=0
LuUnpack  unpack_data unpack_pivots: bool
MatrixDiagPartV3, MatrixDiagV3, MatrixSetDiagV3  align: str in LEFT_RIGHT,RIGHT_LEFT,LEFT_LEFT,RIGHT_RIGHT
MatrixInverse, MatrixSolve  adjoint: bool
MatrixPower  n: int
MatrixSolveLs  fast: bool
MatrixTriangularSolve  lower adjoint: bool
MaxPool3D  kernel_size strides: int tuple >0 each n=3,5 !; pad_mode: str in VALID,SAME,PAD,valid,same,pad; pad_list:
    int tuple n=3,6; data_format: str in NCDHW !
MaxPool3DWithArgmax  ksize strides: int tuple >0 each n=3 !; pads: int tuple >=0 each n=3 !; dilation: int tuple >0
    each n=3,5 !; ceil_mode: bool; data_format: str in NCDHW; argmax_type: dtype=i32,i64
MaxPoolWithArgmaxV2  kernel_size dilation: int tuple >0 each n=2,4 !; pads: int tuple >=0 each n=2,4 !; strides: int
    None tuple >0 each n=2,4 !; ceil_mode: bool; argmax_type: dtype=i32,i64
MaxUnpool2D  ksize: int tuple >0 each n=2,4 !; strides pads: int tuple >=0 each n=2,4 !; output_shape: tuple;
    data_format: str in NCHW,NHWC !
MaxUnpool3D  ksize: int tuple >0 each n=3,5 !; strides pads: int tuple >=0 each n=3,5 !; output_shape: tuple;
    data_format: str in NCDHW,NDHWC !
Median  global_median keep_dims ignore_nan: bool; axis: int
Meshgrid  indexing: str None in xy,ij
MirrorPad  mode: str in REFLECT,SYMMETRIC !
MultiMarginLoss  p: int [1,2]; margin: float; reduction: str in none,sum,mean !
MultilabelMarginLoss  reduction: str in none,sum,mean !
Multinomial  seed seed2: int >=0; dtype: dtype=i32,i64
MultinomialWithReplacement  numsamples: int >=0; replacement: bool
Mvlgamma  p: int >0
NMSWithMask  iou_threshold: float
NoRepeatNGram  ngram_size: int >=1
NonDeterministicInts  dtype: dtype=i32,i64,u32,u64
RandomCategorical  dtype: dtype=i16,i32,i64
NthElement  reverse: bool
Ormqr  left transpose: bool
Pad  paddings: tuple
PadV3  mode: str in constant,reflect,edge,circular !; paddings_contiguous: bool
Padding  pad_dim_size: int >0
ParameterizedTruncatedNormal  seed seed2: int
Pdist  p: float >=0
Quantile  dim: int None; keep_dims ignore_nan: bool None
RNNTLoss  blank_label: int
ROIAlign  pooled_height pooled_width sample_num: int; spatial_scale: float; roi_end_mode: int [0,1]
RaggedRange  Tsplits: dtype=i32,i64
RandomChoiceWithMask  count: int >0; seed seed2: int
RandomPoisson  seed seed2: int; dtype: dtype=i32,i64,f16,f32,f64
Randperm  max_length: int >=1; pad: int; dtype: dtype
Renorm  p: int float >0; dim: int; maxnorm: float
ResizeLinear1D  coordinate_transformation_mode: str None in align_corners,half_pixel
ResizeNearestNeighbor  size: tuple list
ReverseSequence  seq_dim batch_dim: int
Roll  shifts: int tuple list each; dims: int None tuple list each
SGD  nesterov: bool
STFT  n_fft hop_length win_length: int; normalized onesided return_complex: bool
SampleDistortedBoundingBoxV2  seed seed2: int; aspect_ratio_range area_range: tuple list floats n=2;
    max_attempts: int >0; use_image_if_no_bounding_boxes: bool
ScaleAndTranslate  kernel_type: str in
    lanczos1,lanczos3,lanczos5,gaussian,box,triangle,keyscubic,mitchellcubic !; antialias: bool
SearchSorted  dtype: None dtype str
Sort  axis: int; descending: bool
SpaceToBatch  block_size: int >=2; paddings: tuple list
SpaceToBatchND  block_shape: int tuple list >=1 each; paddings: tuple list
SpaceToDepth  block_size: int >=2
SparseApplyAdagradV2  lr epsilon: float; use_locking update_slots: bool
SparseSoftmaxCrossEntropyWithLogits  is_grad: bool
SparseTensorDenseMatmul  adjoint_st adjoint_dt: bool
SplitV  size_splits: tuple list each; split_dim: int; num_split: int >0
TensorScatterElements  axis: int; reduction: str in none,add,mul,max,min
TopK  sorted: bool
Tril  diagonal: int
TrilIndices, TriuIndices  row col: int >=0; offset: int; dtype: dtype=i32,i64
TripletMarginLoss  p: int; swap: bool; eps: float; reduction: str in none,sum,mean !
TruncatedNormal  dtype: dtype=f16,f32,f64; seed seed2: int
UniformCandidateSampler  num_true num_sampled range_max: int >0; unique remove_accidental_hits: bool; seed: int >=0
Unstack  axis: int; num: int None
"""
