"""What MindSpore's functions accept, from m to z; see accepted.py."""

from __future__ import annotations

from ...core.accepted import read

FUNCTIONS = read("""
margin_ranking_loss           input1 input2 target: any =
masked_fill                   mask: b
matmul                        input other: any =
matrix_band_part              lower upper: int
matrix_diag                   x padding_value: any =; k: i32; num_rows num_cols: i32 axes=0
matrix_diag_part              x padding_value!: any =; k!: i32
matrix_exp                    input: complex f16 f32 f64
matrix_power                  input: signed f32 f64 u8
matrix_set_diag               x: real b axes>=2; diagonal: real; k: i32
matrix_solve                  matrix rhs: any =
max_unpool1d, max_unpool2d, max_unpool3d   x: real; indices: index
median, nanmedian             input: index f32 f64 i16
mirror_pad                    paddings!: index
mish                          x: f16 f32 f64
mm                            input mat2: any = axes=2
moe_token_permute             tokens! indices!: any
moe_token_unpermute           permuted_tokens! sorted_indices!: any
msort                         input: signed f16 f32 f64 u8 b
multi_margin_loss             target: i64; input weight: any =
multilabel_margin_loss        input: f16 f32 f64; target: i32
multinomial                   input: real b
multinomial_with_replacement  x!: f16 f32 f64
mv                            mat vec: any =; mat: axes=2; vec: axes=1
mvlgamma                      input: f32 f64; p: int>0
nanmean                       input: float
nanquantile, quantile         input q: f32 f64 =; q: num
nansum                        input: real b
narrow                        start: int>=0; length: int>0
nextafter                     input! other!: any =
nll_loss                      target: index
normal                        seed: int>=0
one_hot                       indices: index; depth: int>=0
orgqr                         input input2: complex f32 f64 =; input: axes>=2
ormqr                         input tau other: any =; input other: axes>=2
padding                       pad_dim_size: int>0
pdist                         input: f16 f32 f64 axes=2; p: num>=0
pinv                          x: f32 f64
polar                         abs angle: any =
pixel_shuffle                 upscale_factor: int>0
pixel_unshuffle               downscale_factor: int>0
polygamma                     n!: index axes=0; input!: f16 f32 f64
population_count              input_x: integer
prelu                         input: f16 f32; weight: f16 f32 axes=1
rad2deg                       x: f16 f32 f64
qr                            input: complex f16 f32 f64
random_categorical            logits: f16 f32 f64
random_gamma                  shape!: index; alpha: f16 f32 f64; seed: int>=0
random_poisson                shape: index; rate: index f16 f32 f64; seed: int>=0
relu6                         x: f16 f32
renorm                        input: complex f16 f32 f64; p: num>0; maxnorm: num
repeat_elements               rep: int>0
reverse_sequence              seq_lengths!: index; seq_dim batch_dim: int>=0
scatter                       input src: any =
scatter_add, scatter_div, scatter_max, scatter_min, scatter_mul, scatter_update   \
input_x! updates!: any <; indices!: index
scatter_nd_add, scatter_nd_div, scatter_nd_max, scatter_nd_min, scatter_nd_mul, scatter_nd_sub   \
input_x! updates!: any <; input_x!: real; indices!: index
select_scatter, slice_scatter    input src: any =
selu                          input_x: f16 f32 f64 i8 i32
sequence_mask                 lengths: index; maxlen: int>0
shuffle, standard_laplace, standard_normal, uniform    seed: int>=0
softmax                       input: float
softmin                       x: float
softplus                      input: float
softshrink                    input: f16 f32 bf16
softsign                      x: f16 f32 f64
sort                          input_x: signed f16 f32 f64 u8 b
sparse_segment_mean           x: f16 f32 f64; indices segment_ids: index =
svd                           input: complex f32 f64
threshold                     thr value: num
tensor_dot                    x1 x2: any =
tensor_scatter_add, tensor_scatter_div, tensor_scatter_max, tensor_scatter_min, tensor_scatter_mul, \
tensor_scatter_sub            \
input_x updates: any =; indices: index
tensor_scatter_elements       input_x updates: any =; indices: index
top_k                         k: int>0
topk                          input: real; k: int>0
trace                         input: integer complex f16 f32 f64
trapz                         dx: num
tril_indices, triu_indices    row col: int>=0; offset: int
triplet_margin_loss           anchor positive negative: any =
unfold                        input: axes=4
uniform_candidate_sampler     true_classes!: index; num_true num_sampled: int; seed: int>=0
unique_with_pad               x: index f32 axes=1
unsorted_segment_max, unsorted_segment_min, unsorted_segment_prod   segment_ids: index
unsorted_segment_sum          segment_ids: i16 index
vander                        x: axes=1
zeta                          input other: any =
""")
