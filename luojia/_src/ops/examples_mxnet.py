"""An example of each operator that MXNet's door alone has; see examples.py."""

from ..core.documented import TABLES

TEXT = """
all_close  [1.0, 2.0], [1.0, 2.0] = 1
amp_multicast[0]  [1.0, 2.0], [3.0, 4.0], num_outputs=2 = [1. 2.]
bilinear_sampler  [[[[1.0, 3.0]]]], [[[[0.0]], [[0.0]]]] = [[[[2.]]]]
bipartite_matching[0]  [[0.5, 0.6], [0.1, 0.2]], threshold=0.05 = [1. 0.]
box_decode  [[[0.0, 0.0, 0.0, 0.0]]], [[[0.5, 0.5, 1.0, 1.0]]] = [[[0. 0. 1. 1.]]]
box_encode[0]  [[1.0]], [[0]], [[[0.0, 0.0, 2.0, 2.0]]], [[[0.0, 0.0, 2.0, 4.0]]], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0,
    1.0, 1.0] = [[[0.        0.5       0.        0.6931472]]]
cholesky_inverse  [[2.0, 0.0], [0.0, 1.0]] = [[0.25 0.  ] / [0.   1.  ]]
correlation.shape  [[[[1.0, 2.0]]]], [[[[1.0, 2.0]]]], max_displacement=0 = (1, 1, 1, 2)
count_sketch  [[1.0, 2.0, 3.0]], [0, 1, 0], [1.0, -1.0, 1.0], out_dim=2 = [[ 4. -2.]]
count_stored  [[1.0, 0.0], [0.0, 2.0]] = [2]
crop_maps.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], h_w=(1, 2) = (1, 1, 1, 2)
deformable_convolution  [[[[1.0, 2.0]]]], [[[[0.0, 0.0]], [[0.0, 0.0]]]], [[[[3.0]]]], [0.0], kernel=(1, 1),
    num_filter=1 = [[[[3. 6.]]]]
modulated_deformable_convolution  [[[[1.0, 2.0]]]], [[[[0.0, 0.0]], [[0.0, 0.0]]]], [[[[0.5, 0.5]]]], [[[[3.0]]]],
    [0.0], kernel=(1, 1), num_filter=1 = [[[[1.5 3. ]]]]
dequantize  [127, -127]:int8, [-1.0], [1.0] = [ 1. -1.]
dropout  [1.0, 2.0] = [1. 2.]
extract_triangle  [[1.0, 2.0], [3.0, 4.0]] = [1. 3. 4.]
fill_element  [[1.0, 2.0], [3.0, 4.0]], [9.0, 8.0], [1, 0] = [[1. 9.] / [8. 4.]]
finite_as_number  [1.0, float('inf')] = [1. 0.]
infinite_as_number  [1.0, float('inf')] = [0. 1.]
nan_as_number  [1.0, float('nan')] = [0. 1.]
gradient_multiplier  [1.0, 2.0], scalar=-1.0 = [1. 2.]
grid_generator.shape  [[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]], target_shape=(2, 3), transform_type='affine' = (1, 2, 2, 3)
histogram_of[0]  [1.0, 2.0, 1.0], bin_cnt=2, range=(0, 3) = [2 1]
image_adjust_lighting  [[[1.0, 2.0, 3.0]]], alpha=(0.0, 0.0, 0.0) = [[[1. 2. 3.]]]
image_crop.shape  [[[1.0], [2.0]], [[3.0], [4.0]]], left=1, top=0, width=1, height=2 = (2, 1, 1)
image_flip_left_right  [[[1.0], [2.0]]] = [[[2.] /  [1.]]]
image_flip_top_bottom.shape  [[[1.0]], [[2.0]]] = (2, 1, 1)
image_random_brightness  [[[1.0, 2.0, 3.0]]], min_factor=1.0, max_factor=1.0 = [[[1. 2. 3.]]]
image_random_contrast.shape  [[[1.0, 2.0, 3.0]]], min_factor=0.5, max_factor=1.5 = (1, 1, 3)
image_random_saturation.shape  [[[1.0, 2.0, 3.0]]], min_factor=0.5, max_factor=1.5 = (1, 1, 3)
image_random_hue.shape  [[[1.0, 2.0, 3.0]]], min_factor=0.5, max_factor=1.5 = (1, 1, 3)
image_random_color_jitter.shape  [[[1.0, 2.0, 3.0]]], brightness=0.1, contrast=0.1, saturation=0.1, hue=0.1 = (1, 1, 3)
image_random_lighting.shape  [[[1.0, 2.0, 3.0]]] = (1, 1, 3)
image_random_flip_left_right  [[[1.0], [2.0]]], p=1.0 = [[[2.] /  [1.]]]
image_random_flip_top_bottom.shape  [[[1.0]], [[2.0]]], p=1.0 = (2, 1, 1)
image_resize.shape  [[[1.0], [2.0]], [[3.0], [4.0]]], size=(4, 4) = (4, 4, 1)
index_array  [[5.0, 6.0]] = [[[0 0] /  [0 1]]]
interleaved_ifft  [[1.0, 0.0, 1.0, 0.0]] = [[2. 0.]]
interleaved_matmul_encdec_qk  [[[1.0, 2.0]]], [[[3.0, 4.0, 5.0, 6.0]]], heads=1 = [[[7.7781744]]]
interleaved_matmul_encdec_valatt  [[[3.0, 4.0, 5.0, 6.0]]], [[[1.0]]], heads=1 = [[[5. 6.]]]
interleaved_matmul_selfatt_qk  [[[1.0, 2.0, 3.0]]], heads=1 = [[[2.]]]
interleaved_matmul_selfatt_valatt  [[[1.0, 2.0, 3.0]]], [[[1.0]]], heads=1 = [[[3.]]]
kl_sparse_identity  [[0.5, 0.5]], [0.1, 0.1] = [[0.5 0.5]]
local_response_norm.shape  [[[[1.0]], [[2.0]], [[3.0]]]], nsize=3 = (1, 3, 1, 1)
lower_orthogonal[0]  [[3.0, 0.0], [4.0, 5.0]] = [[ 1. -0.] / [ 0.  1.]]
make_loss_scaled  [1.0, 2.0] = [1. 2.]
make_triangle  [1.0, 3.0, 4.0] = [[1. 0.] / [3. 4.]]
multi_all_finite  [1.0], [float('nan')] = [0.]
multi_lars  [0.1], [4.0], [1.0], [0.0], eta=0.5, eps=0.0 = [0.1]
multibox_detection  [[[0.1], [0.9]]], [[0.0, 0.0, 0.0, 0.0]], [[[0.1, 0.1, 0.5,
    0.5]]] = [[[0.         0.9        0.10000001 0.10000001 0.5        0.5       ]]]
multibox_prior  [[[[0.0]]]], sizes=(0.5,) = [[[0.25 0.25 0.75 0.75]]]
multibox_target[2]  [[[0.1, 0.1, 0.5, 0.5]]], [[[0.0, 0.1, 0.1, 0.5, 0.5]]], [[[0.1], [0.9]]] = [[1.]]
position_sensitive_pooling  [[[[1.0, 2.0], [3.0, 4.0]]]], [[0.0, 0, 0, 1, 1]], spatial_scale=1.0, output_dim=1,
    pooled_size=1 = [[[[2.5]]]]
deformable_position_sensitive_pooling.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], [[0.0, 0, 0, 1, 1]], spatial_scale=1.0,
    output_dim=1, group_size=1, pooled_size=1, no_trans=True = (1, 1, 1, 1)
proposal.shape  [[[[0.5]], [[0.9]]]], [[[[0.0]], [[0.0]], [[0.0]], [[0.0]]]], [[32.0, 32.0, 1.0]], scales=(1.0,),
    ratios=(1.0,), before=1, after=1 = (1, 5)
quantize[0]  [0.0, 1.0], [0.0], [1.0] = [  0 255]
quantize_asym[0]  [-1.0, 0.0, 1.0] = [  0 128 255]
quantize_v2[0]  [-1.0, 1.0] = [-127  127]
quantized_flatten[0]  [[[1, 2]]]:int8, [-1.0], [1.0] = [[1 2]]
random_exponential_like.shape  [1.0, 2.0] = (2,)
random_gamma_like.shape  [1.0, 2.0] = (2,)
random_generalized_negative_binomial.shape  shape=(2, 3) = (2, 3)
random_generalized_negative_binomial_like.shape  [1.0, 2.0] = (2,)
random_negative_binomial.shape  shape=(2, 3) = (2, 3)
random_negative_binomial_like.shape  [1.0, 2.0] = (2,)
random_normal_like.shape  [1.0, 2.0] = (2,)
random_poisson_like.shape  [1.0, 2.0] = (2,)
random_uniform_like.shape  [1.0, 2.0] = (2,)
random_randint.shape  low=0, high=5, shape=(2, 3) = (2, 3)
random_shuffle.shape  [1.0, 2.0, 3.0] = (3,)
random_pdf_dirichlet  [[0.5, 0.5]], [1.0, 1.0] = [1.]
random_pdf_exponential  [[1.0, 2.0]], [1.0] = [[0.36787942 0.13533528]]
random_pdf_gamma  [[1.0, 2.0]], [1.0], [1.0] = [[0.36787942 0.13533528]]
random_pdf_generalized_negative_binomial  [[1.0, 2.0]], [1.0], [1.0] = [[0.25  0.125]]
random_pdf_negative_binomial  [[1.0, 2.0]], [1.0], [0.5] = [[0.25  0.125]]
random_pdf_normal  [[0.0, 1.0]], [0.0], [1.0] = [[0.3989423  0.24197072]]
random_pdf_poisson  [[0.0, 1.0]], [1.0] = [[0.36787942 0.36787942]]
random_pdf_uniform  [[0.0, 1.0]], [0.0], [2.0] = [[0.5 0.5]]
sample_exponential.shape  [1.0, 2.0], shape=3 = (2, 3)
sample_gamma.shape  [1.0, 2.0], [1.0, 1.0], shape=3 = (2, 3)
sample_generalized_negative_binomial.shape  [1.0, 2.0], [1.0, 1.0], shape=3 = (2, 3)
sample_multinomial.shape  [[0.5, 0.5], [1.0, 0.0]], shape=3 = (2, 3)
sample_negative_binomial.shape  [1.0, 2.0], [0.5, 0.5], shape=3 = (2, 3)
sample_normal.shape  [0.0, 5.0], [1.0, 1.0], shape=3 = (2, 3)
sample_poisson.shape  [1.0, 2.0], shape=3 = (2, 3)
sample_uniform.shape  [0.0, 5.0], [1.0, 6.0], shape=3 = (2, 3)
roi_align  [[[[1.0, 2.0], [3.0, 4.0]]]], [[0.0, 0.0, 0.0, 1.0, 1.0]], pooled_size=(1, 1),
    spatial_scale=1.0 = [[[[2.5]]]]
rotated_roi_align.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], [[0.0, 0.5, 0.5, 1.0, 1.0, 0.0]], pooled_size=(1, 1),
    spatial_scale=1.0 = (1, 1, 1, 1)
round_straight  [1.4, -1.6] = [ 1. -2.]
sign_straight  [1.4, -1.6] = [ 1. -1.]
rnn.shape  [[[1.0]]], [1.0, 1.0, 0.0, 0.0], [[[0.0]]], state_size=1, num_layers=1, mode='rnn_tanh' = (1, 1, 1)
spatial_transformer.shape  [[[[1.0, 2.0]]]], [[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]], target_shape=(1, 2),
    transform_type='affine', sampler_type='bilinear' = (1, 1, 1, 2)
svm_output  [[1.0, 2.0]], [0] = [[1. 2.]]
symmetric_eigen[1]  [[2.0, 0.0], [0.0, 3.0]] = [2. 3.]
write_nd  [10.0, 20.0], [[1, 3]], shape=(4,) = [ 0. 10.  0. 20.]
batch_norm_relu.shape  [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.0] = (2, 2)
requantize[0]  [1000000, -1000000]:int32, [-1.0], [1.0] = [ 127 -127]
quantized_activation[0]  [1, -1]:int8, [-1.0], [1.0], act_type='relu' = [1 0]
interleaved_fft  [[1.0, 0.0]] = [[1. 0. 1. 0.]]
embedding  [2, 0], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], input_dim=3, output_dim=2 = [[5. 6.] / [1. 2.]]
"""
TABLES.append(TEXT)
