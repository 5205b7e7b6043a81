"""The data sets of sound that come as WAV files: YesNo, Speech Commands, GTZAN, LJSpeech, CMU Arctic, LibriTTS."""

from __future__ import annotations

import os
import re
import wave
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._src.errors import FormatError, NotSupportedError
from .files import folder_of
from .pictures import folders_in, images_in, lines
from .rows import PipelineError, Row
from .samplers import resolve
from .sources import Source
from .text_sets import usage_of


def waveform(path: str) -> tuple[np.ndarray, int]:
    """The samples of a WAV file of integers, (1, samples of all channels in turn) float32, and how many in a second.

    Samples are divided by 32767, as MindSpore does, after those of other widths have been scaled to 16 bits.

    Raises:
        PipelineError: there is no such file.
        FormatError: it is no such WAV file.
    """
    try:
        with wave.open(path, "rb") as file:
            width, rate = file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
            if rate >= 1 << 31 or len(raw) % (width * file.getnchannels()):
                raise wave.Error(f"it ends within a sample, or its rate of {rate} is none")
    except FileNotFoundError as error:
        raise PipelineError(f"Failed to open file: {path}") from error
    except (wave.Error, EOFError, RuntimeError, ValueError) as error:  # wave has a RuntimeError where a chunk ends
        raise FormatError(f"{path} is no WAV file of integers: {error or 'it is truncated'}") from error
    if width == 1:
        samples = np.frombuffer(raw, np.uint8).astype(np.float64) * 256 - 32768
    elif width in (2, 4):
        samples = np.frombuffer(raw, f"<i{width}").astype(np.float64) / (1 << (8 * width - 16))
    else:
        raise FormatError(f"{path} has samples of {width} bytes; 1, 2 and 4 are read.")
    return (samples / 32767).astype(np.float32)[None], rate


class Sounds(Source):
    """Rows of a WAV file, its rate and texts or numbers."""

    _rate: Any = np.int32

    def __init__(self, columns: str, items: Iterable[tuple[str, Sequence[Any]]], num_samples: int | None,
                 shuffle: bool | None, sampler: Any, num_shards: int | None, shard_id: int | None) -> None:
        who = type(self).__name__
        self._items = list(items)
        if not self._items:
            raise PipelineError(f"{who}: Invalid data, no valid data found for this data set.")
        names = ["waveform", "sample_rate", *columns.split()]
        super().__init__(names, len(self._items), resolve(who, sampler, shuffle, num_samples, num_shards, shard_id))

    def row(self, i: int) -> Row:
        path, values = self._items[i]
        samples, rate = waveform(path)
        return (samples, np.array(rate, self._rate), *map(np.asarray, values))


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]


class YesNoDataset(Sounds):
    """YesNo: columns waveform, sample_rate and label, (8,) int32, 1 for each yes.

    Args:
        dataset_dir: the folder of the WAV files.
        num_samples, shuffle, sampler, num_shards, shard_id: which files, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import wave
    >>> with wave.open("0_1_0_1_0_1_0_1.wav", "wb") as file:
    ...     file.setparams((1, 2, 8000, 0, "NONE", None))
    ...     file.writeframes(np.int16([0, 16384, -16384]).tobytes())
    >>> rows = dataset.YesNoDataset(".").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["waveform"].tolist(), int(row["sample_rate"]), row["label"].tolist()) for row in rows]
    [([[0.0, 0.5000152587890625, -0.5000152587890625]], 8000, [0, 1, 0, 1, 0, 1, 0, 1])]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        folder = folder_of("YesNoDataset", dataset_dir)
        items = []
        for path in images_in(folder, (".wav",)):
            if not re.fullmatch(r"[01](_[01])*", _stem(path)):
                raise FormatError(f"YesNoDataset: the name of {path} should be of 0 and 1 with _ between them.")
            items.append((path, (np.array(_stem(path).split("_"), np.int32),)))
        super().__init__("label", items, num_samples, shuffle, sampler, num_shards, shard_id)


class SpeechCommandsDataset(Sounds):
    """Speech Commands: columns waveform, sample_rate, label, speaker_id, utterance_number (int32).

    Args:
        dataset_dir: the folder of the commands' folders, testing_list.txt and validation_list.txt.
        usage: 'train', 'test', 'valid' or 'all' (default).
        num_samples, shuffle, sampler, num_shards, shard_id: which files, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, wave
    >>> os.makedirs("commands/cat")
    >>> with wave.open("commands/cat/0a0b0c0d_nohash_1.wav", "wb") as file:
    ...     file.setparams((1, 2, 16000, 0, "NONE", None))
    ...     file.writeframes(np.int16([0, 16384, -16384]).tobytes())
    >>> rows = dataset.SpeechCommandsDataset("commands").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["label"]), str(row["speaker_id"]), int(row["utterance_number"])) for row in rows]
    [('cat', '0a0b0c0d', 1)]
    """

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "SpeechCommandsDataset"
        folder = folder_of(who, dataset_dir)
        part = usage_of("all" if usage is None else usage, ("train", "test", "valid", "all"), who)
        lists = {"test": "testing_list.txt", "valid": "validation_list.txt"}
        listed = {name: set(lines(os.path.join(folder, file))) for name, file in lists.items()
                  if part in (name, "train")}
        items = []
        for label in folders_in(folder):
            for path in images_in(os.path.join(folder, label), (".wav",)) if label != "_background_noise_" else ():
                name = f"{label}/{os.path.basename(path)}"
                inside = name in listed[part] if part in lists else not any(name in found for found in listed.values())
                if part != "all" and not inside:
                    continue
                speaker, mark, count = _stem(path).partition("_nohash_")
                if not mark or not count.isdigit():
                    raise FormatError(f"{who}: {path} should be called <speaker>_nohash_<number>.wav.")
                items.append((path, (label, speaker, np.int32(count))))
        super().__init__("label speaker_id utterance_number", items, num_samples, shuffle, sampler, num_shards,
                         shard_id)


class GTZANDataset(Sounds):
    """GTZAN, <genre>/<genre>.<number>.wav: columns waveform, sample_rate (uint32), label, the genre.

    Args:
        dataset_dir: the folder of the genres' folders.
        usage: 'all' (default); the lists of 'train', 'valid' and 'test' are not part of the data set, nor of luojia.
        num_samples, shuffle, sampler, num_shards, shard_id: which files, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, wave
    >>> os.mkdir("blues")
    >>> with wave.open("blues/blues.00000.wav", "wb") as file:
    ...     file.setparams((1, 2, 22050, 0, "NONE", None))
    ...     file.writeframes(np.int16([0, 16384, -16384]).tobytes())
    >>> rows = dataset.GTZANDataset(".").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["waveform"].tolist(), int(row["sample_rate"]), str(row["label"])) for row in rows]
    [([[0.0, 0.5000152587890625, -0.5000152587890625]], 22050, 'blues')]
    """

    _rate = np.uint32

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "GTZANDataset"
        folder = folder_of(who, dataset_dir)
        part = usage_of("all" if usage is None else usage, ("train", "valid", "test", "all"), who)
        if part != "all":
            raise NotSupportedError(f"{who}: usage {part!r} is not supported; pick the files with a sampler.")
        items = [(path, (genre,)) for genre in folders_in(folder)
                 for path in images_in(os.path.join(folder, genre), (".wav",))]
        super().__init__("label", items, num_samples, shuffle, sampler, num_shards, shard_id)


class LJSpeechDataset(Sounds):
    """LJSpeech: columns waveform, sample_rate, transcription and normalized_transcription.

    Args:
        dataset_dir: the folder with metadata.csv and wavs.
        num_samples, shuffle, sampler, num_shards, shard_id: which files, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib, wave
    >>> os.mkdir("wavs")
    >>> _ = pathlib.Path("metadata.csv").write_text("LJ001|In 1455|In fourteen fifty-five\\n")
    >>> with wave.open("wavs/LJ001.wav", "wb") as file:
    ...     file.setparams((1, 2, 22050, 0, "NONE", None))
    ...     file.writeframes(np.int16([0, 16384, -16384]).tobytes())
    >>> rows = dataset.LJSpeechDataset(".").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(str(row["transcription"]), str(row["normalized_transcription"])) for row in rows]
    [('In 1455', 'In fourteen fifty-five')]
    """

    def __init__(self, dataset_dir: str, num_samples: int | None = None, num_parallel_workers: int | None = None,
                 shuffle: bool | None = None, sampler: Any = None, num_shards: int | None = None,
                 shard_id: int | None = None, cache: Any = None) -> None:
        folder = folder_of("LJSpeechDataset", dataset_dir)
        items = []
        listed = os.path.join(folder, "metadata.csv")
        for cells in (line.split("|") for line in lines(listed)):
            if len(cells) != 3:
                raise FormatError(f"LJSpeechDataset: a line of {listed} has {len(cells)} fields, expected 3.")
            items.append((os.path.join(folder, "wavs", f"{cells[0]}.wav"), cells[1:]))
        super().__init__("transcription normalized_transcription", items, num_samples, shuffle, sampler, num_shards,
                         shard_id)


_VOICES = ("aew", "ahw", "aup", "awb", "axb", "bdl", "clb", "eey", "fem", "gka", "jmk", "ksp", "ljm", "lnh", "rms",
           "rxr", "slp", "slt")


class CMUArcticDataset(Sounds):
    """CMU Arctic: columns waveform, sample_rate (uint32), transcript and utterance_id.

    Args:
        dataset_dir: the folder of the voices' folders.
        name: of the voice; default 'aew'.
        num_samples, shuffle, sampler, num_shards, shard_id: which files, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib, wave
    >>> os.makedirs("cmu_us_aew_arctic/wav"); os.mkdir("cmu_us_aew_arctic/etc")
    >>> _ = pathlib.Path("cmu_us_aew_arctic/etc/txt.done.data").write_text('( arctic_a0001 "Author of." )\\n')
    >>> with wave.open("cmu_us_aew_arctic/wav/arctic_a0001.wav", "wb") as file:
    ...     file.setparams((1, 2, 16000, 0, "NONE", None))
    ...     file.writeframes(np.int16([0, 16384, -16384]).tobytes())
    >>> rows = dataset.CMUArcticDataset(".").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["waveform"].shape, str(row["transcript"]), str(row["utterance_id"])) for row in rows]
    [((1, 3), 'Author of.', 'a0001')]
    """

    _rate = np.uint32

    def __init__(self, dataset_dir: str, name: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "CMUArcticDataset"
        folder = folder_of(who, dataset_dir)
        voice = usage_of("aew" if name is None else name, _VOICES, who, "name")
        inner = os.path.join(folder, f"cmu_us_{voice}_arctic")
        items = []
        for line in lines(os.path.join(inner, "etc", "txt.done.data")):
            found = re.fullmatch(r'\(\s*arctic_(\S+)\s+"(.*)"\s*\)', line)
            if found is None:
                raise FormatError(f'{who}: txt.done.data has the line {line!r}, expected ( arctic_<id> "<text>" ).')
            path = os.path.join(inner, "wav", f"arctic_{found.group(1)}.wav")
            items.append((path, (found.group(2), found.group(1))))
        super().__init__("transcript utterance_id", items, num_samples, shuffle, sampler, num_shards, shard_id)


_LIBRI = ("dev-clean", "dev-other", "test-clean", "test-other", "train-clean-100", "train-clean-360", "train-other-500")


class LibriTTSDataset(Sounds):
    """LibriTTS: columns waveform, sample_rate, original_text, normalized_text, speaker_id, chapter_id, utterance_id.

    Args:
        dataset_dir: the folder of the parts' folders.
        usage: 'dev-clean', 'dev-other', 'test-clean', 'test-other', 'train-clean-100', 'train-clean-360',
            'train-other-500' or 'all' (default: those that are there).
        num_samples, shuffle, sampler, num_shards, shard_id: which files, in which order; shuffled by default.
        num_parallel_workers, cache: accepted.

    >>> from luojia import dataset
    >>> import os, pathlib, wave
    >>> os.makedirs("dev-clean/84/121")
    >>> name = "dev-clean/84/121/84_121_0_0"
    >>> text = "84_121_0_0\\tIn 1455\\tIn fourteen fifty five\\n"
    >>> _ = pathlib.Path("dev-clean/84/121/84_121.trans.tsv").write_text(text)
    >>> with wave.open(f"{name}.wav", "wb") as file:
    ...     file.setparams((1, 2, 24000, 0, "NONE", None))
    ...     file.writeframes(np.int16([0, 16384, -16384]).tobytes())
    >>> rows = dataset.LibriTTSDataset(".", "dev-clean").create_dict_iterator(num_epochs=1, output_numpy=True)
    >>> [(row["waveform"].shape, str(row["original_text"]), int(row["speaker_id"])) for row in rows]
    [((1, 3), 'In 1455', 84)]
    """

    _rate = np.uint32

    def __init__(self, dataset_dir: str, usage: str | None = None, num_samples: int | None = None,
                 num_parallel_workers: int | None = None, shuffle: bool | None = None, sampler: Any = None,
                 num_shards: int | None = None, shard_id: int | None = None, cache: Any = None) -> None:
        who = "LibriTTSDataset"
        folder = folder_of(who, dataset_dir)
        part = usage_of("all" if usage is None else usage, (*_LIBRI, "all"), who)
        parts = [name for name in folders_in(folder) if name in _LIBRI] if part == "all" else [part]
        items = []
        for inner in (os.path.join(folder, name) for name in parts):
            for speaker in folders_in(inner):
                for chapter in folders_in(os.path.join(inner, speaker)):
                    where = os.path.join(inner, speaker, chapter)
                    for line in lines(os.path.join(where, f"{speaker}_{chapter}.trans.tsv")):
                        cells = line.split("\t")
                        if len(cells) != 3 or not (speaker.isdigit() and chapter.isdigit()):
                            raise FormatError(f"{who}: {where} has the line {line!r}, expected an id and two texts.")
                        values = (cells[1], cells[2], np.uint32(speaker), np.uint32(chapter), cells[0])
                        items.append((os.path.join(where, f"{cells[0]}.wav"), values))
        super().__init__("original_text normalized_text speaker_id chapter_id utterance_id", items, num_samples,
                         shuffle, sampler, num_shards, shard_id)
