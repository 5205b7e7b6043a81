"""The data sets of images, on small files of their form; columns, rows and orders are those of mindspore 2.8.0."""

import json
import struct

import numpy as np
import pytest

from luojia import dataset as ds
from luojia._src.data import codecs


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(path, content=None):
        """A file; without content its own name, so that it is known again."""
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        content = path if content is None else content
        (tmp_path / path).write_bytes(content.encode() if isinstance(content, str) else content)

    return written


def read(name, *args, **kwargs):
    """The columns, and the rows: files as their content, the rest as lists."""
    data = getattr(ds, name + "Dataset")(*args, shuffle=False, **kwargs)
    found = [
        [v.tobytes().decode() if v.dtype == np.uint8 and v.ndim == 1 else v.tolist() for v in row]
        for row in data.create_tuple_iterator(output_numpy=True, num_epochs=1)
    ]
    assert len(data) == len(found)
    return " ".join(data.get_col_names()), found


def refused(kind, message, name, *args, **kwargs):
    with pytest.raises(kind, match=message):
        read(name, *args, **kwargs)


def box(name, difficult, truncated, *sides):
    xmin, ymin, xmax, ymax = sides
    return (f"<object><name>{name}</name><truncated>{truncated}</truncated><difficult>{difficult}</difficult><bndbox>"
            f"<xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox></object>")


def test_voc(write):
    for name in ("a", "b", "c"):
        write(f"voc/JPEGImages/{name}.jpg", name)
        write(f"voc/SegmentationClass/{name}.png", f"{name}!")
    two = box("dog", 0, 1, 1, 2, 4, 4) + box("cat", 1, 0, 2, 1, 3, 3)
    write("voc/Annotations/a.xml", f"<annotation>{two}</annotation>")
    write("voc/Annotations/b.xml", f"<annotation>{box('dog', 0, 0, 1, 1, 5, 4)}</annotation>")
    write("voc/Annotations/c.xml", "<annotation></annotation>")
    for path, content in (("Main/train", "a\nb\n"), ("Segmentation/train", "b\na\n"), ("Main/val", "c\n")):
        write(f"voc/ImageSets/{path}.txt", content)
    assert read("VOC", "voc") == ("image target", [["b", "b!"], ["a", "a!"]])
    columns = "image bbox label difficult truncate"
    expected = [["a", [[1, 2, 3, 2], [2, 1, 1, 2]], [[1], [0]], [[0], [1]], [[1], [0]]],
                ["b", [[1, 1, 4, 3]], [[1]], [[0]], [[0]]]]
    assert read("VOC", "voc", "Detection") == (columns, expected)
    data = ds.VOCDataset("voc", "Detection", class_indexing={"dog": 5})
    assert data.get_class_indexing() == {"dog": 5}
    assert [t.name for t in data.output_types()] == ["uint8", "float32", "uint32", "uint32", "uint32"]
    assert read("VOC", "voc", "Detection", class_indexing={"dog": 5})[1][0][1:3] == [[[1, 2, 3, 2]], [[5]]]
    assert ds.VOCDataset("voc", "Detection").get_class_indexing() == {"cat": 0, "dog": 1}
    named = ds.VOCDataset("voc", "Detection", shuffle=False, extra_metadata=True)
    assert named.get_col_names()[-1] == "_meta-filename" and len(next(named.create_tuple_iterator())) == 5
    named = named.rename("_meta-filename", "name").project("name")
    assert [row[0].item() for row in named.create_tuple_iterator(output_numpy=True)] == ["a", "b"]
    refused(ValueError, "Invalid task : x", "VOC", "voc", "x")
    refused(ValueError, "nope.txt does not exist or permission", "VOC", "voc", usage="nope")
    refused(ValueError, "class_indexing is not supported in Segmentation", "VOC", "voc", class_indexing={"a": 1})
    refused(RuntimeError, "the node of object is missing in .*c.xml", "VOC", "voc", "Detection", "val")
    with pytest.raises(NotImplementedError, match="Only 'Detection' support get_class_indexing"):
        ds.VOCDataset("voc").get_class_indexing()
    write("voc/Annotations/c.xml", f"<annotation>{box('dog', 0, 0, 5, 1, 4, 4)}</annotation>")
    refused(RuntimeError, r"Invalid bndbox, \(5.0, 1.0, 4.0, 4.0\)", "VOC", "voc", "Detection", "val")
    write("voc/Annotations/c.xml", "<annotation>")
    refused(ValueError, "failed to load xml file", "VOC", "voc", "Detection", "val")
    write("voc/ImageSets/Main/val.txt", "d\n")
    refused(RuntimeError, "the annotation .*d.xml does not exist", "VOC", "voc", "Detection", "val")


IMAGES = [{"id": 2, "file_name": "y"}, {"id": 1, "file_name": "x"}, {"id": 9, "file_name": "z"}]


@pytest.mark.parametrize(
    ("task", "annotations", "columns", "expected"),
    [
        ("Detection", [{"image_id": 2, "category_id": 7, "bbox": [1, 2, 3.5, 4], "iscrowd": 0},
                       {"image_id": 1, "category_id": 3, "bbox": [0, 0, 1, 1], "iscrowd": 1},
                       {"image_id": 2, "category_id": 3, "bbox": [5, 6, 7, 8], "iscrowd": 0}],
         "image bbox category_id iscrowd",
         [["y", [[1, 2, 3.5, 4], [5, 6, 7, 8]], [[7], [3]], [[0], [0]]], ["x", [[0, 0, 1, 1]], [[3]], [[1]]]]),
        ("Stuff", [{"image_id": 2, "iscrowd": 0, "segmentation": [[1, 2, 3, 4], [7, 8]]}], "image segmentation iscrowd",
         [["y", [[1, 2, 3, 4], [7, 8, -1, -1]], [[0]]]]),
        ("Stuff", [{"image_id": 2, "iscrowd": 1, "segmentation": {"counts": [5, 6], "size": [1, 1]}}],
         "image segmentation iscrowd", [["y", [[5, 6]], [[1]]]]),
        ("Keypoint", [{"image_id": 2, "num_keypoints": 2, "keypoints": [1, 2, 2, 3, 4, 1]}],
         "image keypoints num_keypoints", [["y", [[1, 2, 2, 3, 4, 1]], [[2]]]]),
        ("Panoptic", [{"image_id": 1, "segments_info": [
            {"category_id": 3, "bbox": [1, 2, 3, 4], "iscrowd": 0, "area": 12},
            {"category_id": 7, "bbox": [0, 0, 2, 2], "iscrowd": 1, "area": 4}]}],
         "image bbox category_id iscrowd area",
         [["x", [[1, 2, 3, 4], [0, 0, 2, 2]], [[3], [7]], [[0], [1]], [[12], [4]]]]),
        ("Captioning", [{"image_id": 2, "caption": "a"}, {"image_id": 2, "caption": "bc"}], "image captions",
         [["y", [["a"], ["bc"]]]]),
    ],
)
def test_coco(write, task, annotations, columns, expected):
    for name in "xyz":
        write(f"coco/{name}", name)
    categories = [{"id": 3, "name": "person", "isthing": 1}, {"id": 7, "name": "dog", "isthing": 0}]
    write("coco.json", json.dumps({"images": IMAGES, "categories": categories, "annotations": annotations}))
    assert read("Coco", "coco", "coco.json", task) == (columns, expected)
    data = ds.CocoDataset("coco", "coco.json", task, extra_metadata=True)
    assert data.get_col_names()[-1] == "_meta-filename" and len(next(data.create_tuple_iterator())) == len(expected[0])
    if task == "Detection":
        assert data.get_class_indexing() == {"person": [3], "dog": [7]}
    elif task == "Panoptic":
        assert data.get_class_indexing() == {"person": [3, 1], "dog": [7, 0]}
    else:
        with pytest.raises(NotImplementedError, match="Only 'Detection' and 'Panoptic'"):
            data.get_class_indexing()


def test_coco_errors(write):
    write("coco/x")
    write("coco.json", "{}")
    refused(ValueError, "Invalid task type: x", "Coco", "coco", "coco.json", "x")
    refused(ValueError, "nope.json does not exist", "Coco", "coco", "nope.json")
    refused(RuntimeError, "coco.json has not what Detection needs: KeyError", "Coco", "coco", "coco.json")
    write("coco.json", json.dumps({"images": [], "annotations": []}))
    refused(RuntimeError, "can't read the data file", "Coco", "coco", "coco.json")


def test_celeba(write):
    for i in range(1, 4):
        write(f"c/{i:06d}.jpg", str(i))
    rows = "".join(f"{i:06d}.jpg  1 -1 {[1, -1][i % 2]}\n" for i in range(1, 4))
    write("c/list_attr_celeba.txt", "3\nA B C\n" + rows)
    write("c/list_eval_partition.txt", "000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n")
    assert read("CelebA", "c") == ("image attr", [["1", [1, 0, 0]], ["2", [1, 0, 1]], ["3", [1, 0, 0]]])
    assert [read("CelebA", "c", usage=part)[1][0][0] for part in ("train", "valid", "test")] == ["1", "2", "3"]
    assert ds.CelebADataset("c").output_types()[1] == np.uint32
    refused(RuntimeError, "can't read the data file", "CelebA", "c", extensions=[".png"])
    refused(ValueError, "usage should be 'all', 'train', 'valid' or 'test', got 'x'", "CelebA", "c", usage="x")
    write("c/list_attr_celeba.txt", "1\nA B C\n000001.jpg 1\n")
    refused(ValueError, "has 1 attributes of 000001.jpg, expected 3", "CelebA", "c")
    write("d/x")
    refused(RuntimeError, "list_attr_celeba.txt does not exist", "CelebA", "d")


def test_manifest(write):
    for i in range(2):
        write(f"i{i}", f"image {i}")
    lines = [{"source": "i0", "usage": "train", "annotation": [{"name": "cat"}]},
             {"source": "i1", "usage": "train", "annotation": [{"name": "dog"}, {"name": "cat"}]},
             {"source": "i0", "usage": "eval", "annotation": [{"name": "dog"}]}]
    write("m", "\n".join(map(json.dumps, lines)))
    assert read("Manifest", "m") == ("image label", [["image 0", 0], ["image 1", [1, 0]]])
    assert read("Manifest", "m", "eval")[1] == [["image 0", 0]]
    assert read("Manifest", "m", class_indexing={"cat": 5})[1] == [["image 0", 5], ["image 1", 5]]
    data = ds.ManifestDataset("m")
    assert data.get_class_indexing() == {"cat": 0, "dog": 1} and data.num_classes() == 2
    assert data.output_types()[1] == np.int32
    refused(ValueError, "nope does not exist", "Manifest", "nope")
    refused(RuntimeError, "can't read the data file", "Manifest", "m", "inference")
    refused(TypeError, "class_indexing with value 3 is not of type", "Manifest", "m", class_indexing=3)
    write("m", "{}")
    refused(ValueError, "line 1 of m is no manifest's entry: KeyError", "Manifest", "m")


def test_kitti(write):
    for name in ("000000", "000001"):
        for part in ("training", "testing"):
            write(f"k/data_object_image_2/{part}/image_2/{name}.png", name)
    write("k/data_object_label_2/training/label_2/000000.txt", "Pedestrian 0.5 1 -0.25 1 2 3 4 5 6 7 8 9 10 0.5\n")
    write("k/data_object_label_2/training/label_2/000001.txt",
          "Cyclist 0 0 0 0 0 0 0 0 0 0 0 0 0 0\nCar 0 2 0 1 1 1 1 0 0 0 0 0 0 0\n")
    columns = "image label truncated occluded alpha bbox dimensions location rotation_y"
    found = read("KITTI", "k")
    assert found[0] == columns
    assert found[1][0][:5] == ["000000", [[2]], [[0.5]], [[1]], [[-0.25]]]
    assert found[1][0][5:] == [[[1, 2, 3, 4]], [[5, 6, 7]], [[8, 9, 10]], [[0.5]]]
    assert found[1][1][1:4] == [[[1], [0]], [[0], [0]], [[0], [2]]]
    assert read("KITTI", "k", "test") == ("image", [["000000"], ["000001"]])
    write("k/data_object_label_2/training/label_2/000001.txt", "Ship 0 0\n")
    refused(ValueError, "000001.txt holds no labels as KITTI's", "KITTI", "k")


def test_wider_face(write):
    faces = "0/p1.jpg\n2\n1 2 3 4 0 1 0 1 2 0 \n5 6 7 8 1 0 1 0 0 1 \n0/p2.jpg\n0\n9 9 2 2 0 0 0 0 0 0 \n"
    for part in ("train", "val", "test"):
        for name in ("p1", "p2"):
            write(f"w/WIDER_{part}/images/0/{name}.jpg", f"{part} {name}")
        if part != "test":
            write(f"w/wider_face_split/wider_face_{part}_bbx_gt.txt", faces)
    write("w/wider_face_split/wider_face_test_filelist.txt", "0/p1.jpg\n0/p2.jpg\n")
    columns, rows = read("WIDERFace", "w")
    assert columns == "image bbox blur expression illumination occlusion pose invalid" and len(rows) == 4
    assert rows[0] == ["train p1", [[1, 2, 3, 4], [5, 6, 7, 8]], [0, 1], [1, 0], [0, 1], [1, 0], [2, 0], [0, 1]]
    assert rows[1][:3] == ["train p2", [[9, 9, 2, 2]], [0]]
    assert read("WIDERFace", "w", "valid")[1][0][0] == "val p1"
    assert read("WIDERFace", "w", "test") == ("image", [["test p1"], ["test p2"]])
    write("w/wider_face_split/wider_face_val_bbx_gt.txt", "0/p1.jpg\n3\n")
    refused(ValueError, "the faces of 0/p1.jpg are not as WIDER FACE lists them", "WIDERFace", "w", "valid")


def test_folders_of_classes(write):
    for name in ("001.ak47", "002.flag"):
        for i in (1, 2):
            write(f"c256/{name}/{i}.jpg", f"{name} {i}")
    expected = [["001.ak47 1", 0], ["001.ak47 2", 0], ["002.flag 1", 1], ["002.flag 2", 1]]
    assert read("Caltech256", "c256") == ("image label", expected)
    data = ds.Caltech256Dataset("c256", sampler=ds.PKSampler(1))
    assert data.num_classes() == 2 and data.output_types()[1] == np.int32
    assert [int(row[1]) for row in data.create_tuple_iterator(output_numpy=True)] == [0, 1]
    for name in ("abbey", "rooms/outdoor"):
        write(f"sun/a/{name}/sun_1.jpg", name)
    write("sun/ClassName.txt", "/a/abbey\n/a/rooms/outdoor\n")
    assert read("SUN397", "sun") == ("image label", [["abbey", 0], ["rooms/outdoor", 1]])
    write("sun/ClassName.txt", "/a/rooms/outdoor\n/a/abbey\n")
    assert read("SUN397", "sun")[1] == [["abbey", 1], ["rooms/outdoor", 0]]  # as mindspore 2.8 has them
    write("sun/ClassName.txt", "/a/nothing\n")
    refused(RuntimeError, "a.nothing does not exist or is no folder", "SUN397", "sun")


def test_food101(write):
    for name in ("pie", "ribs"):
        for i in (1, 2):
            write(f"f/images/{name}/{i}.jpg", f"{name} {i}")
    write("f/meta/train.txt", "pie/1\nribs/2\n")
    write("f/meta/test.txt", "pie/2\nribs/1\n")
    train, test = [["pie 1", "pie"], ["ribs 2", "ribs"]], [["pie 2", "pie"], ["ribs 1", "ribs"]]
    assert read("Food101", "f") == ("image label", train + test) and read("Food101", "f", "test")[1] == test
    write("f/meta/test.txt", "pie/9\n")
    refused(RuntimeError, "Failed to open file: .*9.jpg", "Food101", "f", "test")


def test_lsun(write):
    names = ["bedroom_train", "bedroom_val", "church_outdoor_train", "church_outdoor_val"]
    for name in (*names, "test"):
        write(f"l/{name}/1.jpg", name)
    expected = [[name, i] for i, name in enumerate(names)]
    assert read("LSUN", "l") == ("image label", expected) and ds.LSUNDataset("l").num_classes() == 4
    assert read("LSUN", "l", "valid")[1] == [["bedroom_val", 0], ["church_outdoor_val", 1]]
    assert read("LSUN", "l", "train", "church_outdoor")[1] == [["church_outdoor_train", 0]]
    assert read("LSUN", "l", "test")[1] == [["test", 0]]
    refused(ValueError, "Input classes is not within the valid set", "LSUN", "l", classes=["x"])
    refused(ValueError, "Input usage is not within the valid set", "LSUN", "l", "val")


def test_omniglot_and_rendered_sst2(write):
    for part in ("background", "evaluation"):
        for alphabet in ("A", "B"):
            for name in ("c1", "c2"):
                write(f"o/images_{part}/{alphabet}/{name}/1.png", f"{part} {alphabet} {name}")
    found = read("Omniglot", "o")
    assert found[0] == "image label" and [row[1] for row in found[1]] == [0, 1, 2, 3]
    assert found[1][2][0] == "background B c1" and ds.OmniglotDataset("o").num_classes() == 4
    assert read("Omniglot", "o", False)[1][0] == ["evaluation A c1", 0]
    refused(TypeError, "background with value 3 is not of type", "Omniglot", "o", 3)
    for part in ("train", "test", "valid"):
        for kind in ("negative", "positive"):
            write(f"r/{part}/{kind}/1.png", f"{part} {kind}")
    assert read("RenderedSST2", "r", "val")[1] == [["valid negative", 0], ["valid positive", 1]]
    assert [row[0].split()[0] for row in read("RenderedSST2", "r")[1][::2]] == ["test", "train", "valid"]


def test_places365(write):
    write("p/places365_train_standard.txt", "/a/field/1.jpg 0\n/b/bar/2.jpg 1\n")
    write("p/places365_val.txt", "v1.jpg 1\n")
    write("p/data_256_standard/a/field/1.jpg", "one")
    write("p/data_256_standard/b/bar/2.jpg", "two")
    write("p/val_large/v1.jpg", "large")
    assert read("Places365", "p") == ("image label", [["one", 0], ["two", 1]])
    assert read("Places365", "p", "val", False)[1] == [["large", 1]]


def test_div2k(write):
    for part in ("train", "valid"):
        for name in ("0001", "0002"):
            write(f"d/DIV2K_{part}_HR/{name}.png", f"{part} {name}")
            write(f"d/DIV2K_{part}_LR_bicubic/X2/{name}x2.png", f"x2 {name}")
            write(f"d/DIV2K_{part}_LR_mild/{name}x4m.png", f"mild {name}")
            write(f"d/DIV2K_{part}_LR_x8/{name}x8.png", f"x8 {name}")
    assert read("DIV2K", "d") == ("hr_image lr_image", [["train 0001", "x2 0001"], ["train 0002", "x2 0002"]])
    assert [row[1] for row in read("DIV2K", "d", "all", "mild", 4)[1]] == ["mild 0001", "mild 0002"] * 2
    assert read("DIV2K", "d", "valid", "bicubic", 8)[1][0] == ["valid 0001", "x8 0001"]
    refused(ValueError, r"Input scale is not within the valid set of \[2, 3, 4, 8\]", "DIV2K", "d", scale=5)
    refused(ValueError, "mild downgrade requires scale equal to 4, got 2", "DIV2K", "d", downgrade="mild")
    refused(ValueError, "scale equal to 8 is allowed only in bicubic", "DIV2K", "d", downgrade="unknown", scale=8)
    write("d/DIV2K_train_HR/0003.png")
    refused(RuntimeError, "has no picture of .*0003.png", "DIV2K", "d")


def test_cityscapes(write):
    for part in ("train", "val", "test"):
        for name in ("aachen_0_1", "bochum_0_2"):
            city = name.split("_")[0]
            write(f"c/leftImg8bit/{part}/{city}/{name}_leftImg8bit.png", f"{part} {name}")
            for kind in ("color", "instanceIds", "labelIds"):
                write(f"c/gtFine/{part}/{city}/{name}_gtFine_{kind}.png", kind)
            write(f"c/gtFine/{part}/{city}/{name}_gtFine_polygons.json", '{"imgHeight": 4}')
    assert read("Cityscapes", "c") == ("image task", [["train aachen_0_1", "instanceIds"],
                                                      ["train bochum_0_2", "instanceIds"]])
    assert read("Cityscapes", "c", "val", task="polygon")[1][0] == ["val aachen_0_1", '{"imgHeight":4}']
    assert [row[1] for row in read("Cityscapes", "c", "all", task="color")[1]] == ["color"] * 6
    refused(ValueError, r"valid set of \['train', 'train_extra', 'val', 'all'\]", "Cityscapes", "c", "test", "coarse")


def test_captions(write):
    write("f/a.jpg", "A")
    write("tokens", "".join(f"a.jpg#{i}\tcaption {i} .\n" for i in range(5)))
    assert read("Flickr", "f", "tokens") == ("image annotation", [["A", [f"caption {i} ." for i in range(5)]]])
    write("f/9.jpg", "nine")
    write("f/10.jpg", "ten")
    write("tokens", "9.jpg#0\tnine\n10.jpg#0\tten\n")
    assert read("Flickr", "f", "tokens")[1] == [["ten", ["ten"]], ["nine", ["nine"]]]  # as mindspore 2.8 has them
    write("tokens", "a.jpg\n")
    refused(ValueError, "tokens has a line without a tab", "Flickr", "f", "tokens")
    write("s/sbu_images/m_3326_35.jpg", "one")
    write("s/SBU_captioned_photo_dataset_urls.txt", "http://x/1/1.jpg\nhttp://x/3326/35.jpg\n")
    write("s/SBU_captioned_photo_dataset_captions.txt", "missing\n first \n")
    assert read("SBU", "s") == ("image caption", [["one", " first"]])
    write("s/SBU_captioned_photo_dataset_captions.txt", "\nfirst\n")
    refused(ValueError, "line 1 of .*captions.txt is empty", "SBU", "s")


def test_lfw(write):
    for name in ("Ann_A", "Bob_B"):
        for i in (1, 2):
            for kind in ("lfw", "lfw_funneled"):
                write(f"l/{kind}/{name}/{name}_000{i}.jpg", f"{kind} {name} {i}")
    write("l/lfw-names.txt", "Ann_A\t2\nBob_B\t2\n")
    for path, content in (("peopleDevTrain", "1\nAnn_A\t2\n"), ("peopleDevTest", "1\nBob_B\t1\n"),
                          ("people", "1\n2\nAnn_A\t2\nBob_B\t2\n"), ("pairsDevTrain", "1\nAnn_A\t1\t2\n"),
                          ("pairsDevTest", "1\nAnn_A\t2\tBob_B\t1\n")):
        write(f"l/{path}.txt", content)
    one, two, three = (f"lfw_funneled {name}" for name in ("Ann_A 1", "Ann_A 2", "Bob_B 1"))
    assert read("LFW", "l") == ("image label", [[one, 0], [two, 0], [three, 1]])
    assert len(read("LFW", "l", "people", "10fold")[1]) == 4
    assert read("LFW", "l", "people", "test", "original")[1] == [["lfw Bob_B 1", 1]]
    assert read("LFW", "l", "pairs") == ("image1 image2 label", [[one, two, 1], [two, three, 0]])
    refused(ValueError, "Input image_set is not within the valid set", "LFW", "l", "people", "all", "x")


def idx(array):
    code = {"u1": 8, ">i4": 12}[array.dtype.str.lstrip("|")]
    return struct.pack(">HBB", 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def test_digits(write):
    def part(stem, count, ending="labels-idx1-ubyte", labels=None):
        write(f"{stem}-images-idx3-ubyte", idx(np.full((count, 28, 28), count, "u1")))
        write(f"{stem}-{ending}", idx(np.arange(count, dtype="u1") if labels is None else labels))

    def labels(name, *args):
        data = getattr(ds, f"{name}Dataset")("d", *args, shuffle=False)
        assert data.output_shapes()[0] == [28, 28, 1] and data.output_types()[1] == np.uint32
        return [row[1].tolist() for row in data.create_tuple_iterator(output_numpy=True, num_epochs=1)]

    for stem, emnist, count in (("train", "train", 3), ("t10k", "test", 2)):
        part(f"d/{stem}", count)
        part(f"d/emnist-mnist-{emnist}", count)
        numbers = np.arange(count * 8).reshape(count, 8).astype(">i4")
        part(f"d/qmnist-{emnist}", count, "labels-idx2-int", numbers)
    part("d/xnist", 2, "labels-idx2-int", np.arange(16).reshape(2, 8).astype(">i4"))
    assert labels("KMnist") == labels("EMnist", "mnist") == labels("Mnist") == [0, 1, 0, 1, 2]
    assert labels("KMnist", "train") == labels("EMnist", "mnist", "train") == [0, 1, 2]
    assert labels("QMnist") == [0, 8, 16, 0, 8, 0, 8] and labels("QMnist", "nist") == [0, 8]
    assert labels("QMnist", "train", False)[1] == list(range(8, 16)) and labels("QMnist", "test10k") == [0, 8]
    refused(ValueError, "Input name is not within the valid set", "EMnist", "d", "x")
    refused(RuntimeError, "emnist-letters-test-images-idx3-ubyte does not exist", "EMnist", "d", "letters")


def test_semeion_and_usps(write):
    bits = np.eye(256, dtype=int)[:3]
    write("s/semeion.data", "".join(
        " ".join(map(str, [*row, *np.eye(10, dtype=int)[i]])) + " \n" for i, row in enumerate(bits)))
    columns, rows = read("Semeion", "s")
    assert columns == "image label" and [row[1] for row in rows] == [0, 1, 2]
    assert np.array(rows[1][0]).shape == (16, 16) and rows[1][0][0][:3] == [0, 1, 0]
    write("s/semeion.data", "1 2 x\n")
    refused(ValueError, "semeion.data has not 266 numbers in each line", "Semeion", "s")
    values = np.array([-1, *np.zeros(254), 1])
    write("u/usps", "1 " + " ".join(f"{i + 1}:{v:.4f}" for i, v in enumerate(values)) + " \n")
    write("u/usps.t", "10 " + " ".join(f"{i + 1}:0" for i in range(256)) + " \n")
    columns, rows = read("USPS", "u", num_parallel_workers=1)
    image = np.array(rows[0][0])
    assert columns == "image label" and [row[1] for row in rows] == [0, 9] and image.shape == (16, 16, 1)
    assert image.ravel()[[0, 128, 255]].tolist() == [0, 127, 255] and rows[1][0][0][0] == [127]
    write("u/usps.t", "1 1:x\n")
    refused(ValueError, "line 1 of .*usps.t is not USPS's", "USPS", "u", "test")


def test_stl10(write):
    pixels = np.arange(3 * 3 * 96 * 96, dtype=np.uint32).astype(np.uint8).reshape(3, 3, 96, 96)
    for part, count in (("train", 2), ("test", 1), ("unlabeled", 3)):
        write(f"s/{part}_X.bin", pixels[:count].tobytes())
        write(f"s/{part}_y.bin", bytes(range(1, count + 1)))
    assert [row[1] for row in read("STL10", "s")[1]] == [0, 0, 1, -1, -1, -1]
    columns, rows = read("STL10", "s", "train+unlabeled")
    assert columns == "image label" and [row[1] for row in rows] == [0, 1, -1, -1, -1]
    assert rows[1][0] == pixels[1].transpose(2, 1, 0).tolist() and ds.STL10Dataset("s").output_types()[1] == np.int32
    write("s/train_y.bin", b"1")
    refused(ValueError, "train_X.bin has 2 images, .*train_y.bin 1 labels", "STL10", "s", "train")
    write("s/test_X.bin", b"1")
    refused(ValueError, "test_X.bin has 1 bytes, no whole number of images", "STL10", "s", "test")


def test_matlab_files(write, monkeypatch):
    savemat = pytest.importorskip("scipy.io", reason="these data sets come as MATLAB files").savemat
    write("m/x")
    digits = np.arange(32 * 32 * 3 * 2).reshape(32, 32, 3, 2).astype(np.uint8)
    savemat("m/train_32x32.mat", {"X": digits, "y": np.array([[1], [10]])})
    columns, rows = read("SVHN", "m", "train")
    assert columns == "image label" and [row[1] for row in rows] == [1, 0] and rows[1][0] == digits[..., 1].tolist()
    refused(RuntimeError, "test_32x32.mat does not exist", "SVHN", "m", "test")
    write("m/test_32x32.mat", "no")
    refused(ValueError, "test_32x32.mat is no MATLAB file", "SVHN", "m", "test")
    for i in range(1, 6):
        write(f"f/jpg/image_{i:05d}.jpg", f"flower {i}")
        write(f"f/segmim/segmim_{i:05d}.jpg", f"part {i}")
    savemat("f/imagelabels.mat", {"labels": np.array([[1, 77, 2, 3, 102]])})
    savemat("f/setid.mat", {"trnid": np.array([[1, 3]]), "valid": np.array([[2]]), "tstid": np.array([[4, 5]])})
    assert [row[1] for row in read("Flowers102", "f")[1]] == [0, 1, 2, 101, 76]
    expected = ("image segmentation label", [["flower 2", "part 2", 76]])
    assert read("Flowers102", "f", "Segmentation", "valid") == expected
    assert ds.Flowers102Dataset("f").num_classes() == 102
    for name in ("Faces", "ant", "BACKGROUND_Google"):
        write(f"c/101_ObjectCategories/{name}/image_0001.jpg", name)
    for name in ("Faces_2", "ant"):
        write(f"c/Annotations/{name}/x")
        savemat(f"c/Annotations/{name}/annotation_0001.mat", {"obj_contour": np.ones((2, 3))})
    assert read("Caltech101", "c") == ("image category", [["Faces", 0], ["ant", 1]])
    assert read("Caltech101", "c", "all") == (
        "image category annotation", [["Faces", 0, [[1, 1, 1]] * 2], ["ant", 1, [[1, 1, 1]] * 2]])
    assert read("Caltech101", "c", "annotation")[0] == "image annotation"
    assert ds.Caltech101Dataset("c").get_class_indexing() == {"Faces": 0, "ant": 1}
    monkeypatch.setitem(__import__("sys").modules, "scipy.io", None)
    refused(ImportError, "pip install scipy", "SVHN", "m", "train")


def test_semantic_boundaries(write):
    savemat = pytest.importorskip("scipy.io", reason="this data set comes as MATLAB files").savemat
    from scipy.sparse import csc_matrix

    write("s/img/a.jpg", "A")
    write("s/train.txt", "a\n")
    write("s/val.txt", "")
    write("s/cls/x")
    edges = np.empty((2, 1), object)
    for i in range(2):
        edges[i, 0] = csc_matrix(np.eye(2) * i)
    savemat("s/cls/a.mat", {"GTcls": {"Boundaries": edges, "Segmentation": np.array([[1, 2]], np.uint8)}})
    assert read("SB", "s", "Segmentation") == ("image task", [["A", [[1, 2]]]])
    assert read("SB", "s")[1] == [["A", [[[0, 0], [0, 0]], [[1, 0], [0, 1]]]]]


def test_photo_tour(write):
    pillow = pytest.importorskip("PIL.Image", reason="the patches are in BMP files")
    sheet = np.arange(1024 * 1024, dtype=np.uint32).reshape(1024, 1024) % 251
    write("p/liberty/info.txt", "5 0\n5 0\n6 0\n")
    write("p/liberty/m50_100000_100000_0.txt", "0 5 0 1 5 0 0\n0 5 0 2 6 0 0\n")
    pillow.fromarray(sheet.astype(np.uint8)).save("p/liberty/patches0000.bmp")
    columns, rows = read("PhotoTour", "p", "liberty")
    assert columns == "image" and len(rows) == 3
    assert np.array(rows[1][0])[..., 0].tolist() == sheet[:64, 64:128].tolist()
    columns, rows = read("PhotoTour", "p", "liberty", "test")
    assert columns == "image1 image2 matches" and [row[2] for row in rows] == [1, 0]
    refused(ValueError, "Input name is not within the valid set", "PhotoTour", "p", "x")


def test_decoding(write):
    pytest.importorskip("PIL", reason="about decoding images")
    write("c/a/1.png", codecs.encode(np.full((4, 5, 3), 7, np.uint8), ".png"))
    data = ds.Caltech256Dataset("c", decode=True)
    assert next(data.create_tuple_iterator(output_numpy=True))[0].tolist() == [[[7] * 3] * 5] * 4
    write("c/a/1.png", "no image")
    with pytest.raises(ValueError, match="1.png: decoding an image of 8 bytes failed"):
        list(ds.Caltech256Dataset("c", decode=True))
