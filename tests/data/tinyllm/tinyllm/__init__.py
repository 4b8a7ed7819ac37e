"""A framework of our own in the style of TensorRT-LLM: small, and with the same idioms."""

from ._common import default_net, net_guard
from .plugin import load_plugins

load_plugins()
