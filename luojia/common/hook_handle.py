"""What registering a hook returns, under the path of ``mindspore.common.hook_handle``."""

from ..nn.custom import HookHandle

__all__ = ["HookHandle"]
