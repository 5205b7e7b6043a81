"""TensorBoard's event files: what the records hold."""

import struct

import numpy as np

from luojia._src.formats import tfevents


def fields(data):
    """(number, value) of a message's fields."""
    found, at = [], 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            value, at = data[at : at + size], at + size
        found.append((key >> 3, value))
    return found


def value_of(record):
    """Step, name and fields of the value in a record."""
    event = dict(fields(record[12:-4]))
    value = fields(dict(fields(event[5]))[1])
    return event[2], value[0][1].decode(), value[1]


def test_images():
    step, name, (number, body) = value_of(tfevents.image("i", b"png", 2, 3, 1, 7, 0.0))
    assert (step, name, number, fields(body)) == (7, "i", 4, [(1, 2), (2, 3), (3, 1), (4, b"png")])


def test_histograms():
    _, name, (number, body) = value_of(tfevents.histogram("h", np.array([0.0, 1, 1, 4, np.nan]), 1, 0.0, bins=4))
    found = dict(fields(body))
    assert name == "h" and number == 5
    assert [struct.unpack("<d", found[i])[0] for i in range(1, 6)] == [0, 4, 4, 6, 18]
    assert np.frombuffer(found[6]).tolist() == [1, 2, 3, 4] and np.frombuffer(found[7]).tolist() == [1, 2, 0, 1]
    assert value_of(tfevents.histogram("e", np.zeros(0), 1, 0.0))[1] == "e"


def test_numbers():
    step, name, (number, body) = value_of(tfevents.scalar("a", 0.5, 300, 0.0))
    assert (step, name, number, struct.unpack("<f", body)[0]) == (300, "a", 2, 0.5)
