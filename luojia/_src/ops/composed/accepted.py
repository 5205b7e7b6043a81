"""The dtypes that MindSpore's functions accept, beyond which they raise a TypeError, and numbers of axes, a ValueError;
see core/accepted.py.

What MindSpore lacks on a CPU alone, and what it refuses without a reason (the exponential of Int32), is not in here.
"""

from __future__ import annotations

from ...core.accepted import read
from .accepted_m_to_z import FUNCTIONS as _M_TO_Z

FUNCTIONS = _M_TO_Z | read("""
adaptive_avg_pool1d           input: f16 f32 axes=3
adaptive_avg_pool2d           input: f16 f32 f64
adaptive_avg_pool3d           input: signed f16 f32 f64 u8 axes>=4
adaptive_max_pool1d           input: f16 f32
adaptive_max_pool3d           input: integer f16 f32 f64
addbmm                        batch1 batch2: any axes>=2 =
addcdiv                       input! tensor1! tensor2!: f16 f32 f64 i64 =
addcmul                       input! tensor1! tensor2!: float index i8 u8 =
addmm                         mat1 mat2: any axes=2 =
addmv                         input: f16 f32 f64 i16 index; mat vec: any =
addr                          x: f16 f32 f64 i16 index; vec1 vec2: any =
affine_grid                   theta: f16 f32
aminmax                       input: real b
argsort                       input: signed f16 f32 f64 u8 b
avg_pool1d                    input_x: f16 f32 f64 axes>=2
avg_pool2d                    input_x: f16 f32 f64 axes=4
avg_pool3d                    input_x: f16 f32 f64 axes=5
baddbmm                       input batch1 batch2: any =
bartlett_window, blackman_window     window_length!: index
batch_dot                     x1 x2: f32 f64
batch_norm                    input_x: f16 f32; running_mean running_var weight bias: any =
batch_to_space_nd             input_x: real
bernoulli                     input: signed f32 f64 u8 b; p: f32 f64
bessel_i0, bessel_i0e, bessel_i1, bessel_j0, bessel_j1, bessel_y0, bessel_y1   x: f16 f32 f64
bessel_k0, bessel_k0e, bessel_k1, bessel_k1e   x: f16 f32 f64
bessel_i1e                    x: real
bias_add                      input_x bias: any =
bidense                       input1 weight: any =
binary_cross_entropy          logits labels weight: f16 f32 bf16 =
binary_cross_entropy_with_logits     input target weight pos_weight: float
bitwise_and, bitwise_or, bitwise_xor   input other: integer b
bitwise_left_shift, bitwise_right_shift   input other: integer =
bmm                           input_x mat2: any =
bounding_box_decode           anchor_box deltas: f16 f32 =
bounding_box_encode           anchor_box groundtruth_box: f16 f32 =
bucketize                     input: real
cdist                         x1 x2: f16 f32 f64 =
ceil                          input: float
celu                          x: f16 f32 f64
channel_shuffle               x: integer f16 f32 f64
check_valid                   bboxes img_metas: f16 f32 i16 u8
choice_with_mask              input_x: b
cholesky_solve                input input2: f32 f64 =
conj                          input: number
conv1d, conv2d, conv3d        input weight: any =
copysign                      x!: real; other: real b
cosine_embedding_loss         input1 input2: any =
count_nonzero                 x: number
cov                           input: number; fweights: integer; aweights: float
crop_and_resize               image: signed f16 f32 f64 u8 u16; boxes: f32; box_indices: i32
cross_entropy                 input: f16 f32 f64
ctc_greedy_decoder            inputs: f32 f64; sequence_length: i32
ctc_loss                      log_probs: f32 f64; targets input_lengths target_lengths: index
cumsum                        x: number
deformable_conv2d             x weight offsets: any =
deg2rad                       x: f16 f32 f64
dense                         input weight bias: any =
diag_embed                    input: real
diagonal_scatter              input src: real
digamma                       input: f16 f32 f64
dot                           input other: f16 f32
dropout                       input: float
dropout1d, dropout2d, dropout3d   input: float signed
eig, eigvals                  A: complex f32 f64
embedding                     weight: any axes=2
eps                           x: f16 f32 f64
erfinv                        input: float
fast_gelu                     x: f16 f32 bf16
fold, col2im                  output_size: index
gather                        input_indices: integer
gather_d                      index: index
gather_elements               index: index
gcd                           input! other!: integer b
gelu                          input: float
geqrf                         input: complex f16 f32 f64 axes>=2
ger                           input vec2: f16 f32 f64 axes=1 =
grid_sample                   input grid: any =
group_norm                    input: float
gumbel_softmax                logits: f16 f32
hardshrink                    input: f16 f32 bf16
hardsigmoid                   input: float signed
heaviside                     input! values!: any =
hinge_embedding_loss          inputs targets: float
histc                         input: f16 f32 i32
igamma, igammac               input! other!: f32 f64 =
index_add                     x: f16 f32 f64 i8 i16 i32 u8; indices: i32
index_fill                    index: i32
index_select                  index: any axes=1
inplace_add, inplace_sub, inplace_update   x v: any =
inplace_index_add             indices: i32
intopk                        x1: f16 f32; x2: index
inverse                       input: complex f32 f64
invert                        x: integer
iou                           anchor_boxes gt_boxes: any =
isclose                       input! other!: any =
kl_div                        logits labels: f16 f32 f64 =
lcm                           input other: integer b
lgamma                        input: f16 f32 f64 i32
logaddexp, logaddexp2         input! other!: float
lerp                          input! end!: any =
logcumsumexp                  input: f16 f32 f64
lrn                           x: f16 f32 axes=4
lstsq                         input A: f16 f32 f64 =
lp_pool2d                     x: real b axes=4
lu_solve                      b LU_data: f16 f32 f64 =; LU_pivots: i32
lu_unpack                     LU_data: signed f16 f32 f64 u8; LU_pivots: signed u8
""")
