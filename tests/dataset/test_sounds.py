"""The data sets of sound, on small files of their form; rows, types and numbers are those of mindspore 2.8.0."""

import wave

import numpy as np
import pytest

from luojia import dataset as ds
from luojia.dataset import sounds

SAMPLES = np.array([0, 16384, -32768, 32767], "<i2")
WAVES = [[0.0, 0.5000152587890625, -1.000030517578125, 1.0]]


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(path, content=None, rate=8000, width=2):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            (tmp_path / path).write_text(content)
            return
        with wave.open(str(tmp_path / path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(width)
            file.setframerate(rate)
            file.writeframes(SAMPLES.tobytes() if width == 2 else bytes(8 if width == 4 else 3))

    return written


def read(name, *args):
    """The columns after waveform, and the rows' values there."""
    data = getattr(ds, f"{name}Dataset")(*args, shuffle=False)
    rows = [[v.tolist() for v in row] for row in data.create_tuple_iterator(output_numpy=True)]
    assert data.get_col_names()[:2] == ["waveform", "sample_rate"] and all(row[0] == WAVES for row in rows)
    assert data.output_types()[0] == np.float32 and len(data) == len(rows)
    return " ".join(data.get_col_names()[2:]), [row[1:] for row in rows]


def refused(kind, message, name, *args):
    with pytest.raises(kind, match=message):
        read(name, *args)


def test_yes_no(write):
    write("y/1_1_0_0.wav")
    write("y/0_1_0_0.wav")
    assert read("YesNo", "y") == ("label", [[8000, [0, 1, 0, 0]], [8000, [1, 1, 0, 0]]])
    assert ds.YesNoDataset("y").output_types()[1:] == [np.int32, np.int32]
    write("y/0_1_0_0.wav", "no")
    refused(ValueError, "0_1_0_0.wav is no WAV file", "YesNo", "y")
    write("y/x.wav", "no")
    refused(ValueError, "x.wav should be of 0 and 1", "YesNo", "y")
    write("empty/x", "")
    refused(RuntimeError, "no valid data found", "YesNo", "empty")
    refused(ValueError, "The folder nowhere does not exist", "YesNo", "nowhere")


def test_other_widths(write):
    write("a.wav", width=1)
    write("b.wav", width=4)
    write("c.wav", width=3)
    assert sounds.waveform("a.wav")[0].tolist() == [[np.float32(-32768 / 32767)] * 3]
    assert sounds.waveform("b.wav")[0].tolist() == [[0, 0]]
    with pytest.raises(ValueError, match="c.wav has samples of 3 bytes; 1, 2 and 4 are read"):
        sounds.waveform("c.wav")


def test_speech_commands(write):
    for label in ("cat", "dog", "_background_noise_"):
        write(f"s/{label}/b433_nohash_0.wav")
        write(f"s/{label}/5a33_nohash_1.wav")
    write("s/testing_list.txt", "cat/5a33_nohash_1.wav\n")
    write("s/validation_list.txt", "dog/5a33_nohash_1.wav\n")
    one, two, three, four = ([8000, *rest] for rest in (
        ["cat", "5a33", 1], ["cat", "b433", 0], ["dog", "5a33", 1], ["dog", "b433", 0]))
    columns = "label speaker_id utterance_number"
    assert read("SpeechCommands", "s") == (columns, [one, two, three, four])
    parts = [read("SpeechCommands", "s", part)[1] for part in ("train", "test", "valid")]
    assert parts == [[two, four], [one], [three]]
    refused(ValueError, "Input usage is not within the valid set", "SpeechCommands", "s", "x")
    write("s/dog/x.wav")
    refused(ValueError, "x.wav should be called <speaker>_nohash_<number>.wav", "SpeechCommands", "s")


def test_gtzan(write):
    for genre in ("blues", "disco"):
        write(f"g/{genre}/{genre}.00000.wav", rate=22050)
    assert read("GTZAN", "g") == ("label", [[22050, "blues"], [22050, "disco"]])
    assert ds.GTZANDataset("g").output_types()[1] == np.uint32
    refused(NotImplementedError, "usage 'train' is not supported", "GTZAN", "g", "train")


def test_ljspeech(write):
    write("l/wavs/LJ001-0001.wav", rate=22050)
    write("l/metadata.csv", 'LJ001-0001|Printing, "in" 1455|Printing, in fourteen\n')
    expected = [[22050, 'Printing, "in" 1455', "Printing, in fourteen"]]
    assert read("LJSpeech", "l") == ("transcription normalized_transcription", expected)
    write("l/metadata.csv", "LJ001-0002|a|b\n")
    refused(RuntimeError, "Failed to open file: .*LJ001-0002.wav", "LJSpeech", "l")
    write("l/metadata.csv", "LJ001-0001|a\n")
    refused(ValueError, "a line of .*metadata.csv has 2 fields, expected 3", "LJSpeech", "l")


def test_cmu_arctic(write):
    write("c/cmu_us_aew_arctic/wav/arctic_a0001.wav", rate=16000)
    write("c/cmu_us_aew_arctic/etc/txt.done.data", '( arctic_a0001 "Author, Philip." )\n')
    assert read("CMUArctic", "c") == ("transcript utterance_id", [[16000, "Author, Philip.", "a0001"]])
    refused(ValueError, "Input name is not within the valid set", "CMUArctic", "c", "x")
    write("c/cmu_us_aew_arctic/etc/txt.done.data", "a0001 Author\n")
    refused(ValueError, "txt.done.data has the line 'a0001 Author'", "CMUArctic", "c")


def test_libri_tts(write):
    for part in ("dev-clean", "test-clean"):
        write(f"t/{part}/116/288045/116_288045_000003_000000.wav", rate=24000)
        write(f"t/{part}/116/288045/116_288045.trans.tsv", "116_288045_000003_000000\tOrig.\tnorm\n")
    row = [24000, "Orig.", "norm", 116, 288045, "116_288045_000003_000000"]
    columns = "original_text normalized_text speaker_id chapter_id utterance_id"
    assert read("LibriTTS", "t") == (columns, [row, row]) and read("LibriTTS", "t", "dev-clean")[1] == [row]
    refused(ValueError, "Input usage is not within the valid set", "LibriTTS", "t", "x")
    write("t/dev-clean/116/288045/116_288045.trans.tsv", "116\tOrig.\n")
    refused(ValueError, "expected an id and two texts", "LibriTTS", "t")
