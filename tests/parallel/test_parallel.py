"""The names of luojia.parallel beside the mesh: settings, and what is refused."""

import pytest

from luojia import parallel


def test_settings_of_the_search_for_a_strategy():
    parallel.set_algo_parameters(fully_use_devices=True)
    assert parallel.get_algo_parameters("fully_use_devices") is True
    parallel.reset_algo_parameters()
    assert parallel.get_algo_parameters("fully_use_devices") is False
    assert parallel.get_algo_parameters("tensor_slice_align_size") == 16
    with pytest.raises(TypeError, match="'fully_use_devices' must be <class 'bool'>"):
        parallel.set_algo_parameters(fully_use_devices=3)
    with pytest.raises(ValueError, match="Get context keyword nope is not recognized"):
        parallel.get_algo_parameters("nope")
    with pytest.raises(ValueError, match="Set context keyword nope is not recognized"):
        parallel.set_algo_parameters(nope=1)


def test_what_cuts_models_is_refused():
    with pytest.raises(NotImplementedError, match="luojia.parallel.parameter_broadcast is not provided; models are "
                                                  "not cut over devices; for data parallel training"):
        parallel.parameter_broadcast  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'shrad'"):
        parallel.shrad  # noqa: B018
