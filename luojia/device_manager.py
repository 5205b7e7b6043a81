"""The default device, under the path of ``mindspore.device_manager``."""

from .context import get_current_device, set_deterministic, set_device

__all__ = ["get_current_device", "set_deterministic", "set_device"]
