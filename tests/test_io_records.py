"""Iterators over images in RecordIO files; what numbers there are of mxnet 1.9.1 say so."""

import numpy as np
import pytest

import luojia as mx
from luojia import io, nd, recordio


@pytest.fixture(scope="module")
def images():
    made = []
    for i, (h, w) in enumerate([(12, 16), (20, 14), (9, 9), (16, 12), (11, 13)]):
        y, x = np.mgrid[:h, :w]
        colours = (y * 7 + x * 3 + i * 20) % 256, (y * 2 + x * 11) % 256, y * 5 % 256
        made.append(np.stack(colours, -1).astype(np.uint8))
    return made


@pytest.fixture(scope="module")
def path(images, tmp_path_factory):
    name = str(tmp_path_factory.mktemp("records") / "a.rec")
    with recordio.MXRecordIO(name, "w") as file:
        for i, image in enumerate(images):
            header = recordio.IRHeader(0, float(i), i, 0)
            file.write(recordio.pack_img(header, image[..., ::-1], 9, ".png"))  # which takes BGR
    return name


def batches(path, cls=io.ImageRecordIter, **options):
    return list(cls(**{"path_imgrec": path, "data_shape": (3, 8, 8), "batch_size": 2, **options}))


def first(path, **options):
    return batches(path, **options)[0].data[0].asnumpy()


def test_middle(path, images):
    data = first(path)
    np.testing.assert_array_equal(data[0], images[0][2:10, 4:12].transpose(2, 0, 1))
    last = batches(path)[-1]
    assert last.pad == 1 and last.label[0].asnumpy().tolist() == [4, 0] and data.dtype == np.float32


def test_affine(path):
    row = slice(None, None, 3)
    wanted = {  # mxnet 1.9.1
        "turned": ({"rotate": 90}, [50, 71, 92, 41, 62, 83, 32, 53]),
        "turned by 30 degrees": ({"rotate": 30, "fill_value": 0}, [23, 42, 60, 37, 55, 74, 51, 69]),
        "larger": ({"max_random_scale": 1.5, "min_random_scale": 1.5}, [39, 45, 51, 53, 59, 65, 67, 73]),
        "smaller": ({"max_random_scale": 0.5, "min_random_scale": 0.5}, [4, 19, 33, 34, 48, 63, 65, 80]),
        "bounded": ({"max_random_scale": 0.5, "min_random_scale": 0.5, "min_img_size": 10},
                    [255, 255, 255, 28, 46, 64, 70, 88]),
        "square": ({"max_crop_size": 6, "min_crop_size": 6}, [36, 42, 49, 51, 57, 64, 67, 73]),
        "mirrored": ({"mirror": True}, [47, 38, 29, 68, 59, 50, 89, 80]),
        "resized": ({"resize": 10}, [17, 28, 39, 42, 53, 64, 67, 78]),
    }
    for name, (options, values) in wanted.items():
        assert first(path, **options)[0, 0, row, row].ravel()[:8].tolist() == values, name


def test_random_affine_stays_in_shape(path):
    options = {"max_rotate_angle": 20, "max_shear_ratio": 0.2, "max_aspect_ratio": 0.25, "max_random_scale": 1.2,
               "min_random_scale": 0.8, "rand_crop": True, "rand_mirror": True, "inter_method": 0}
    one, other = (first(path, seed=3, **options) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert (one != first(path, seed=4, **options)).any()
    assert first(path, min_aspect_ratio=0.8, max_aspect_ratio=1.2).shape == (2, 3, 8, 8)


def test_parts_of_images(path, images):
    data = first(path, random_resized_crop=True, min_random_area=0.2, max_aspect_ratio=4 / 3, min_aspect_ratio=3 / 4)
    assert data.shape == (2, 3, 8, 8) and 0 <= data.min() and data.max() <= 255
    assert first(path, random_resized_crop=True, max_aspect_ratio=0.2).shape == (2, 3, 8, 8)
    padded = first(path, pad=3, fill_value=7, data_shape=(3, 18, 22))
    assert (padded[0, :, :3] == 7).all()
    np.testing.assert_array_equal(padded[0, :, 3:15, 3:19], images[0].transpose(2, 0, 1))
    with pytest.raises(mx.MXNetError, match="no square of min_crop_size=9 to max_crop_size=30"):
        first(path, max_crop_size=30, min_crop_size=9)


def test_colours(path):
    plain = first(path)
    for options in ({"brightness": 0.5}, {"contrast": 0.5}, {"saturation": 0.5}, {"pca_noise": 0.5}, {"random_h": 40},
                    {"random_l": 60}, {"random_s": 60}):
        changed = first(path, **options)
        assert (changed != plain).any() and changed.min() >= 0 and changed.max() <= 255
    np.testing.assert_allclose(first(path, mean_r=10, std_r=2, std_g=4, scale=0.5)[:, :2],
                               (plain[:, :2] - [[[[10]], [[0]]]]) / [[[[2]], [[4]]]] / 2, rtol=1e-6)
    assert (first(path, max_random_contrast=0.5, max_random_illumination=5) != plain).all()


def test_shifts_of_hue():
    from luojia._src.data.affine import shift_hls

    red = np.uint8([[[255, 0, 0]]])
    assert shift_hls(red, 60, 0, 0).tolist() == [[[1, 255, 1]]]  # lightness is a whole number
    assert shift_hls(red, 0, 127, 0).tolist() == [[[255, 255, 255]]]
    assert shift_hls(red, 0, 0, -255).tolist() == [[[128, 128, 128]]]
    grey = np.uint8([[[7]]])
    assert shift_hls(grey, 9, 0, 0) is grey
    rng = np.random.RandomState(0)
    image = rng.randint(0, 256, (9, 9, 3)).astype(np.uint8)
    back = shift_hls(shift_hls(image, 0, 1, 0), 0, -1, 0)
    assert np.abs(back.astype(int) - image).mean() < 6  # to the rounding of hue


def test_mean_images(path, tmp_path):
    file = str(tmp_path / "mean.nd")
    made = np.concatenate([b.data[0].asnumpy()[: 2 - b.pad] for b in batches(path, mean_img=file)])
    np.testing.assert_allclose(made.mean(0), 0, atol=1e-4)
    assert list(nd.load(file)) == ["mean_img"]
    np.testing.assert_array_equal(first(path, mean_img=file), made[:2])
    with pytest.raises(mx.MXNetError, match="holds a mean image of shape"):
        first(path, mean_img=file, data_shape=(3, 9, 9))


def test_integers(path):
    plain = first(path)
    data = batches(path, io.ImageRecordUInt8Iter, mean_r=9)[0].data[0]
    assert data.dtype == np.uint8
    np.testing.assert_array_equal(data.asnumpy(), plain)
    signed = batches(path, io.ImageRecordInt8Iter)[0].data[0]
    assert signed.dtype == np.int8
    np.testing.assert_array_equal(signed.asnumpy(), np.minimum(plain, 127))
    assert first(path, dtype="uint8").dtype == np.uint8
    assert io.ImageRecordIter_v1 is io.ImageRecordIter and issubclass(io.ImageRecordIter, io.MXDataIter)


def test_parts_of_a_file(path, tmp_path):
    labels = [[int(n) for b in batches(path, num_parts=3, part_index=k)
               for n in b.label[0].asnumpy()[: 2 - b.pad]] for k in range(3)]
    assert sum(labels, []) == [0, 1, 2, 3, 4] and all(labels)
    (tmp_path / "a.lst").write_text("".join(f"{i}\t{i}\t{i * i}\tname\n" for i in range(5)))
    listed = batches(path, path_imglist=str(tmp_path / "a.lst"), label_width=2)
    assert listed[1].label[0].asnumpy().tolist() == [[2, 4], [3, 9]]
    (tmp_path / "b.lst").write_text("x\t0\tname\n")
    with pytest.raises(mx.MXNetError, match="expects 'number, labels, path' with tabs in line 1"):
        batches(path, path_imglist=str(tmp_path / "b.lst"))


@pytest.mark.parametrize("options, message", [
    ({"data_shape": None}, "data_shape"),
    ({"data_shape": (8, 8)}, "data_shape"),
    ({"batch_size": None}, "Required parameter batch_size"),
    ({"part_index": 1}, "part_index must be from 0 to num_parts - 1 = 0, got 1"),
    ({"dtype": "float16"}, "unknown dtype for ImageRecordIter"),
    ({"label_width": 2}, "label_width is 2, but record 0 has 1 labels"),
    ({"aug_seq": "other"}, "aug_seq='other' is not supported"),
    ({"inter_method": 7}, "inter_method must be one of"),
    ({"path_imgrec": "nowhere.rec"}, "nowhere.rec"),
])
def test_options_that_cannot_be(path, options, message):
    with pytest.raises(mx.MXNetError, match=message):
        batches(path, **options)


def test_unknown_options_are_ignored(path):
    with pytest.warns(UserWarning, match="has no options \\['nonsense'\\]"):
        batches(path, nonsense=1, preprocess_threads=2)


# -- boxes -------------------------------------------------------------------------------------------------------------

BOX = [0, 0.1, 0.2, 0.6, 0.7]


@pytest.fixture(scope="module")
def boxes(images, tmp_path_factory):
    name = str(tmp_path_factory.mktemp("boxes") / "b.rec")
    with recordio.MXRecordIO(name, "w") as file:
        for i, image in enumerate(images[:3]):
            header = recordio.IRHeader(0, np.float32([2, 5, *BOX * (i + 1)]), i, 0)
            file.write(recordio.pack_img(header, image[..., ::-1], 9, ".png"))
    return name


def detect(boxes, **options):
    return batches(boxes, io.ImageDetRecordIter, **options)


def test_labels_of_boxes(boxes):  # all as mxnet 1.9.1 has it
    it = io.ImageDetRecordIter(path_imgrec=boxes, data_shape=(3, 8, 8), batch_size=2)
    assert it.provide_label[0].name == "softmax_label" and it.provide_label[0].shape == (2, 21)
    one, two = it
    label = one.label[0].asnumpy()
    np.testing.assert_allclose(label[0], [3, 8, 8, 7, 2, 5, *BOX, *[-1] * 10], rtol=1e-6)
    np.testing.assert_allclose(label[1][:16], [3, 8, 8, 12, 2, 5, *BOX, *BOX], rtol=1e-6)
    assert two.pad == 1 and one.data[0].shape == (2, 3, 8, 8)
    wide = detect(boxes, label_pad_width=30, label_pad_value=-3)[0].label[0].asnumpy()
    assert wide.shape == (2, 34) and wide[0, -1] == -3
    mirrored = detect(boxes, rand_mirror_prob=1.0)[0]
    np.testing.assert_allclose(mirrored.label[0].asnumpy()[0, 6:11], [0, 0.4, 0.2, 0.9, 0.7], rtol=1e-6)
    np.testing.assert_array_equal(mirrored.data[0].asnumpy(), one.data[0].asnumpy()[..., ::-1])


def test_sizes_of_detections(boxes):
    fitted = detect(boxes, resize_mode="fit")[0]
    assert fitted.label[0].asnumpy()[0, :3].tolist() == [3, 6, 8]
    assert not fitted.data[0].asnumpy()[0, :, 6:].any() and fitted.data[0].asnumpy()[0, :, :6].any()
    shrunk = detect(boxes, resize_mode="shrink", data_shape=(3, 30, 30))[0]
    assert shrunk.label[0].asnumpy()[0, :3].tolist() == [3, 12, 16]
    assert detect(boxes, resize=10)[0].data[0].shape == (2, 3, 8, 8)
    plain = detect(boxes)[0].data[0].asnumpy()
    halves = detect(boxes, mean_r=10, std_r=2)[0].data[0].asnumpy()
    np.testing.assert_allclose(halves[:, 0], (plain[:, 0] - 10) / 2)
    np.testing.assert_array_equal(halves[:, 1:], plain[:, 1:])
    assert detect(boxes, dtype="uint8")[0].data[0].dtype == np.uint8


def test_padding_and_cropping_of_detections(boxes):
    data = detect(boxes, rand_pad_prob=1.0, max_pad_scale=3, seed=1)[0]
    _, left, top, right, bottom = data.label[0].asnumpy()[0, 6:11]
    assert right - left < 0.5 and bottom - top < 0.5 and (data.data[0].asnumpy()[0] == 127).any()
    bounds = {"rand_crop_prob": 1.0, "min_crop_scales": (0.3,), "max_crop_scales": (0.9,), "max_crop_trials": (50,),
              "min_crop_aspect_ratios": (0.5,), "max_crop_aspect_ratios": (2.0,), "seed": 2}
    for more in ({}, {"crop_emit_mode": "overlap"}, {"min_crop_overlaps": (0.3,)}, {"num_crop_sampler": 2},
                 {"min_crop_object_coverages": (0.9,)}, {"min_crop_sample_coverages": (0.2,)}):
        label = detect(boxes, **bounds, **more)[0].label[0].asnumpy()
        box = label[0, 7:11]
        assert (box >= 0).all() and (box <= 1).all() and box[0] < box[2] and not np.allclose(box, BOX[1:])
    for impossible in ({"min_crop_overlaps": (1.1,)}, {"min_crop_scales": (0,), "max_crop_scales": (0,)}):
        np.testing.assert_allclose(detect(boxes, **{**bounds, **impossible})[0].label[0].asnumpy()[0, 6:11], BOX,
                                   rtol=1e-6)


def test_colours_of_detections(boxes):
    plain = detect(boxes)[0].data[0].asnumpy()
    for name, amount in (("hue", 50), ("saturation", 60), ("illumination", 60), ("contrast", 0.9)):
        changed = detect(boxes, **{f"max_random_{name}": amount, f"random_{name}_prob": 1.0}, seed=1)[0]
        assert (changed.data[0].asnumpy() != plain).any(), name


@pytest.mark.parametrize("options, message", [
    ({"aug_seq": "other"}, "aug_seq='other' is not supported"),
    ({"resize_mode": "stretch"}, "resize_mode must be one of"),
    ({"label_width": 9}, "label_width is 9, but record 0 has 7"),
    ({"label_pad_width": 9}, "label_pad_width is 9, but a record has 17"),
])
def test_detection_options_that_cannot_be(boxes, options, message):
    with pytest.raises(mx.MXNetError, match=message):
        detect(boxes, **options)


def test_records_without_boxes(path):
    with pytest.raises(mx.MXNetError, match="the label of record 0 is not of the form"):
        batches(path, io.ImageDetRecordIter)
