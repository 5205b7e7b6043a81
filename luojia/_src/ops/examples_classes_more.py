"""An example of each class of ``ops`` without a face, from LARSUpdate on; see examples.py."""

from ..core.documented import TABLES

TEXT = """
ops:LARSUpdate  [3.0, 4.0], [0.0, 1.0], Tensor(25.0), Tensor(1.0), 0.0, 1.0, epsilon=0.0, hyperpara=0.5 = [0.  2.5]
ops:LSTM[0]  [[[1.0]]], [[[0.0]]], [[[0.0]]], [[[1.0]], [[1.0]], [[1.0]], [[1.0]], [[0.0]], [[0.0]], [[0.0]],
    [[0.0]]], input_size=1, hidden_size=1, num_layers=1, has_bias=False, bidirectional=False, dropout=0.0 =
    [[[0.36960638]]]
ops:LerpScalar  [0.0, 10.0], [4.0, 20.0], 0.5 = [ 2. 15.]
ops:LinSpace  Tensor(1.0), Tensor(3.0), 5 = [1.  1.5 2.  2.5 3. ]
ops:ListDiff[0]  [1, 2, 3, 4], [2, 4] = [1 3]
ops:LogNormalReverse.shape  [[1.0, 2.0, 3.0]] = (1, 3)
ops:LogSoftmaxExt  [[1.0, 1.0]], 1 = [[-0.6931472 -0.6931472]]
ops:LogSpace  Tensor(0.0), Tensor(2.0), steps=3, base=10 = [  1.  10. 100.]
ops:LogUniformCandidateSampler[0].shape  [[1, 7]], num_true=2, num_sampled=3, unique=True, range_max=10 = (3,)
ops:Logit  [0.5, 0.75], eps=0.01 = [0.        1.0986123]
ops:LowerBound  [[1.0, 2.0, 2.0, 5.0]], [[2.0, 3.0]] = [[1 3]]
ops:LpNorm  [[3.0, 4.0]], axis=1, p=2 = [5.]
ops:Lstsq  [[2.0, 0.0], [0.0, 4.0]], [[2.0], [4.0]] = [[1.] / [1.]]
ops:LuSolve  [[6.0], [8.0]], [[2.0, 1.0], [0.5, 4.0]], [1, 2]:int32 = [[2.375] / [1.25 ]]
ops:LuUnpack[1]  [[2.0, 1.0], [0.5, 4.0]], [1, 2]:int32 = [[1.  0. ] / [0.5 1. ]]
ops:MaskedScatter  [1.0, 2.0, 3.0], [True, False, True], [7.0, 8.0] = [7. 2. 8.]
ops:MatrixBandPart  [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], 0, 1 = [[1. 2. 0.] / [0. 5. 6.] / [0. 0. 9.]]
ops:MatrixDiagPartV3  [[1.0, 2.0], [3.0, 4.0]], Tensor(1, int32), Tensor(0.0) = [2.]
ops:MatrixDiagV3  [1.0, 2.0], Tensor(0, int32), Tensor(2, int32), Tensor(2, int32), Tensor(9.0) = [[1. 9.] / [9. 2.]]
ops:MatrixInverse  [[2.0, 0.0], [0.0, 4.0]] = [[0.5  0.  ] / [0.   0.25]]
ops:MatrixLogarithm  [[1.0 + 0j, 0j], [0j, 1.0 + 0j]] = [[0.+0.j 0.+0.j] / [0.+0.j 0.+0.j]]
ops:MatrixPower  [[1.0, 1.0], [0.0, 1.0]], n=3 = [[1. 3.] / [0. 1.]]
ops:MatrixSetDiagV3  [[1.0, 2.0], [3.0, 4.0]], [8.0, 9.0], Tensor(0, int32) = [[8. 2.] / [3. 9.]]
ops:MatrixSolve  [[2.0, 0.0], [0.0, 4.0]], [[2.0], [4.0]] = [[1.] / [1.]]
ops:MatrixSolveLs  [[2.0, 0.0], [0.0, 4.0]], [[2.0], [4.0]], Tensor(0.0, float64) = [[1.] / [1.]]
ops:MatrixTriangularSolve  [[2.0, 0.0], [2.0, 4.0]], [[2.0], [6.0]] = [[1.] / [1.]]
ops:MaxPool3DWithArgmax[0]  [[[[[1.0, 2.0], [3.0, 4.0]]]]], ksize=(1, 2, 2), strides=1, pads=0 = [[[[[4.]]]]]
ops:MaxPoolWithArgmaxV2[1]  [[[[1.0, 2.0], [3.0, 4.0]]]], kernel_size=2 = [[[[3]]]]
ops:MaxUnpool2D  [[[[4.0]]]], [[[[3]]]], ksize=2 = [[[[0. 0.] / [0. 4.]]]]
ops:MaxUnpool3D  [[[[[4.0]]]]], [[[[[3]]]]], ksize=(1, 2, 2) = [[[[[0. 0.] / [0. 4.]]]]]
ops:MoveTo  [1.0, 2.0], 'CPU' = [1. 2.]
ops:MulNoNan  [1.0, float('inf')], [2.0, 0.0] = [2. 0.]
ops:MultiMarginLoss  [[0.0, 2.0, 1.5]], [1] = 0.16666667
ops:MultilabelMarginLoss[0]  [[0.0, 2.0, 1.0]], [[1, -1, 0]]:int32 = 0.0
ops:Multinomial.shape  [0.5, 0.5], 3 = (3,)
ops:MultinomialWithReplacement.shape  [[0.5, 0.5]], Tensor(2), Tensor(5), numsamples=3, replacement=True = (1, 3)
ops:NoOp  [1.0] = None
ops:NoRepeatNGram[0, 0, 2]  [[[1, 2, 1]]]:int32, [[[0.5, 0.25, 0.5]]], ngram_size=2 = -3.4028235e+38
ops:NonDeterministicInts.shape  [2, 3] = (2, 3)
ops:NonMaxSuppressionV3  [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.8], [4.0, 4.0, 5.0, 5.0]], [0.9, 0.8, 0.7],
    Tensor(3, int32), Tensor(0.5), Tensor(0.0) = [0 2]
ops:NonMaxSuppressionWithOverlaps  [[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]], [0.9, 0.8, 0.7], Tensor(3,
    int32), Tensor(0.5), Tensor(0.0) = [0 2]
ops:NonZero  [[0.0, 2.0], [3.0, 0.0]] = [[0 1] / [1 0]]
ops:NthElement  [[5.0, 1.0, 3.0]], 1 = [3.]
ops:NuclearNorm  [[3.0, 0.0], [0.0, 4.0]] = 7.0
ops:Orgqr  [[1.0], [0.0]], [2.0] = [[-1.] / [ 0.]]
ops:Ormqr  [[1.0], [0.0]], [2.0], [[1.0], [2.0]] = [[-1.] / [ 2.]]
ops:PadV3  [[1.0, 2.0]], [1, 0], 9.0 = [[9. 1. 2.]]
ops:Padding  [[1.0], [2.0]], pad_dim_size=3 = [[1. 0. 0.] / [2. 0. 0.]]
ops:ParallelConcat  ([[1.0, 2.0]], [[3.0, 4.0]]) = [[1. 2.] / [3. 4.]]
ops:ParameterizedTruncatedNormal.shape  [2, 3]:int32, [0.0], [1.0], [-1.0], [1.0] = (2, 3)
ops:Partial.args  max, 3 = (3,)
ops:Pdist  [[0.0, 0.0], [3.0, 4.0], [0.0, 4.0]], p=2.0 = [5. 4. 3.]
ops:Poisson.shape  (2, 3), [1.0, 2.0, 3.0] = (2, 3)
ops:Polar  [1.0, 2.0], [0.0, 0.0] = [1.+0.j 2.+0.j]
ops:PopulationCount  [0, 3, 7]:int16 = [0 2 3]
ops:Qr[0].shape  [[3.0], [4.0]] = (2, 1)
ops:Quantile  [1.0, 2.0, 3.0, 4.0, 5.0], 0.5 = 3.0
ops:RGBToHSV  [1.0, 0.5, 0.5] = [0.  0.5 1. ]
ops:RNNTLoss[0]  [[[[0.0, 0.0], [0.0, 0.0]]]], [[1]]:int32, [1]:int32, [1]:int32 = [1.3862944]
ops:RaggedRange[1]  [0, 5]:int32, [3, 7]:int32, [1, 1]:int32, Tsplits=int32 = [0 1 2 5 6]
ops:RandomCategorical.shape  [[0.5, 0.5]], 3, 1 = (1, 3)
ops:RandomChoiceWithMask[0].shape  [[True, False], [True, True]], count=2 = (2, 2)
ops:RandomGamma.shape  [2, 3], [1.0, 2.0] = (2, 3, 2)
ops:RandomPoisson.shape  [2, 3]:int32, [1.0, 2.0] = (2, 3, 2)
ops:RandomShuffle.shape  [1.0, 2.0, 3.0] = (3,)
ops:Randperm.shape  [3]:int32, max_length=5 = (5,)
ops:RandpermV2.shape  4 = (4,)
ops:Rank  [[1.0, 2.0]] = 2
ops:RealDiv  [7, -7]:int32, [2, 2]:int32 = [ 3 -3]
ops:Reduce  [1.0, 2.0], dest_rank=0 = [1. 2.]
ops:ReduceStd[0]  [1.0, 2.0, 3.0] = 1.0
ops:Renorm  [[3.0, 4.0], [0.0, 0.5]], p=2, dim=0, maxnorm=2.5 = [[1.5 2. ] / [0.  0.5]]
ops:ResizeArea  [[[[1.0], [2.0]], [[3.0], [4.0]]]], [1, 1]:int32 = [[[[2.5]]]]
ops:ResizeBicubic  [[[[1.0, 2.0], [3.0, 4.0]]]], [1, 1]:int32 = [[[[1.]]]]
ops:ResizeLinear1D  [[[1.0, 3.0]]], [3] = [[[1. 2. 3.]]]
ops:ResizeNearestNeighborV2  [[[[1.0, 2.0]]]], [1, 4] = [[[[1. 1. 2. 2.]]]]
ops:ReverseSequence  [[1.0, 2.0, 3.0]], [2], seq_dim=1 = [[2. 1. 3.]]
ops:RmsNorm[0]  [[3.0, 3.0]], [2.0, 2.0], epsilon=0.0 = [[2. 2.]]
ops:Roll  [1.0, 2.0, 3.0], shifts=1, dims=0 = [3. 1. 2.]
ops:SGD  Parameter([1.0, 2.0]), [10.0, 20.0], Tensor(0.1), Parameter([0.0, 0.0]), Tensor(0.0), Parameter([1.0, 1.0]) =
    [0. 0.]
ops:STFT.shape  [[1.0, 1.0, 1.0, 1.0]], [1.0, 1.0], n_fft=2, hop_length=2, win_length=2, normalized=False,
    onesided=True, return_complex=False = (1, 2, 2, 2)
ops:SampleDistortedBoundingBoxV2[0].shape  [4, 4, 3]:int32, [[[0.0, 0.0, 1.0, 1.0]]], [0.5], seed=1, seed2=1 = (3,)
ops:ScalarCast  2.7, int64 = 2
ops:ScalarSummary  'loss', Tensor(2.0) = None
ops:ScalarToArray  2.0 = 2.0
ops:ScalarToTensor  2, int32 = 2
ops:ScaleAndTranslate  [[[[1.0], [2.0]]]], [1, 2]:int32, [1.0, 1.0], [0.0, 0.0] = [[[[1.] / [2.]]]]
ops:ScatterAdd  Parameter([1.0, 2.0, 3.0]), [0, 2]:int32, [10.0, 20.0] = [11.  2. 23.]
ops:ScatterAddWithAxis  [1.0, 2.0, 3.0], [0, 2], [10.0, 20.0] = [11.  2. 23.]
ops:ScatterDiv  Parameter([2.0, 4.0, 6.0]), [0, 2]:int32, [2.0, 3.0] = [1. 4. 2.]
ops:ScatterMax  Parameter([1.0, 2.0, 3.0]), [0, 2]:int32, [10.0, 0.0] = [10.  2.  3.]
ops:ScatterMin  Parameter([1.0, 2.0, 3.0]), [0, 2]:int32, [10.0, 0.0] = [1. 2. 0.]
ops:ScatterMul  Parameter([1.0, 2.0, 3.0]), [0, 2]:int32, [10.0, 20.0] = [10.  2. 60.]
ops:ScatterNdAdd  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 20.0] = [11.  2. 23.]
ops:ScatterNdDiv  Parameter([2.0, 4.0, 6.0]), [[0], [2]]:int32, [2.0, 3.0] = [1. 4. 2.]
ops:ScatterNdMax  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 0.0] = [10.  2.  3.]
ops:ScatterNdMin  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 0.0] = [1. 2. 0.]
ops:ScatterNdMul  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 20.0] = [10.  2. 60.]
ops:ScatterNdSub  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 20.0] = [ -9.   2. -17.]
ops:ScatterNdUpdate  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 20.0] = [10.  2. 20.]
ops:ScatterNonAliasingAdd  Parameter([1.0, 2.0, 3.0]), [[0], [2]]:int32, [10.0, 20.0] = [11.  2. 23.]
ops:ScatterSub  Parameter([1.0, 2.0, 3.0]), [0, 2]:int32, [10.0, 20.0] = [ -9.   2. -17.]
ops:ScatterUpdate  Parameter([1.0, 2.0, 3.0]), [0, 2]:int32, [10.0, 20.0] = [10.  2. 20.]
ops:SegmentMax  [1.0, 3.0, 2.0], [0, 0, 1] = [3. 2.]
ops:SegmentMean  [1.0, 3.0, 2.0], [0, 0, 1] = [2. 2.]
ops:SegmentMin  [1.0, 3.0, 2.0], [0, 0, 1] = [1. 2.]
ops:SegmentProd  [2.0, 3.0, 4.0], [0, 0, 1] = [6. 4.]
ops:SegmentSum  [1.0, 3.0, 2.0], [0, 0, 1] = [4. 2.]
ops:SelectView  [[1.0, 2.0], [3.0, 4.0]], 1, 0 = [3. 4.]
ops:Shape  [[1.0, 2.0]] = (1, 2)
ops:Size  [[1.0, 2.0]] = 2
ops:SoftMarginLoss  [1.0, 2.0], [1.0, -1.0] = 1.2200949
ops:SpaceToBatch.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], block_size=2, paddings=[[0, 0], [0, 0]] = (4, 1, 1, 1)
ops:SpaceToBatchND.shape  [[[[1.0, 2.0], [3.0, 4.0]]]], block_shape=[2, 2], paddings=[[0, 0], [0, 0]] = (4, 1, 1, 1)
ops:SparseApplyAdadelta[0]  Parameter([[1.0], [2.0]]), Parameter([[0.0], [0.0]]), Parameter([[0.0], [0.0]]), 0.5, 0.0,
    [[0.0], [2.0]], [0, 1]:int32, epsilon=1.0 = [[1.       ] / [1.5527864]]
ops:SparseApplyAdagradV2[0]  Parameter([[1.0], [2.0]]), Parameter([[1.0], [0.0]]), [[2.0]], [1]:int32, lr=0.5,
    epsilon=0.0 = [[1. ] / [1.5]]
ops:SparseApplyAdagrad[0]  Parameter([[1.0], [2.0]]), Parameter([[0.0], [0.0]]), [[2.0]], [1]:int32, lr=0.5 = [[1. ] /
    [1.5]]
ops:SparseApplyFtrlV2[0]  Parameter([[1.0], [2.0]]), Parameter([[1.0], [1.0]]), Parameter([[0.0], [0.0]]), [[2.0]],
    [1]:int32, lr=0.5, l1=0.0, l2=0.0, l2_shrinkage=0.0, lr_power=-0.5 = [[1.       ] / [0.6583592]]
ops:SparseApplyFtrl[0]  Parameter([[1.0], [2.0]]), Parameter([[1.0], [1.0]]), Parameter([[0.0], [0.0]]), [[2.0]],
    [1]:int32, lr=0.5, l1=0.0, l2=0.0, lr_power=-0.5 = [[1.       ] / [0.6583592]]
ops:SparseApplyProximalAdagrad[0]  Parameter([[1.0], [2.0]]), Parameter([[1.0], [0.0]]), 0.5, 0.0, 0.0, [[2.0]],
    [1]:int32 = [[1. ] / [1.5]]
ops:SparseApplyRMSProp[0]  Parameter([[1.0], [2.0]]), Parameter([[0.0], [0.0]]), Parameter([[0.0], [0.0]]), 0.5,
    [[2.0], [3.0]], [0, 1]:int32, rho=0.0, momentum=0.0, epsilon=1e-12 = [[0.5] / [1.5]]
ops:SparseGatherV2  [[1.0, 2.0], [3.0, 4.0]], [1], 0 = [[3. 4.]]
ops:SparseSlice[1]  [[0, 0], [0, 2], [1, 1]], [1.0, 2.0, 3.0], [2, 3], [0, 1], [2, 2] = [2. 3.]
ops:SparseSoftmaxCrossEntropyWithLogits  [[0.0, 0.0]], [1] = 0.6931472
ops:SparseTensorDenseAdd  [[0, 1]], [5.0], [2, 2], [[1.0, 1.0], [1.0, 1.0]] = [[1. 6.] / [1. 1.]]
ops:SparseTensorDenseMatmul  [[0, 1]], [5.0], (2, 2), [[1.0], [2.0]] = [[10.] / [ 0.]]
ops:SparseToDense  [[0, 1], [1, 0]], [5.0, 6.0], (2, 2) = [[0. 5.] / [6. 0.]]
ops:SquareSumAll[0]  [1.0, 2.0], [3.0, 4.0] = 5.0
ops:StandardLaplace.shape  (2, 3) = (2, 3)
ops:StandardNormal.shape  (2, 3) = (2, 3)
ops:SubAndFilter[0]  [1, 5, 9]:int32, 10, 4 = [1 5]
ops:Svd[0]  [[3.0, 0.0], [0.0, 4.0]] = [4. 3.]
ops:TensorShape  [[1.0, 2.0]] = [1 2]
ops:TensorSummary  'weight', [1.0, 2.0] = None
ops:TensorToTuple  [1, 2] = (1, 2)
ops:Trace  [[1.0, 2.0], [3.0, 4.0]] = 5.0
ops:TransposeExtView  [[1.0, 2.0], [3.0, 4.0]], 0, 1 = [[1. 3.] / [2. 4.]]
ops:TransposeView  [[1.0, 2.0], [3.0, 4.0]], (1, 0) = [[1. 3.] / [2. 4.]]
ops:TridiagonalMatMul  [[1.0, 0.0]], [[2.0, 3.0]], [[0.0, 4.0]], [[1.0], [10.0]] = [[12.] / [34.]]
ops:TrilIndices  row=2, col=2 = [[0 1 1] / [0 0 1]]
ops:TripletMarginLoss  [[0.0, 0.0]], [[1.0, 0.0]], [[0.0, 1.0]], Tensor(1.0) = 1.0
ops:TriuIndices  row=2, col=2 = [[0 0 1] / [0 1 1]]
ops:TruncateDiv  [5.0, -5.0], [2.0, 2.0] = [ 2. -2.]
ops:TruncateMod  [5.0, -5.0], [3.0, 3.0] = [ 2. -2.]
ops:TruncatedNormal.shape  [2, 3]:int32 = (2, 3)
ops:TupleToArray  (1, 2, 3) = [1 2 3]
ops:UniformCandidateSampler[0].shape  [[1, 7]], num_true=2, num_sampled=3, unique=True, range_max=10 = (3,)
ops:UniformInt.shape  (2, 3), Tensor(0, int32), Tensor(5, int32) = (2, 3)
ops:UniformReal.shape  (2, 3) = (2, 3)
ops:UniqueConsecutive[0]  [1, 1, 2, 2, 1], return_inverse=True = [1 2 1]
ops:UniqueWithPad[0]  [1, 1, 5]:int32, -1 = [ 1  5 -1]
ops:UnravelIndex  [2, 5]:int32, [3, 2]:int32 = [[1 2] / [0 1]]
ops:UnsortedSegmentMax  [1.0, 3.0, 2.0], [0, 0, 1]:int32, 2 = [3. 2.]
ops:UnsortedSegmentMin  [1.0, 3.0, 2.0], [0, 0, 1]:int32, 2 = [1. 2.]
ops:UnsortedSegmentProd  [2.0, 3.0, 4.0], [0, 0, 1]:int32, 2 = [6. 4.]
ops:UpperBound  [[1.0, 2.0, 2.0, 5.0]], [[2.0, 3.0]] = [[3 3]]
ops:UpsampleNearest3D  [[[[[1.0, 2.0]]]]], (1, 1, 4), None = [[[[[1. 1. 2. 2.]]]]]
ops:UpsampleTrilinear3D  [[[[[1.0, 3.0]]]]], (1, 1, 3), None, align_corners=True = [[[[[1. 2. 3.]]]]]
"""
TABLES.append(TEXT)
