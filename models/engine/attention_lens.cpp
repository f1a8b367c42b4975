#include <map>

#include "core/errors.h"
#include "models/attention.h"
#include "models/engine/attention_rollout.h"
#include "models/engine/attention_source.h"
#include "models/engine/compute_device.h"
#include "models/engine/engine_errors.h"
#include "models/engine/occlusion.h"

namespace stormloom {
using torch::Tensor;

struct AttentionLens::Impl {
  explicit Impl(const EngineOptions& options)
      : compute(chooseDevice(options.device, options.threads)),
        networks(options.modelFolder.empty() ? shippedModelFolder() : options.modelFolder,
                 options.earthformerWeights, compute.device) {
    setPrecision("fp32");  // weights are shown to four digits
  }

  const ContextEncoding& encodingOf(const ModelContext& context) {
    if (!encoding || encoding->hash != context.hash)
      encoding = encodeContext(context, compute.device);
    return *encoding;
  }

  const AttentionLayer& layerAt(const std::string& path) const {
    if (!pass.recorder) throw UsageError("No forward pass was kept; look at a context first.");
    for (const AttentionLayer& layer : pass.layers)
      if (layer.path == path) return layer;
    std::string first = pass.layers.empty() ? "none" : pass.layers.front().path;
    throw UsageError("There is no attention layer \"" + path + "\" in " + pass.model +
                     "; one is \"" + first + "\".");
  }

  AttentionView viewOf(const std::string& path, const Thw& cell, int head) const {
    const AttentionLayer& layer = layerAt(path);
    AttentionView view =
        stormloom::viewOf(layer, pass.recorder->weightsOf(path, {0, cell}), cell, head);
    view.model = pass.model;
    view.weightsHash = pass.weightsHash;
    view.geo = levelGeo(*map, layer.attended.data);
    return view;
  }

  AttentionRollout rollout(int frame, int row, int col) const;
  ForecastBatch forecasts(const AttentionPass& asked);

  ComputeDevice compute;
  AttentionNetworks networks;
  std::optional<ContextEncoding> encoding;
  std::optional<GeoReference> map;
  AttentionPass asked;
  KeptPass pass;
};

AttentionRollout AttentionLens::Impl::rollout(int frame, int row, int col) const {
  if (!pass.recorder) throw UsageError("No forward pass was kept; look at a context first.");
  std::vector<std::string> paths;
  for (const AttentionLayer& layer : pass.layers) paths.push_back(layer.path);
  const LayerChain chain = layerChain(paths);
  if (chain.up.empty() || chain.up[0].empty())
    throw UsageError("Attention can be followed back only through a network that gives frames.");
  const AttentionLayer& last = layerAt(chain.up[0].back());
  const AttentionLayer& first = layerAt(chain.down[0].front());
  // A denoiser's field holds the condition as well: its forecast frames are the last ones.
  int forecastFrames = 0;
  for (const LevelFrame& role : last.queryFrames)
    forecastFrames += role.kind == LevelFrame::Kind::Forecast;
  const int start = int(last.query.data[0]) - forecastFrames;
  if (frame < 0 || frame >= forecastFrames)
    throw UsageError("The forecast has no frame " + std::to_string(frame) + "; it has " +
                     std::to_string(forecastFrames) + ", counted from 0.");
  const Thw cell = levelCell(last.query.data, start + frame, row, col, *map);
  const RolledOut rolled = rollOut(*pass.recorder, chain, cell);

  AttentionRollout result{{.layer = first, .geo = levelGeo(*map, first.query.data)}, rolled.lost};
  result.view.layer.path = "rollout";
  result.view.layer.words = "rollout through all layers (an approximation)";
  result.view.layer.attended = first.query;
  result.view.layer.attendedFrames = first.queryFrames;
  result.view.layer.query = last.query;
  result.view.layer.queryFrames = last.queryFrames;
  result.view.layer.cross = last.query.data != first.query.data;  // asked by another field
  result.view.model = pass.model;
  result.view.weightsHash = pass.weightsHash;
  result.view.query = cell;
  result.view.padding = rolled.lost;
  const Tensor weights = rolled.weights.contiguous();
  const double* weight = weights.data_ptr<double>();
  const Thw& shape = first.query.data;
  for (std::int64_t t = 0; t < shape[0]; ++t)
    for (std::int64_t h = 0; h < shape[1]; ++h)
      for (std::int64_t w = 0; w < shape[2]; ++w)
        if (const double share = weight[flatIndex({t, h, w}, shape)]; share > 0.0)
          result.view.cells.push_back({{t, h, w}, share});
  return result;
}

ForecastBatch AttentionLens::Impl::forecasts(const AttentionPass& wanted) {
  if (wanted.model == "earthformer")
    return [this](const Tensor& past, const Tensor& extrapolated) {
      return networks.earthformer().forecast(past, extrapolated);
    };
  if (wanted.model != "prediff")
    throw UsageError(
        "Only a network that gives frames can be asked what changes them: "
        "earthformer or prediff.");
  return [this, wanted](const Tensor& past, const Tensor& extrapolated) {
    PreDiffModel& model = networks.prediff();
    ScenarioStart start = scenarioStart(model, *encoding, wanted);  // the same noise and command
    const std::int64_t batch = past.size(0);
    const Tensor condition = model.condition(past, extrapolated);
    start.draw.noise = start.draw.noise.expand({batch, -1, -1, -1, -1});
    const Tensor control = start.control.expand({batch, -1});
    const Tensor latents =
        drawLatents(model, start.draw, start.plan, [&](const Tensor& z, const Tensor& time) {
          return model.denoise(z, time, condition, control);
        });
    std::vector<Tensor> frames;
    for (std::int64_t i = 0; i < batch; ++i)
      frames.push_back(model.decode(latents[i], model.extrapolatedPart(extrapolated[i])));
    return torch::stack(frames);
  };
}

AttentionLens::AttentionLens(const EngineOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}
AttentionLens::~AttentionLens() = default;

std::vector<AttentionLayer> AttentionLens::look(const ModelContext& context,
                                                const AttentionPass& pass, std::stop_token stop,
                                                const EngineProgress& progress) {
  return inWords(impl_->compute.name, [&]() -> std::vector<AttentionLayer> {
    runInBackground();
    if (progress) progress(0.0, "reading the motion of the rain");
    const ContextEncoding& encoding = impl_->encodingOf(context);
    if (progress) progress(0.3, "one pass through " + pass.model);
    impl_->pass = {};  // before the next one takes its memory
    impl_->pass = keptPass(impl_->networks, context, encoding, pass, stop);
    impl_->map = context.frames.geo;
    impl_->asked = pass;
    if (progress) progress(1.0, "done");
    return impl_->pass.layers;
  });
}

AttentionView AttentionLens::weights(const std::string& layer, const Thw& cell, int head) const {
  return inWords(impl_->compute.name, [&] { return impl_->viewOf(layer, cell, head); });
}

AttentionRollout AttentionLens::rollout(int frame, int row, int col) const {
  return inWords(impl_->compute.name, [&] { return impl_->rollout(frame, row, col); });
}

std::optional<OcclusionMap> AttentionLens::occlude(const ModelContext& context, int frame, int row,
                                                   int col, int patch, std::stop_token stop,
                                                   const EngineProgress& progress) {
  return inWords(impl_->compute.name, [&]() -> std::optional<OcclusionMap> {
    runInBackground();
    const ContextEncoding& encoding = impl_->encodingOf(context);
    const OcclusionQuestion question{frame, row, col, patch,
                                     impl_->compute.device.is_cuda() ? 32 : 4};
    return occlusionOf(encoding, question, impl_->forecasts(impl_->asked), stop, progress);
  });
}

}  // namespace stormloom
