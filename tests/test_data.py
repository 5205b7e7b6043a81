"""luojia.data: what comes without a download."""

import numpy as np

from luojia import data


def test_digits_and_their_split():
    images, labels = data.digits(size=28)
    assert images.shape == (1797, 1, 28, 28) and images.dtype == np.float32 and set(labels) == set(range(10))
    (train, _), (test, answers) = data.split(images, labels, test=0.2, seed=0)
    assert len(train) == 1438 and len(test) == len(answers) == 359
    again = data.split(images, labels, test=0.2, seed=0)
    assert (again[1][1] == answers).all()
