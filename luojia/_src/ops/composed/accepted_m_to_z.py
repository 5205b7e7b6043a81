"""The dtypes that MindSpore's functions accept, from m to z; see accepted.py."""

from __future__ import annotations

from ...core.accepted import read

FUNCTIONS = read("""
margin_ranking_loss           input1 input2 target: any =
masked_fill                   mask: b
matmul                        input other: any =
matrix_diag                   x padding_value: any =; k num_rows num_cols: i32
matrix_diag_part              x padding_value: any =; k: i32
matrix_power                  input: signed f32 f64 u8
matrix_set_diag               x diagonal: real; k: i32
matrix_solve                  matrix rhs: any =
max_unpool1d, max_unpool2d, max_unpool3d   x: real; indices: index
median, nanmedian             input: index f32 f64 i16
mirror_pad                    paddings: index
mish                          x: f16 f32 f64
mm                            input mat2: any =
msort                         input: signed f16 f32 f64 u8 b
multi_margin_loss             target: i64; input weight: any =
multilabel_margin_loss        input: f16 f32 f64; target: i32
multinomial                   input: real
multinomial_with_replacement  x: f16 f32 f64
mv                            mat vec: any =
mvlgamma                      input: f32 f64
nanmean                       input: float
nanquantile, quantile         input q: f32 f64 =
nansum                        input: real b
nextafter                     input other: any =
nll_loss                      target: index
one_hot                       indices: index
orgqr                         input input2: any =
ormqr                         input tau other: any =
pdist                         input: f16 f32 f64
pinv                          x: f32 f64
polar                         abs angle: any =
polygamma                     n: index; input: f16 f32 f64
population_count              input_x: integer
prelu                         input weight: f16 f32
rad2deg                       x: f16 f32 f64
random_categorical            logits: f16 f32 f64
random_gamma                  shape: index; alpha: f16 f32 f64
random_poisson                shape: index; rate: index f16 f32 f64
relu6                         x: f16 f32
renorm                        input: complex f16 f32 f64
reverse_sequence              seq_lengths: index
scatter                       input src: any =
scatter_add, scatter_div, scatter_max, scatter_min, scatter_mul, scatter_update   \
input_x updates: any <; indices: index
scatter_nd_add, scatter_nd_div, scatter_nd_max, scatter_nd_min, scatter_nd_mul, scatter_nd_sub   \
input_x updates: real <; indices: index
select_scatter, slice_scatter    input src: any =
selu                          input_x: f16 f32 f64 i8 i32
sequence_mask                 lengths: index
softmax                       input: float
softmin                       x: float
softplus                      input: float
softshrink                    input: f16 f32 bf16
softsign                      x: f16 f32 f64
sort                          input_x: signed f16 f32 f64 u8 b
sparse_segment_mean           x: f16 f32 f64; indices segment_ids: index =
svd                           input: complex f32 f64
tensor_dot                    x1 x2: any =
tensor_scatter_add, tensor_scatter_div, tensor_scatter_max, tensor_scatter_min, tensor_scatter_mul, \
tensor_scatter_sub            \
input_x updates: any =; indices: index
tensor_scatter_elements       input_x updates: any =; indices: index
topk                          input: real
trace                         input: integer complex f16 f32 f64
triplet_margin_loss           anchor positive negative: any =
uniform_candidate_sampler     true_classes: index
unique_with_pad               x: index f32
unsorted_segment_max, unsorted_segment_min, unsorted_segment_prod   segment_ids: index
unsorted_segment_sum          segment_ids: i16 index
zeta                          input other: any =
""")
