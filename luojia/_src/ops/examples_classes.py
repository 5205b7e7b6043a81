"""An example of each class of ``ops`` without a face, A to I; see examples.py."""

from ..core.documented import TABLES

TEXT = """
ops:Adam[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25, 0.25])), 0.9,
    0.999, 0.1, 0.9, 0.999, 1e-08, [1.0, -1.0] = [0.965267  1.9778972]
ops:AdamNoUpdateParam  Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25, 0.25])), 0.9, 0.999, 0.1, 0.9, 0.999,
    1e-08, [1.0, -1.0] = [-0.03473299 -0.02210281]
ops:AdamWeightDecay[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25, 0.25])),
    0.1, 0.9, 0.999, 1e-08, 0.5, [1.0, -1.0] = [0.84016466 1.8301048 ]
ops:ApplyAdaMax[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25, 0.25])),
    0.9, 0.1, 0.9, 0.999, 1e-08, [1.0, -1.0] = [0.45 1.65]
ops:ApplyAdadelta[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.0, 0.0])), Parameter(Tensor([1.0, 4.0])),
    0.1, 0.75, 1e-06, [2.0, -2.0] = [0.8       2.3999999]
ops:ApplyAdagrad[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.0, 3.0])), 0.1, [1.0, -1.0] = [0.9  2.05]
ops:ApplyAdagradDA  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25, 0.25])),
    [1.0, 2.0], 0.1, 0.001, 0.01, 2 = [-0.13374594 -0.12105335]
ops:ApplyAdagradV2[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.0, 3.0])), 0.1, [1.0, -1.0], epsilon=1e-06 =
    [0.9000001 2.05     ]
ops:ApplyAdamWithAmsgrad[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25,
    0.25])), Parameter(Tensor([0.5, 0.0])), Tensor(0.9), Tensor(0.999), Tensor(0.1), [1.0, -1.0] = [0.9754034
    1.9778973]
ops:ApplyAdamWithAmsgradV2[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25,
    0.25])), Parameter(Tensor([0.5, 0.0])), 0.9, 0.999, 0.1, 0.9, 0.999, 1e-08, [1.0, -1.0] = [0.97540325 1.9778972 ]
ops:ApplyAddSign[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), 0.1, 1.0, 0.5, 0.9, [1.0, -1.0] =
    [0.85 2.05]
ops:ApplyCenteredRMSProp  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.0, 0.0])), Parameter(Tensor([0.0, 0.0])),
    Parameter(Tensor([1.0, 1.0])), [2.0, -2.0], 0.1, 0.5, 0.5, 1e-06 = [0.30000007 1.6999999 ]
ops:ApplyFtrl  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Parameter(Tensor([0.25, 0.25])), [1.0,
    -1.0], 0.1, 0.0, 0.02, -0.5 = [0.31954408 0.90358573]
ops:ApplyGradientDescent  Parameter(Tensor([1.0, 2.0])), 0.1, [1.0, -1.0] = [0.9 2.1]
ops:ApplyKerasMomentum[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), Tensor(0.1), [1.0, -1.0],
    Tensor(0.9) = [1.35 2.55]
ops:ApplyMomentum  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), 0.1, [1.0, -1.0], 0.9 = [0.855 2.055]
ops:ApplyPowerSign[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5, 0.5])), 0.1, 2.718282, 0.5, 0.9, [1.0,
    -1.0] = [0.61071515 2.0256882 ]
ops:ApplyProximalAdagrad[0]  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.0, 3.0])), 0.1, 0.1, 0.2, [1.0, -1.0]
    = [0.872549  2.0247524]
ops:ApplyProximalGradientDescent  Parameter(Tensor([1.0, 2.0])), 0.5, 0.1, 0.5, [1.0, -1.0] = [0.35999998 1.96      ]
ops:ApplyRMSProp  Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.0, 0.0])), Parameter(Tensor([1.0, 1.0])), 0.1,
    [2.0, -2.0], 0.75, 0.5, 1e-06 = [0.30000007 1.6999999 ]
ops:FusedSparseAdam[0]  Parameter(Tensor([[1.0], [2.0]])), Parameter(Tensor([[0.5], [0.5]])),
    Parameter(Tensor([[0.25], [0.25]])), 0.9, 0.999, 0.1, 0.9, 0.999, 1e-08, [[1.0]], [1]:int32 = [[0.97152525] /
    [1.9652671 ]]
ops:FusedSparseLazyAdam[0]  Parameter(Tensor([[1.0], [2.0]])), Parameter(Tensor([[0.5], [0.5]])),
    Parameter(Tensor([[0.25], [0.25]])), 0.9, 0.999, 0.1, 0.9, 0.999, 1e-08, [[1.0]], [1]:int32 = [[1.       ] /
    [1.9652671]]
ops:FusedSparseFtrl[0]  Parameter(Tensor([[1.0], [2.0]])), Parameter(Tensor([[0.5], [0.5]])),
    Parameter(Tensor([[0.25], [0.25]])), [[1.0]], [1]:int32, lr=0.1, l1=0.0, l2=0.02, lr_power=-0.5 = [[1.        ] /
    [0.74081796]]
ops:FusedSparseProximalAdagrad[0]  Parameter(Tensor([[1.0], [2.0]])), Parameter(Tensor([[0.0], [3.0]])), 0.1, 0.1,
    0.2, [[1.0]], [1]:int32 = [[1.       ] / [1.9257426]]
ops:FusedWeightScaleApplyMomentum  Tensor(0.5), Tensor(2.0), Parameter(Tensor([1.0, 2.0])), Parameter(Tensor([0.5,
    0.5])), Tensor(0.1), [1.0, -1.0], Tensor(0.9) = [0.705 2.055]
ops:AssignAdd  Parameter(Tensor([1.0, 2.0])), [1.0, -1.0] = [2. 1.]
ops:AssignSub  Parameter(Tensor([1.0, 2.0])), [1.0, -1.0] = [0. 3.]
ops:AdaptiveAvgPool3D  [[[[[1.0, 3.0], [5.0, 7.0]]]]], output_size=(1, 2, 1) = [[[[[2.] /    [6.]]]]]
ops:AdaptiveMaxPool2D[0]  [[[[1.0, 3.0], [5.0, 7.0]]]], output_size=(2, 1) = [[[[3.] /   [7.]]]]
ops:AdaptiveMaxPool3D[0]  [[[[[1.0, 3.0], [5.0, 7.0]]]]], [1, 2, 1]:int32 = [[[[[3.] /    [7.]]]]]
ops:AdjustHue  [[[1.0, 0.0, 0.0]]], Tensor(0.5) = [[[0. 1. 1.]]]
ops:AdjustSaturation  [[[0.0, 0.5, 1.0]]], Tensor(0.5) = [[[0.5  0.75 1.  ]]]
ops:Assert  True, ([1.0],) = None
ops:BartlettWindow  Tensor(4, int32) = [0.  0.5 1.  0.5]
ops:BlackmanWindow[1:]  Tensor(4, int32) = [0.34 1.   0.34]
ops:HammingWindow  [4]:int32 = [0.08 0.54 1.   0.54]
ops:BasicLSTMCell[1]  [[1.0, 2.0]], [[0.5]], [[0.25]], [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0,
    1.0]], [1.0, 1.0, 1.0, 1.0] = [[0.83553123]]
ops:BatchNorm[0]  [[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0], [0.0, 1.0], [0.0, 2.0], [1.0, 4.0] = [[0.999995  1.       ] /
    [2.999985  2.9999976]]
ops:BatchToSpace  [[[[1.0]]], [[[2.0]]], [[[3.0]]], [[[4.0]]]], block_size=2, crops=[[0, 0], [0, 0]] = [[[[1. 2.]
    /   [3. 4.]]]]
ops:BatchToSpaceND  [[[[1.0]]], [[[2.0]]], [[[3.0]]], [[[4.0]]]], block_shape=[2, 2], crops=[[0, 0], [0, 0]] = [[[[1.
    2.] /   [3. 4.]]]]
ops:BatchToSpaceNDV2  [[[[1.0]]], [[[2.0]]], [[[3.0]]], [[[4.0]]]], [2, 2], [[0, 0], [0, 0]] = [[[[1. 2.] /   [3.
    4.]]]]
ops:Bernoulli  [5.0, 6.0], [0.0, 1.0] = [0. 1.]
ops:Bincount  [1, 1, 3]:int32, Tensor(5, int32), [1.0, 2.0, 0.5] = [0.  3.  0.  0.5 0. ]
ops:Bucketize  [[-1.0, 0.0], [2.0, 5.0]], boundaries=[0.0, 2.0, 4.0] = [[0 1] / [2 3]]
ops:CTCGreedyDecoder[1]  [[[0.6, 0.4, 0.2]], [[0.0, 0.6, 0.0]]], [2]:int32 = [0 1]
ops:CTCLoss[0]  [[[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]]], [[0, 0]]:int64, [1]:int32, [2]:int32 = [1.0986123]
ops:CTCLossV2[0]  [[[-1.0, -1.0, -1.0]], [[-1.0, -1.0, -1.0]]], [[1]]:int32, [2]:int32, [1]:int32 = [0.9013877]
ops:Cauchy.shape  size=[2, 3] = (2, 3)
ops:Cdist  [[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]] = [[5. 1.]]
ops:ChannelShuffle[0, :, 0, 0]  [[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]], group=2 = [1. 3. 2. 4.]
ops:CheckNumerics  [1.0, 2.0] = [1. 2.]
ops:CholeskyInverse  [[2.0, 0.0], [1.0, 4.0]] = [[ 0.265625 -0.03125 ] / [-0.03125   0.0625  ]]
ops:CholeskySolve  [[4.0], [16.0]], [[2.0, 0.0], [0.0, 4.0]] = [[1.] / [1.]]
ops:Coalesce[1]  [[0, 0, 1], [1, 1, 2]]:int64, [1.0, 5.0, 4.0], [3, 3]:int64 = [6. 4.]
ops:Col2Im  [[[[1.0, 2.0, 3.0]]]], [1, 3]:int32, kernel_size=1 = [[[[1. 2. 3.]]]]
ops:CompareAndBitpack  [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], Tensor(4.0) = [15]
ops:ComputeAccidentalHits[0]  [[1, 2], [0, 4]]:int64, [4, 1]:int64, num_true=2 = [0 1]
ops:CombinedNonMaxSuppression[1]  [[[[0.0, 0.0, 1.0, 1.0]], [[0.0, 0.0, 1.0, 0.9]], [[0.0, 0.5, 0.5, 1.0]]]],
    [[[0.75], [0.5], [0.25]]], Tensor(2, int32), Tensor(2, int32), Tensor(0.5), Tensor(0.0) = [[0.75 0.25]]
ops:ConfusionMatrix  [0, 1, 2, 1]:int32, [0, 2, 2, 1]:int32, num_classes=3 = [[1 0 0] / [0 1 1] / [0 0 1]]
ops:ConjugateTranspose  [[1+2j, 3-1j]]:complex64, (1, 0) = [[1.-2.j] / [3.+1.j]]
ops:Conv3DTranspose.shape  [[[[[1.0, 2.0]]]]], [[[[[1.0, 1.0]]]]], in_channel=1, out_channel=1, kernel_size=(1, 1, 2)
    = (1, 1, 1, 1, 3)
ops:CountNonZero  [[0.0, 1.0], [2.0, 3.0]], dims=[0] = [1 2]
ops:Cross  [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], dim=0 = [0. 0. 1.]
ops:CumulativeLogsumexp  [0.0, 0.0, 0.0], Tensor(0) = [0.        0.6931472 1.0986123]
ops:DType  [1.0] = Float32
ops:DataFormatDimMap  [0, 1, 2, 3]:int32 = [0 3 1 2]
ops:DataFormatVecPermute  [1, 2, 3, 4]:int32 = [1 4 2 3]
ops:Dense  [[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]], [0.5, 0.5] = [[11.5 17.5]]
ops:Depend  [1.0], [2.0] = [1.]
ops:Diag  [1.0, 2.0] = [[1. 0.] / [0. 2.]]
ops:DiagPart  [[1.0, 2.0], [3.0, 4.0]] = [1. 4.]
ops:Dilation2D  [[[[1.0, 2.0], [3.0, 4.0]]]], [[[0.0, 0.5], [1.0, 2.0]]], stride=1, dilation=1, pad_mode='VALID' =
    [[[[6.]]]]
ops:Dropout[0]  [1.0, 2.0], keep_prob=1.0 = [1. 2.]
ops:Dropout2D[0].shape  [[[[1.0, 2.0]]]], keep_prob=0.5 = (1, 1, 1, 2)
ops:Dropout3D[0].shape  [[[[[1.0, 2.0]]]]], keep_prob=0.5 = (1, 1, 1, 1, 2)
ops:DropoutGenMask.shape  (2, 3), Tensor(0.5) = (16,)
ops:DropoutDoMask  [1.0, 2.0], [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255]:uint8,
    Tensor(0.5) = [2. 4.]
ops:DynamicShape  [[1.0, 2.0]] = [1 2]
ops:EditDistance  [[0, 0], [0, 1]]:int64, [1.0, 2.0], [1, 2]:int64, [[0, 0], [0, 1]]:int64, [1.0, 3.0], [1, 2]:int64 =
    [0.5]
ops:Eig[0].real()  [[2.0, 0.0], [0.0, 3.0]] = [2. 3.]
ops:Eps  [1.0, 2.0] = [1.1920929e-07 1.1920929e-07]
ops:EqualCount  [1, 2, 3]:int32, [1, 2, 4]:int32 = [2]
ops:EuclideanNorm  [[3.0, 4.0], [6.0, 8.0]], [1] = [ 5. 10.]
ops:Expand  [[1.0], [2.0]], [2, 3]:int32 = [[1. 1. 1.] / [2. 2. 2.]]
ops:ExtractGlimpse.shape  [[[[1.0], [2.0]], [[3.0], [4.0]]]], [1, 1]:int32, [[0.0, 0.0]] = (1, 1, 1, 1)
ops:ExtractImagePatches.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], ksizes=[1, 1, 2, 2], strides=[1, 1, 1, 1], rates=[1, 1,
    1, 1] = (1, 4, 1, 1)
ops:ExtractVolumePatches.shape  [[[[[1.0, 2.0], [3.0, 4.0]]]]], kernel_size=[1, 1, 1, 2, 2], strides=[1, 1, 1, 1, 1],
    padding='VALID' = (1, 4, 1, 1, 1)
ops:FFTWithSize.real()  [1.0, 2.0, 3.0, 4.0], signal_ndim=1, inverse=False, real=True = [10. -2. -2.]
ops:FastGelu  [-1.0, 2.0] = [-0.15420422  1.9356586 ]
ops:FillDiagonal  [[1.0, 2.0], [3.0, 4.0]], fill_value=9.0 = [[9. 2.] / [3. 9.]]
ops:FillV2  (2, 2), Tensor(3.0) = [[3. 3.] / [3. 3.]]
ops:Fills  [1.0, 2.0], 3.0 = [3. 3.]
ops:FloatStatus  [1.0, 2.0] = [0.]
ops:Fmax  [1.0, float('nan')], [0.0, 2.0] = [1. 2.]
ops:Fmin  [1.0, float('nan')], [0.0, 2.0] = [0. 2.]
ops:FractionalMaxPoolWithFixedKsize[0]  [[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]]], [[[0.5, 0.5]]],
    ksize=2, output_shape=(1, 1) = [[[[9.]]]]
ops:FractionalMaxPool3DWithFixedKsize[0].shape  [[[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]]], [[[0.5, 0.5,
    0.5]]], ksize=(1, 1, 1), output_shape=(1, 1, 1) = (1, 1, 1, 1, 1)
ops:FractionalMaxPool[0].shape  [[[[1.0], [2.0]], [[3.0], [4.0]]]], pooling_ratio=[1.0, 2.0, 2.0, 1.0] = (1, 1, 1, 1)
ops:FractionalAvgPool[0].shape  [[[[1.0], [2.0]], [[3.0], [4.0]]]], pooling_ratio=[1.0, 2.0, 2.0, 1.0] = (1, 1, 1, 1)
ops:Gamma.shape  [2, 1]:int32, [1.0, 2.0], [1.0] = (2, 2)
ops:GatherV2  [[1.0, 2.0], [3.0, 4.0]], [1], 0 = [[3. 4.]]
ops:Gelu  [-1.0, 2.0] = [-0.158808   1.9545977]
ops:Geqrf[1]  [[3.0, 1.0], [4.0, 2.0]] = [1.6 0. ]
ops:HSVToRGB  [[[[0.0, 0.0, 1.0], [0.5, 1.0, 0.5]]]] = [[[[1.  1.  1. ] /   [0.  0.5 0.5]]]]
ops:HistogramFixedWidth  [-1.0, 0.5, 1.5, 2.5, 9.0], [0.0, 3.0], nbins=3 = [2 1 2]
ops:HistogramSummary  'weights', [1.0, 2.0] = None
ops:ImageSummary  'input', [[[[1.0, 2.0]]]] = None
ops:IdentityN[1]  ([1.0], [2.0]) = [2.]
ops:Im2Col.shape  [[[[1.0, 2.0, 3.0]]]], ksizes=[1, 2] = (1, 1, 2, 2)
ops:InTopK  [[1.0, 2.0], [4.0, 3.0]], [1, 1]:int32, k=1 = [ True False]
ops:IndexFill  [[1.0, 2.0], [3.0, 4.0]], Tensor(1, int32), [0]:int32, Tensor(9.0) = [[9. 2.] / [9. 4.]]
ops:IndexPut  [[1, 2], [3, 4]]:int32, [9]:int32, ([0, 1], [1, 0]) = [[1 9] / [9 4]]
ops:InplaceAdd  [[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0]], indices=0 = [[2. 3.] / [3. 4.]]
ops:InplaceSub  [[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0]], indices=0 = [[0. 1.] / [3. 4.]]
ops:InplaceUpdate  [[1.0, 2.0], [3.0, 4.0]], [[7.0, 8.0]], indices=0 = [[7. 8.] / [3. 4.]]
ops:InplaceUpdateV2  [[1.0, 2.0], [3.0, 4.0]], 1, [[7.0, 8.0]] = [[1. 2.] / [7. 8.]]
ops:InplaceIndexAdd  Parameter(Tensor([[1.0, 2.0], [3.0, 4.0]])), [1]:int32, [[1.0, 1.0]], axis=0 = [[1. 2.] / [4.
    5.]]
ops:InvertPermutation  (2, 0, 1) = (1, 2, 0)
ops:DeformableOffsets.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], [[[[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]], [[0.0]],
    [[0.0]], [[0.0]], [[1.0]], [[1.0]], [[1.0]], [[1.0]]]], strides=(1, 1, 1, 1), pads=(0, 0, 0, 0), ksize=(2, 2) =
    (1, 1, 2, 2)
ops:DepthwiseConv2dNative[0, :, 0]  [[[[1.0, 2.0]], [[3.0, 4.0]]]], [[[[1.0, 1.0]], [[1.0, 2.0]]]],
    channel_multiplier=1, kernel_size=(1, 2) = [[ 3.] / [11.]]
ops:IsInstance  1, int64 = True
ops:Barrier   = None
ops:CollectiveGather  [1.0, 2.0], dest_rank=0 = [1. 2.]
ops:CollectiveScatter  [1.0, 2.0], src_rank=0 = [1. 2.]
ops:DynamicRNN[2]  [[[1.0]]]:float16, [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]:float16, [0.0, 0.0, 0.0,
    0.0]:float16, None, [[[0.0]]]:float16, [[[1.0]]]:float16 = [[[0.5]]]
ops:DynamicGRUV2[0]  [[[1.0]]]:float16, [[0.0, 0.0, 0.0]]:float16, [[0.0, 0.0, 0.0]]:float16, None, None, None,
    [[0.5]]:float16 = [[[0.25]]]
"""
TABLES.append(TEXT)
