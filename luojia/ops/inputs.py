"""The dtypes that MindSpore's operator classes accept in calls: a row a class, its inputs in order; guards.py reads it.

The words are those of core/accepted.py. ``alike`` names inputs that must be of one dtype; ``into`` one that is written,
and others, whose dtypes must go into its; ``listed`` a list of Tensors of one dtype (``!``: else a ValueError). What
MindSpore lacks on a CPU alone is not in here, nor what it refuses without a reason.
"""

TEXT = """
MatMul, BatchMatMul  x y: any =
AccumulateNV2, AddN, Stack  listed x
ExtractGlimpse  x!: f32; size!: i32; offsets!: f32
Meshgrid  listed inputs!
Adam  var: f16 f32; m v beta1_power beta2_power lr beta1 beta2 epsilon gradient: any; into var gradient
AdamNoUpdateParam  m! v! beta1_power beta2_power lr beta1 beta2 epsilon gradient!: f32 =
AdamWeightDecay  var!: real c64; m! v! lr beta1 beta2 epsilon decay gradient!: any; into var m v gradient
AdaptiveAvgPool2D, L2Loss  input_x: f16 f32 f64
AdaptiveAvgPool3D  x!: signed f16 f32 f64 u8
AdaptiveMaxPool3D  x!: integer f16 f32 f64; output_size!: i32
Addcdiv  input! tensor1! tensor2!: f16 f32 f64 i64 =; value!: index f16 f32 f64
Addcmul  input! tensor1! tensor2!: float index i8 u8 =; value!: float index i8 u8
AdjustHue  images!: f16 f32 f64; delta!: f32
AdjustSaturation  image!: f16 f32 f64; scale!: f32
AffineGrid  theta: f16 f32
ApplyAdaMax  var: f16 f32 f64; m v: any; beta1_power lr beta1 beta2 epsilon: f16 f32 f64; grad: any; into var m v
    grad
ApplyAdadelta  var: f16 f32 f64; accum accum_update: any; lr rho epsilon: f16 f32 f64; grad: any; into var accum
    accum_update grad
ApplyAdagrad  var: complex f16 f32 f64; accum: any; lr: complex f16 f32 f64; grad: any; into var accum grad
ApplyAdagradDA  var: f16 f32; gradient_accumulator gradient_squared_accumulator grad: any; lr l1 l2: f16 f32;
    global_step: index; into var gradient_accumulator gradient_squared_accumulator grad
ApplyAdagradV2  var accum lr grad: any; into var accum grad
ApplyAdamWithAmsgradV2  var: f16 f32 f64; m v vhat beta1_power beta2_power lr beta1 beta2 epsilon grad: any; into
    var m v vhat grad
ApplyAddSign  var: f16 f32 f64; m lr alpha sign_decay beta grad: any; into var m grad
ApplyCenteredRMSProp  var! mean_gradient! mean_square! moment! gradient!: integer complex f16 f32 f64 =
ApplyFtrl  var: integer complex f16 f32 f64; accum linear grad: any; into var accum linear grad
ApplyGradientDescent  var: integer complex f16 f32 f64; alpha delta: any; into var delta
ApplyMomentum  variable: integer complex f16 f32 f64; accumulation: any; learning_rate: integer complex f16 f32 f64;
    gradient: any; momentum: integer complex f16 f32 f64; into variable accumulation gradient
ApplyPowerSign  var: f16 f32 f64; m lr logbase sign_decay beta grad: any; into var m grad
ApplyProximalAdagrad  var: f16 f32; accum lr l1 l2 grad: any; into var accum grad
ApplyProximalGradientDescent  var: f16 f32 f64; alpha l1 l2 delta: any; into var delta
ApplyRMSProp  var! mean_square! moment!: integer f16 f32 f64 c64; learning_rate: any; grad!: integer f16 f32 f64
    c64; alike var mean_square moment grad
AvgPool3D, BesselI0, BesselI0e, BesselI1, BesselJ0, BesselJ1, BesselK0, BesselK0e, BesselK1, BesselK1e, BesselY0,
    BesselY1, Digamma, L2Normalize, MaxPool3D, Mish, Rint, Softplus, Softsign  x: f16 f32 f64
BatchToSpaceND  input_x!: real
BCEWithLogitsLoss  input target weight pos_weight: f16 f32 bf16
BartlettWindow, BlackmanWindow  window_length!: index
BatchNorm  input_x!: f16 f32; scale! bias! mean! variance!: any =
BatchToSpace  x!: integer complex f16 f32 f64
Bernoulli  x!: signed f32 f64 u8 b; p: f32 f64
BesselI1e  x: real
Betainc  a b x: f32 f64 =
BiasAdd  input_x bias: any =
BinaryCrossEntropy  logits labels weight: f16 f32 bf16 =
Bincount  array! size!: i32; weights!: index f32 f64
BitwiseAnd, BitwiseOr, BitwiseXor  x y: integer b
BoundingBoxDecode  anchor_box deltas: f16 f32 =
BoundingBoxEncode  anchor_box groundtruth_box: f16 f32 =
Bucketize  input!: real
Cdist  input_x! input_y!: f16 f32 f64 =
Conj  x!: number
CTCGreedyDecoder  inputs!: f32 f64; sequence_length!: i32
CTCLoss  inputs!: f16 f32 f64; labels_indices!: i64; labels_values! sequence_length!: i32
CTCLossV2  log_probs!: f32 f64; targets! input_lengths! target_lengths!: index
ChannelShuffle, Multinomial  x!: integer f16 f32 f64
CheckNumerics, Eps, FloatStatus, HSVToRGB, LogNormalReverse, Pdist  x!: f16 f32 f64
CheckValid  bboxes img_metas: f16 f32 i16 u8
CholeskySolve  x1! x2!: f32 f64 =
Coalesce  x_indices!: i64; x_values!: f16 f32 f64; x_shape!: i64
Col2Im  x!: any; output_size!: index
CombinedNonMaxSuppression  boxes scores: f32; max_output_size_per_class! max_total_size!: i32; iou_threshold!
    score_threshold!: f32
CompareAndBitpack  x! threshold!: signed f16 f32 f64 b =
Complex  real! imag!: f32 f64 =
ComplexAbs  x: complex
ComputeAccidentalHits  true_classes! sampled_candidates!: i64
ConfusionMatrix  labels! predictions!: any =
ConjugateTranspose  x!: integer complex f16 f32 f64 b
Conv2D  x weight: any =
Conv2DTranspose  dout weight: any =
Conv3D  x weight: any =
Conv3DTranspose  x! weight!: any =
CropAndResize  x: signed f16 f32 f64 u8 u16; boxes: f32; box_indices: i32
CumSum  x: number
CumulativeLogsumexp  x!: f16 f32 f64; axis!: index i16
DataFormatDimMap  input!: index
DataFormatVecPermute, Randperm, SubAndFilter  x!: index
DiagPart  input!: complex index f16 f32 f64
Dilation2D  x! filter!: integer f16 f32 f64 =
Dropout  x!: float
Dropout2D, Dropout3D  x!: float signed
DynamicGRUV2  x! winput! whidden! bias_input bias_hidden seq_length init_h: any; alike x winput whidden
DynamicRNN  x! w! b! seq_length init_h init_c: any; alike x w
EditDistance  hypothesis_indices!: i64; hypothesis_values!: any; hypothesis_shape! truth_indices!: i64;
    truth_values!: any; truth_shape!: i64; alike hypothesis_values truth_values
Eig  x!: complex f32 f64
EmbeddingLookup  input_params: any; input_indices: index
EqualCount  x! y!: any =
EuclideanNorm  x!: number; axes!: index
Expand  x!: f16 f32 i8 i32 u8; shape: any
ExtractVolumePatches  input_x!: integer f16 f32 f64
FastGeLU, FastGelu  x!: float
Fmax, Fmin  x1! x2!: f16 f32 f64 index
Gelu  x!: float
InplaceUpdate  x! v!: f16 f32 f64 i32 =
MatrixLogarithm  x!: complex
FillDiagonal  input_x!: signed f16 f32 f64 u8
Fills  x!: f16 f32 i8 i16 i32
FractionalAvgPool  x!: index f32 f64
FractionalMaxPool  input!: index f32 f64
FractionalMaxPool3DWithFixedKsize, FractionalMaxPoolWithFixedKsize  x!: index f16 f32 f64; random_samples!: f16 f32 f64
FusedSparseAdam, FusedSparseLazyAdam  var: f16 f32; m v beta1_power beta2_power lr beta1 beta2 epsilon grad: any;
    indices!: i32; into var m v beta1_power beta2_power lr beta1 beta2 epsilon grad
FusedSparseFtrl  var: f32; accum linear grad: any; indices!: i32; into var accum linear grad
FusedSparseProximalAdagrad  var: f32; accum lr l1 l2 grad: any; indices!: integer; into var accum lr l1 l2 grad
Gamma  shape: any; alpha! beta!: f32
GeLU  x: float
Geqrf  input: complex f16 f32 f64
Ger  x y: f16 f32 f64 =
GridSampler2D, GridSampler3D  input_x grid: any =
HammingWindow  length!: integer
Heaviside  x y: integer f16 f32 f64 =
Histogram  x: f16 f32 i32
HistogramFixedWidth  x! range!: f16 f32 f64 i32
IOU  anchor_boxes gt_boxes: f16 f32 f64 =
Igamma, Igammac  a! x!: f32 f64 =
Im2Col  x!: signed complex f16 f32 f64 u8
Imag  x: integer complex f16 f32 f64 b
InTopK  x1!: f16 f32; x2!: index
IndexAdd  x: f16 f32 f64 i8 i16 i32 u8; indices: i32; y: any; into x y
IndexFill  x! dim: any; index!: i32
IndexPut  x1! x2!: number =
InplaceAdd, InplaceSub  x! v!: real =
InplaceIndexAdd  var: f16 f32 f64 i8 i16 i32 u8; indices!: i32; updates: any; into var updates
InplaceUpdateV2  x!: f16 f32 i32; indices: any; v!: f16 f32 i32; alike x v
Invert  x: integer
IsClose  x y: float signed u8 b =
IsNan  x: integer f16 f32 f64 b
KLDivLoss  logits labels: f16 f32 f64 =
LARSUpdate  weight gradient norm_weight norm_gradient: f16 f32 i16 i32 =
LRN, LpNorm  x: f16 f32
LeftShift, RightShift  x! y!: integer =
Lgamma  x: f16 f32 f64 i32
LinSpace  start stop: f32 f64 =
ListDiff  x! y!: signed f16 f32 f64 u8 u16 =
LogSpace  start! end!: f16 f32 f64 =
LogUniformCandidateSampler  true_classes!: i64
LowerBound, UpperBound  sorted_x! values!: signed f16 f32 f64 u8 u16 =
Lstsq  x! a!: f16 f32 f64 =
LuSolve  x! lu_data!: f16 f32 f64 =; lu_pivots!: i32
LuUnpack  LU_data!: signed f16 f32 f64 u8; LU_pivots!: signed u8
MatrixDiagPartV3  x!: real; k!: i32; padding_value!: real; alike x padding_value
MatrixDiagV3  x!: real; k! num_rows! num_cols!: i32; padding_value!: real; alike x padding_value
MatrixExp  input: complex f16 f32 f64
MatrixInverse  x: complex f32 f64
MatrixPower  x!: signed f32 f64 u8
MatrixSetDiagV3  x diagonal: any; k!: i32
MatrixSolve  matrix rhs: complex f16 f32 f64 =
MatrixSolveLs  matrix! rhs!: complex f32 f64 =; l2_regularizer!: f64
MatrixTriangularSolve  matrix! rhs!: complex f32 f64 =
MaxPool3DWithArgmax, MaxPoolWithArgmaxV2, SpaceToBatchND  input!: integer f16 f32 f64
MaxUnpool2D, MaxUnpool3D  x!: real; argmax!: index
Median  x: index f32 f64 i16
MirrorPad  x: any; paddings: index
MultiMarginLoss  x!: f16 f32 f64; target!: i64; weight!: f16 f32 f64; alike x weight
MultilabelMarginLoss  x!: f16 f32 f64; target!: i32
MultinomialWithReplacement  x!: f16 f32 f64; seed! offset!: i64
Mvlgamma  x: f32 f64
NMSWithMask  bboxes: f16 f32
NoRepeatNGram  seq!: i32; log_types!: f16 f32 f64
NonDeterministicInts  shape!: index u32 u64
NonMaxSuppressionV3  boxes! scores!: f16 f32; max_output_size: index; iou_threshold! score_threshold!: f16 f32;
    alike boxes scores iou_threshold score_threshold
NonMaxSuppressionWithOverlaps  overlaps! scores!: f16 f32 f64; max_output_size!: i32; overlap_threshold!
    score_threshold!: f16 f32 f64; alike overlaps scores overlap_threshold score_threshold
NthElement  input!: signed f16 f32 f64 u8 u16
OneHot  indices: index; depth: any; on_value off_value: index f16 f32 =
Orgqr  x! tau!: complex f32 f64 =
Ormqr  x! tau! other!: complex f32 f64 =
PadV3  x!: signed complex f16 f32 f64 u8 u16
ParameterizedTruncatedNormal  shape!: index; mean! stdevs! min! max!: f16 f32 f64 =
Poisson  shape: any; mean!: f32
Polar  abs! angle!: f32 f64 =
Polygamma  a: index; x: f16 f32 f64
PopulationCount  input_x!: integer
Qr  x: complex f16 f32 f64
Quantile  input!: f32 f64
RGBToHSV  images!: f16 f32 f64
RNNTLoss  acts!: any; labels! input_lengths! label_lengths!: i32
ROIAlign  features rois: f16 f32
RaggedRange  starts limits deltas: index f32 f64 =
RandomCategorical  logits: f16 f32 f64
RandomChoiceWithMask  input_x!: b
RandomGamma  shape!: index; alpha!: f16 f32 f64
RandomPoisson  shape: index; rate: index f16 f32 f64
Renorm  input_x!: complex f16 f32 f64
ResizeArea  images!: signed f16 f32 f64 u8 u16; size!: i32
ReverseSequence  x!: integer complex f16 f32 f64 b; seq_lengths!: index
SGD  parameters! gradient! learning_rate! accum! momentum! stat!: f16 f32
STFT  x! window!: complex f32 f64
SampleDistortedBoundingBoxV2  image_size!: signed u8; bounding_boxes! min_object_covered!: f32
ScaleAndTranslate  images!: signed f16 f32 f64; size!: i32; scale! translation!: f32
ScatterAdd, ScatterDiv, ScatterMax, ScatterMin, ScatterMul, ScatterUpdate  input_x: number; indices!: index;
    updates: any; into input_x updates
ScatterAddWithAxis  input_x: real b; indices!: index; v: any; into input_x v
ScatterNdAdd, ScatterNdDiv, ScatterNdMax, ScatterNdMin, ScatterNdMul, ScatterNdSub, ScatterSub  input_x: real;
    indices!: index; updates: any; into input_x updates
ScatterNdUpdate  input_x: any; indices!: index; updates: any; into input_x updates
SegmentMax, SegmentMean, SegmentMin, SegmentProd, SegmentSum  x!: integer complex f16 f32 f64; segment_ids!: index
SigmoidCrossEntropyWithLogits  logits label: integer f16 f32 f64 c64 b =
Softmax  logits: float
SoftmaxCrossEntropyWithLogits  logits labels: f16 f32 =
SpaceToBatch  x!: integer f16 f32 f64 c64
SparseApplyAdagradV2  var: f16 f32; accum grad: any; indices!: index; into var accum grad
SparseApplyFtrl  var: f16 f32; accum linear grad: any; indices!: index; into var accum linear grad
SparseApplyProximalAdagrad  var: f16 f32; accum lr l1 l2 grad: any; indices!: index; into var accum grad
SparseGatherV2  params!: any; indices!: signed
SparseSoftmaxCrossEntropyWithLogits  logits!: f16 f32; labels!: index
SparseTensorDenseAdd  indices!: index; values!: integer complex f16 f32 f64; shape!: index; x2!: integer complex f16
    f32 f64; alike indices shape; alike values x2
SparseTensorDenseMatmul  indices!: any; values!: complex index f16 f32 f64; sparse_shape: any; x2!: complex index
    f16 f32 f64; alike values x2
SparseToDense  indices!: index; values!: integer f16 f32 f64 b
SquareSumAll  x! y!: f16 f32 =
TensorScatterDiv  input_x: index f16 f32 f64 i16 u16 u32 u64; indices: index; updates: index f16 f32 f64 i16 u16 u32
    u64; alike input_x updates
TensorScatterElements  data: real b; indices: index; updates: real b; alike data updates
TensorScatterMax, TensorScatterMin, TensorScatterMul, TensorScatterSub  input_x: real; indices: index; updates:
    real; alike input_x updates
TensorScatterUpdate  input_x: any; indices: index; updates: any; alike input_x updates
TopK  input_x: real; k: int>0
TridiagonalMatMul  superdiag! maindiag! subdiag! rhs!: complex f16 f32 f64 =
TripletMarginLoss  x! positive! negative!: f32 =; margin!: f32
TruncatedNormal  shape!: index
UniformCandidateSampler  true_classes!: index
UniformInt  shape: any; minval! maxval!: i32
UnravelIndex  indices! dims!: index =
UnsortedSegmentMax, UnsortedSegmentMin, UnsortedSegmentProd  x!: any; segment_ids!: index
Zeta  x! q!: f32 f64 =
"""
