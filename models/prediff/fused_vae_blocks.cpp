// The fused path of the VAE's pieces: frames stay tokens (N,H,W,C) throughout.
#include <cmath>

#include "models/kernels/frame_kernels.h"
#include "models/kernels/fused_scope.h"
#include "models/prediff/vae_blocks.h"

namespace stormloom {
using torch::Tensor;

ResidualStream streamFromFrames(const Tensor& frames) {
  return {asFactor(frames.permute({0, 2, 3, 1})), {}, {}};
}

Tensor framesFromStream(ResidualStream& stream) {
  return settle(stream)
      .permute({0, 3, 1, 2})
      .to(torch::kFloat32, false, false, at::MemoryFormat::Contiguous);
}

void VaeResnetBlockImpl::fused(ResidualStream& stream) {
  const FusedWeights& w = fusedWeights_.get(conv1->weight, [this] {
    FusedWeights made{fusedNorm(norm1, "silu"),
                      fusedNorm(norm2, "silu"),
                      fusedConvolution(conv1),
                      fusedConvolution(conv2),
                      {},
                      {}};
    made.norm2.shift = made.conv1.bias.unsqueeze(0);  // (1,C)
    made.updateBias = made.conv2.bias;
    if (conv_shortcut.is_empty()) return made;
    made.shortcut = fusedConvolution(conv_shortcut);
    made.updateBias = made.updateBias + made.shortcut.bias;
    return made;
  });
  const Tensor h = convolved(settleAndGroupNorm(stream, w.norm1), w.conv1);
  const Tensor update = convolved(groupNormed(h, w.norm2), w.conv2);
  if (!conv_shortcut.is_empty()) stream.x = convolved(stream.x, w.shortcut);
  stream.update = update;
  stream.updateBias = w.updateBias;
}

void VaeAttentionBlockImpl::fused(ResidualStream& stream) {
  const FusedWeights& w = fusedWeights_.get(query->weight, [this] {
    return FusedWeights{fusedNorm(group_norm, "none"), fusedLinears({query, key, value}),
                        fusedLinear(proj_attn)};
  });
  const Tensor tokens = settleAndGroupNorm(stream, w.norm).flatten(1, 2);  // (N,H*W,C)
  const auto parts = product(tokens, w.queryKeyValue).chunk(3, -1);
  const double scale = 1.0 / std::sqrt(double(tokens.size(2)));
  const Tensor scores = torch::matmul(parts[0], parts[1].transpose(1, 2));
  const Tensor weights =
      torch::softmax(scores * scale, -1, torch::kFloat32).to(tokens.scalar_type());
  stream.update = product(torch::matmul(weights, parts[2]), w.proj).view(stream.x.sizes());
}

void VaeDownsampleImpl::fused(ResidualStream& stream) {
  const FusedConvolution& w =
      fusedConvolution_.get(conv->weight, [this] { return fusedConvolution(conv); });
  const Tensor padded =
      torch::constant_pad_nd(settle(stream), {0, 0, 0, 1, 0, 1});  // right and below
  stream = {convolvedWithBias(padded, w), {}, {}};
}

void VaeUpsampleImpl::fused(ResidualStream& stream) {
  const UpsampledConvolution& w =
      fusedConvolution_.get(conv->weight, [this] { return upsampledConvolution(conv); });
  const Tensor& x = settle(stream);
  stream = {upsampledAndConvolved(x, w, 2 * x.size(1), 2 * x.size(2)), {}, {}};
}

void VaeMidBlockImpl::fused(ResidualStream& stream) {
  resnets->at<VaeResnetBlockImpl>(0).fused(stream);
  attentions->at<VaeAttentionBlockImpl>(0).fused(stream);
  resnets->at<VaeResnetBlockImpl>(1).fused(stream);
}

void VaeStageImpl::fused(ResidualStream& stream) {
  for (std::size_t k = 0; k < resnets->size(); ++k)
    resnets->at<VaeResnetBlockImpl>(k).fused(stream);
  if (!down_.is_empty()) down_->fused(stream);
  if (!up_.is_empty()) up_->fused(stream);
}

}  // namespace stormloom
