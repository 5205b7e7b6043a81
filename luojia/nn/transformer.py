"""Encoders and decoders of attention and feed-forward layers."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from .. import ops
from .._src.core.dtypes import DType, float32
from .._src.errors import ArgumentError, ShapeError
from .attention import MultiheadAttention
from .basic import Dense
from .containers import CellList
from .dropout import Dropout
from .module import Module
from .normalization import LayerNorm


def _activation(activation: Any) -> Callable:
    if activation in ("relu", "gelu"):
        return getattr(ops, activation)
    if isinstance(activation, str) or not callable(activation):
        raise ArgumentError(f"The activation must be relu/gelu, but get {activation}; a function or Module of one "
                            "Tensor is taken too.")
    return activation


class _Layer(Module):
    """What encoder and decoder layers share: feed-forward, and a residual with its norm before or after."""

    def __init__(self, d_model: int, nhead: int, dim_feedforward: int = 2048, dropout: float = 0.1,
                 activation: Any = "relu", layer_norm_eps: float = 1e-5, batch_first: bool = False,
                 norm_first: bool = False, dtype: DType = float32) -> None:
        super().__init__()
        self.self_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, dtype=dtype)
        self._build_attention(d_model, nhead, dropout, batch_first, dtype)
        self.dense1 = Dense(d_model, dim_feedforward, dtype=dtype)
        self.dropout = Dropout(p=dropout)
        self.dense2 = Dense(dim_feedforward, d_model, dtype=dtype)
        self.norm_first = norm_first
        for i in range(1, self._parts + 1):
            setattr(self, f"norm{i}", LayerNorm((d_model,), epsilon=layer_norm_eps, dtype=dtype))
        for i in range(1, self._parts + 1):
            setattr(self, f"dropout{i}", Dropout(p=dropout))
        self.activation = _activation(activation)

    _parts = 2

    def _build_attention(self, *args: Any) -> None:
        """Further attention, which comes before the feed-forward layers in the order of parameters."""

    def _feed(self, x: Any) -> Any:
        return self.dense2(self.dropout(self.activation(self.dense1(x))))

    def _residual(self, i: int, x: Any, part: Callable) -> Any:
        norm, dropout = getattr(self, f"norm{i}"), getattr(self, f"dropout{i}")
        return x + dropout(part(norm(x))) if self.norm_first else norm(x + dropout(part(x)))


class TransformerEncoderLayer(_Layer):
    """Self-attention, then two dense layers, each with dropout, a residual and layer normalization.

    x = norm1(x + attention(x)); x = norm2(x + dense2(act(dense1(x)))), or with ``norm_first`` x = x + attention(
    norm1(x)); x = x + dense2(act(dense1(norm2(x)))) (Vaswani et al. 2017). Called with src (S, N, E), or (N, S, E) with
    ``batch_first``, and masks as ``MultiheadAttention`` takes them.

    Args:
        d_model, nhead: E and the number of heads.
        dim_feedforward: the width between the dense layers.
        dropout: in training.
        activation: 'relu', 'gelu', or a function.
        layer_norm_eps: added to the variance.
        batch_first, norm_first: see above.

    >>> from luojia import Tensor, nn
    >>> nn.TransformerEncoderLayer(8, 2, 16)(Tensor(np.ones((5, 2, 8), np.float32))).shape
    (5, 2, 8)

    Matches ``mindspore.nn.TransformerEncoderLayer``.
    """

    def construct(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None) -> Any:
        def attend(x: Any) -> Any:
            return self.self_attn(x, x, x, attn_mask=src_mask, key_padding_mask=src_key_padding_mask,
                                  need_weights=False)[0]

        return self._residual(2, self._residual(1, src, attend), self._feed)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to ``memory``, then two dense layers, each with a residual and a norm.

    Called with tgt (T, N, E) and memory (S, N, E); see ``TransformerEncoderLayer``.

    >>> from luojia import nn, Tensor
    >>> x, memory = Tensor(np.ones((5, 2, 8), np.float32)), Tensor(np.ones((3, 2, 8), np.float32))
    >>> nn.TransformerDecoderLayer(8, 2, dim_feedforward=16)(x, memory).shape
    (5, 2, 8)

    Matches ``mindspore.nn.TransformerDecoderLayer``.
    """

    _parts = 3

    def _build_attention(self, d_model: int, nhead: int, dropout: float, batch_first: bool, dtype: DType) -> None:
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout=dropout, batch_first=batch_first, dtype=dtype)

    def construct(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None,
                  tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None) -> Any:
        def attend(x: Any) -> Any:
            return self.self_attn(x, x, x, attn_mask=tgt_mask, key_padding_mask=tgt_key_padding_mask,
                                  need_weights=False)[0]

        def look(x: Any) -> Any:
            return self.multihead_attn(x, memory, memory, attn_mask=memory_mask,
                                       key_padding_mask=memory_key_padding_mask, need_weights=False)[0]

        x = self._residual(1, tgt, attend)
        return self._residual(3, self._residual(2, x, look), self._feed)


def _copies(layer: Module, count: int) -> CellList:
    return CellList([deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """``num_layers`` copies of an encoder layer, which start equal, and a ``norm`` at the end if given.

    >>> from luojia import nn, Tensor
    >>> layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16)
    >>> nn.TransformerEncoder(layer, 2)(Tensor(np.ones((5, 2, 8), np.float32))).shape
    (5, 2, 8)
    """

    def __init__(self, encoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers, self.num_layers = _copies(encoder_layer, num_layers), num_layers
        self.norm = norm

    def construct(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None) -> Any:
        for layer in self.layers:
            src = layer(src, src_mask=src_mask, src_key_padding_mask=src_key_padding_mask)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """``num_layers`` copies of a decoder layer, which start equal, and a ``norm`` at the end if given.

    >>> from luojia import nn, Tensor
    >>> layer = nn.TransformerDecoderLayer(8, 2, dim_feedforward=16)
    >>> x = Tensor(np.ones((5, 2, 8), np.float32))
    >>> nn.TransformerDecoder(layer, 2)(x, x).shape
    (5, 2, 8)
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers, self.num_layers = _copies(decoder_layer, num_layers), num_layers
        self.norm = norm

    def construct(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None,
                  tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None) -> Any:
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                        tgt_key_padding_mask=tgt_key_padding_mask, memory_key_padding_mask=memory_key_padding_mask)
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder of ``src`` and a decoder of ``tgt`` that attends to what the encoder gives (Vaswani et al. 2017).

    Called with src (S, N, E) and tgt (T, N, E), or (N, S, E) and (N, T, E) with ``batch_first``; gives tgt's shape.

    Args:
        d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first: of the layers,
            see ``TransformerEncoderLayer``.
        num_encoder_layers, num_decoder_layers: how many.
        custom_encoder, custom_decoder: networks in the place of those.

    >>> from luojia import Tensor, nn
    >>> net = nn.Transformer(8, 2, 1, 1, 16)
    >>> net(Tensor(np.ones((5, 2, 8), np.float32)), Tensor(np.ones((3, 2, 8), np.float32))).shape
    (3, 2, 8)

    Matches ``mindspore.nn.Transformer``.
    """

    def __init__(self, d_model: int = 512, nhead: int = 8, num_encoder_layers: int = 6, num_decoder_layers: int = 6,
                 dim_feedforward: int = 2048, dropout: float = 0.1, activation: Any = "relu",
                 custom_encoder: Module | None = None, custom_decoder: Module | None = None,
                 layer_norm_eps: float = 1e-5, batch_first: bool = False, norm_first: bool = False,
                 dtype: DType = float32) -> None:
        super().__init__()
        common = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, dtype)
        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*common), num_encoder_layers, LayerNorm((d_model,), epsilon=layer_norm_eps,
                                                                            dtype=dtype))
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*common), num_decoder_layers, LayerNorm((d_model,), epsilon=layer_norm_eps,
                                                                            dtype=dtype))
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def construct(self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
                  src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None,
                  memory_key_padding_mask: Any = None) -> Any:
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise ShapeError(f"For 'Transformer', the batches of 'src' and 'tgt' must be equal, got shapes {src.shape} "
                             f"and {tgt.shape} with batch_first={self.batch_first}.")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise ShapeError("The number of features for 'src' and 'tgt' must be equal to `d_model`, "
                             f"{self.d_model}, got shapes {src.shape} and {tgt.shape}.")
        memory = self.encoder(src, src_mask=src_mask, src_key_padding_mask=src_key_padding_mask)
        return self.decoder(tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                            tgt_key_padding_mask=tgt_key_padding_mask,
                            memory_key_padding_mask=memory_key_padding_mask)


__all__ = ["Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
           "TransformerEncoderLayer"]
