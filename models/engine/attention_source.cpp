#include "models/engine/attention_source.h"

#include "core/errors.h"
#include "models/engine/network_loading.h"
#include "models/sampling/knowledge_control.h"

namespace stormloom {
using torch::Tensor;
namespace {

struct Enough {};  // thrown inside a sampler when the wanted evaluation is over

std::vector<LevelFrame> observedFrames(const ModelContext& context, std::size_t last) {
  std::vector<LevelFrame> frames;
  const auto& all = context.frames.frames;
  for (std::size_t i = all.size() - std::min(last, all.size()); i < all.size(); ++i)
    frames.push_back({LevelFrame::Kind::Observed, all[i].validTime});
  return frames;
}

void appendLeads(std::vector<LevelFrame>& frames, const ModelContext& context, std::int64_t leads,
                 LevelFrame::Kind kind) {
  for (std::int64_t lead = 1; lead <= leads; ++lead)
    frames.push_back({kind, context.runTime + minutes(context.grid.stepMinutes * lead)});
}

KeptPass ofEarthformer(AttentionNetworks& networks, const ModelContext& context,
                       const ContextEncoding& encoding) {
  EarthformerForecaster& forecaster = networks.earthformer();
  KeptPass kept{forecaster.name(), forecaster.weightsHash(), nullptr, {}};
  CuboidTransformerModelImpl& network = forecaster.network();
  const Tensor given =
      forecaster.input(encoding.past.unsqueeze(0), encoding.extrapolated.unsqueeze(0));
  kept.recorder = std::make_unique<AttentionRecorder>(network, AttentionProbe::Keep::Inputs);
  network.forward(given);
  kept.recorder->stop();
  FrameRoles roles{observedFrames(context, context.frames.frames.size()), {}};
  appendLeads(roles.encoder, context, given.size(1) - encoding.past.size(0),
              LevelFrame::Kind::Extrapolated);
  appendLeads(roles.decoder, context, network.options().targetShape.thw[0],
              LevelFrame::Kind::Forecast);
  kept.layers = describeLayers(network, *kept.recorder, roles);
  return kept;
}

/// Samples up to one evaluation of the denoiser and calls `look` instead of it.
void atEvaluation(PreDiffModel& model, const ScenarioStart& start, int wanted, std::stop_token stop,
                  const std::function<void(const Tensor& z, const Tensor& time)>& look) {
  int evaluation = 0;
  const DenoiserCall ask = [&](const Tensor& z, const Tensor& time) {
    if (stop.stop_requested()) throw Stopped();
    if (evaluation++ == wanted) {
      look(z, time);
      throw Enough();
    }
    return model.denoise(z, time, start.condition, start.control);
  };
  try {
    drawLatents(model, start.draw, start.plan, ask);
  } catch (const Enough&) {
    return;
  }
}

int evaluationOf(const AttentionPass& pass, const ScenarioStart& start) {
  const int count = start.plan.evaluations();
  const int wanted = pass.step < 0 ? count - 1 : pass.step;
  if (wanted >= count)
    throw UsageError("There is no step " + std::to_string(wanted) +
                     "; the sampler asks the denoiser " + std::to_string(count) +
                     " times, counted from 0.");
  return wanted;
}

KeptPass ofDenoiser(AttentionNetworks& networks, const ModelContext& context,
                    const ContextEncoding& encoding, const AttentionPass& pass,
                    std::stop_token stop) {
  PreDiffModel& model = networks.prediff();
  const ScenarioStart start = scenarioStart(model, encoding, pass);
  KeptPass kept{model.name(), model.weightsHash(), nullptr, {}};
  atEvaluation(
      model, start, evaluationOf(pass, start), stop, [&](const Tensor& z, const Tensor& time) {
        kept.recorder =
            std::make_unique<AttentionRecorder>(model.denoiser(), AttentionProbe::Keep::Inputs);
        model.denoiseByLayers(z, time, start.condition, start.control);
        kept.recorder->stop();
      });
  FrameRoles roles{observedFrames(context, std::size_t(model.contextFrames())), {}};
  const std::int64_t leads = model.latentShape()[0];
  appendLeads(roles.encoder, context, start.condition.size(1) - model.contextFrames(),
              LevelFrame::Kind::Extrapolated);
  appendLeads(roles.encoder, context, leads, LevelFrame::Kind::Forecast);
  kept.layers = describeLayers(model.denoiser(), *kept.recorder, roles);
  return kept;
}

KeptPass ofAlignment(AttentionNetworks& networks, const ModelContext& context,
                     const ContextEncoding& encoding, const AttentionPass& pass,
                     std::stop_token stop) {
  NoisyCuboidTransformerEncoderImpl& network = networks.alignment();
  PreDiffModel& model = networks.prediff();
  const ScenarioStart start = scenarioStart(model, encoding, pass);
  KeptPass kept{networks.alignmentName(), networks.alignmentHash(), nullptr, {}};
  atEvaluation(
      model, start, evaluationOf(pass, start), stop, [&](const Tensor& z, const Tensor& time) {
        kept.recorder = std::make_unique<AttentionRecorder>(network, AttentionProbe::Keep::Inputs);
        network.forward(z, time);
        kept.recorder->stop();
      });
  FrameRoles roles;
  appendLeads(roles.encoder, context, model.latentShape()[0], LevelFrame::Kind::Forecast);
  kept.layers = describeLayers(network, *kept.recorder, roles);
  return kept;
}

}  // namespace

EarthformerForecaster& AttentionNetworks::earthformer() {
  if (!earthformer_)
    earthformer_ =
        std::make_unique<EarthformerForecaster>(folder_, weights_, device_, torch::kFloat32);
  return *earthformer_;
}

PreDiffModel& AttentionNetworks::prediff() {
  if (!prediff_) prediff_ = std::make_unique<PreDiffModel>(folder_, device_, torch::kFloat32);
  return *prediff_;
}

NoisyCuboidTransformerEncoderImpl& AttentionNetworks::alignment() {
  if (!alignment_) {
    const ModelCard card = cardOf(folder_, "alignment");
    NoisyCuboidTransformerEncoder network(
        noisyCuboidTransformerEncoderOptionsFromJson(card.architecture));
    loadForInference(*network, card, device_);
    alignment_ = network;
    alignmentName_ = card.name;
    alignmentHash_ = card.sha256;
  }
  return *alignment_;
}

ScenarioStart scenarioStart(PreDiffModel& model, const ContextEncoding& encoding,
                            const AttentionPass& pass) {
  ScenarioRequest request;
  request.seed = pass.seed;
  request.steps = pass.steps;
  ScenarioStart start{drawOf(pass.seed, {pass.member}, model, encoding.past.device()),
                      model.condition(encoding), torch::zeros({1, 3}, encoding.past.options()),
                      planOf(request, model)};
  if (pass.nSigma != 0.0) {
    const AnticipatedIntensity expected = model.statistics().anticipate(encoding.contextMeans);
    const auto mean = [&start](const std::vector<double>& values) {
      return torch::tensor(values, torch::kFloat64)
          .mean()
          .to(torch::kFloat32)
          .reshape({1})
          .to(start.control.device());
    };
    std::vector<double> commanded;
    for (std::size_t lead = 0; lead < expected.mu.size(); ++lead)
      commanded.push_back(expected.commanded(int(lead), pass.nSigma));
    start.control = commandFeatures(mean(commanded), mean(expected.mu), mean(expected.sigma));
  }
  return start;
}

KeptPass keptPass(AttentionNetworks& networks, const ModelContext& context,
                  const ContextEncoding& encoding, const AttentionPass& pass,
                  std::stop_token stop) {
  const torch::NoGradGuard noGradient;
  if (stop.stop_requested()) throw Stopped();
  if (pass.model == "earthformer") return ofEarthformer(networks, context, encoding);
  if (pass.model == "prediff") return ofDenoiser(networks, context, encoding, pass, stop);
  if (pass.model == "alignment") return ofAlignment(networks, context, encoding, pass, stop);
  throw UsageError("The attention of \"" + pass.model +
                   "\" cannot be seen. Use earthformer, prediff or alignment.");
}

}  // namespace stormloom
