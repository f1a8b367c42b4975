#include "app/cli/attention_pictures.h"

#include <charconv>
#include <cmath>

#include "app/cli/outputs.h"
#include "app/cli/pictures.h"
#include "app/figure/attention_figure.h"
#include "app/figure/block_figure.h"
#include "app/figure/diffusion_figure.h"
#include "core/attention_file.h"
#include "core/frame_words.h"
#include "core/pattern_file.h"
#include "core/pattern_text.h"

namespace stormloom::cli {

namespace {

FigureOptions attentionOptionsFrom(const Session& session) {
  FigureOptions options = figureOptionsFrom(session);
  options.widthMm = session.arguments.number("--mm", 0.0, 2000.0);
  options.dotsPerInch = session.arguments.integer("--dpi", 36, 1200);
  return options;
}

using Grid = std::shared_ptr<const RadarGrid>;

Grid frameAt(const FrameSequence& sequence, ValidTime time) {
  for (const Frame& frame : sequence.frames)
    if (frame.validTime == time) return frame.grid;
  return nullptr;
}

/// Radar below the attention: observed frames from the context, others from the models.
class Backgrounds {
public:
  Backgrounds(const Session& session, const ModelContext& context, const AttentionPass& pass)
      : context_(context) {
    EngineOptions options = engineOptionsFrom(session);
    options.earthformerWeights = session.arguments.text("--weights");
    NowcastEngine engine(options);
    carried_ = engine.forecast(context, "extrapolation", session.stop);
    if (pass.model == "earthformer") {
      forecast_ = engine.forecast(context, "earthformer", session.stop);
      return;
    }
    ScenarioRequest request;
    request.context = std::make_shared<const ModelContext>(context);
    request.nSigma = {pass.nSigma};
    request.members = pass.member + 1;
    request.seed = pass.seed;
    request.steps = pass.steps;
    scenario_ = engine.generate(request, session.stop);
  }

  Grid of(const LevelFrame& frame) const {
    if (frame.kind == LevelFrame::Kind::Observed) return frameAt(context_.frames, frame.validTime);
    if (frame.kind == LevelFrame::Kind::Extrapolated && carried_)
      return frameAt(carried_->frames, frame.validTime);
    if (forecast_) return frameAt(forecast_->frames, frame.validTime);
    return scenario_ ? frameAt(scenario_->members.back().frames, frame.validTime) : nullptr;
  }

private:
  const ModelContext& context_;
  std::shared_ptr<const DeterministicForecast> carried_, forecast_;
  std::shared_ptr<const ScenarioForecast> scenario_;
};

/// --turn, --apart.
BlockView blockViewFrom(const Session& session) {
  BlockView view;
  view.apart = session.arguments.number("--apart", 0.0, 1.0);
  const std::string text = session.arguments.text("--turn");
  if (text.empty()) return view;
  const char* end = text.data() + text.size();
  const auto turn = std::from_chars(text.data(), end, view.turn);
  const bool two = turn.ec == std::errc() && turn.ptr != end && *turn.ptr == ',';
  if (!two || std::from_chars(turn.ptr + 1, end, view.tilt).ptr != end ||
      !(std::abs(view.turn) <= 360.0 && std::abs(view.tilt) < 90.0))
    throw UsageError("--turn needs degrees round and from above, for instance 32,22, not \"" + text +
                     "\".");
  return view;
}

BlockGround groundFrom(const Session& session) {
  return session.arguments.choice("--ground", {"cuboids", "rain"}) == "rain" ? BlockGround::Radar
                                                                             : BlockGround::Cuboids;
}

AttentionPicture mapsOf(const Backgrounds& backgrounds, const AttentionDrawn& drawn,
                        const AttentionView& view, bool dark) {
  const FrameSequence& past = drawn.input.context->frames;
  AttentionPicture picture{view, past.geo, {}, nullptr, past.attribution, dark};
  for (const LevelFrame& frame : view.layer.attendedFrames)
    picture.frames.push_back(backgrounds.of(frame));
  picture.asked = backgrounds.of(view.layer.queryFrames[std::size_t(view.query[0])]);
  return picture;
}

BlockPicture blockOf(const Session& session, const AttentionDrawn& drawn) {
  const BlockGround ground = groundFrom(session);
  std::optional<Backgrounds> backgrounds;
  if (ground == BlockGround::Radar)
    backgrounds.emplace(session, *drawn.input.context, drawn.pass);
  const RadarAt radar = [&backgrounds](const LevelFrame& frame) { return backgrounds->of(frame); };
  return attentionBlockPicture(drawn.view, ground, radar, darkThemeFrom(session),
                               blockViewFrom(session));
}

BlockMotion motionNamed(const std::string& name) {
  return name == "apart"    ? BlockMotion::Apart
         : name == "frames" ? BlockMotion::Frames
                            : BlockMotion::Turn;
}

/// Draws with a progress line; Cancelled when it was stopped.
template <class Write>
void writeInSight(const Session& session, Write write) {
  ProgressLine line(session.console, "Drawing");
  if (!write([&line](double share) { line.update(share); })) throw Cancelled();
}

void writeLayers(const Session& session, const AttentionDrawn& drawn, const AttentionLens& lens,
                 const std::vector<AttentionLayer>& layers, const std::string& out,
                 const Receipt& receipt) {
  const Backgrounds backgrounds(session, *drawn.input.context, drawn.pass);
  const Thw& asked = drawn.view.query;
  const AttentionLayer& from = drawn.view.layer;
  std::vector<AttentionPicture> pictures;
  for (const AttentionLayer& layer : layers) {
    stopHere(session);
    // The same place on the layer's own grid, at the same time or nearest to it.
    Thw cell = cellOnLevel(asked, from.query.data, layer.query.data);
    cell[0] = std::int64_t(frameLike(layer.queryFrames, from.queryFrames[std::size_t(asked[0])]));
    const int head = drawn.view.head < layer.heads ? drawn.view.head : kMeanOfHeads;
    pictures.push_back(mapsOf(backgrounds, drawn, lens.weights(layer.path, cell, head),
                              darkThemeFrom(session)));
  }
  writeInSight(session, [&](const auto& progress) {
    return writeLayersMovie(out, pictures, attentionOptionsFrom(session), receipt, session.stop,
                            progress);
  });
}

}  // namespace

AttentionForm attentionFormOf(const std::string& out) {
  const std::string ending = lowerEnding(out);
  if (ending == ".nc") return AttentionForm::NetCdf;
  if (ending == ".csv") return AttentionForm::Table;
  const bool picture = ending == ".png" || ending == ".svg" || ending == ".pdf";
  return picture ? AttentionForm::Picture : AttentionForm::Movie;
}

bool darkThemeFrom(const Session& session) {
  return session.arguments.choice("--theme", {"dark", "light"}) == "dark";
}

void drawAttentionPicture(const Session& session, const AttentionDrawn& drawn,
                          const std::string& out, const Receipt& receipt) {
  const FigureOptions options = attentionOptionsFrom(session);
  if (session.arguments.choice("--as", {"maps", "block"}) == "block")
    return writeBlockFigure(out, blockOf(session, drawn), options, receipt);
  const Backgrounds backgrounds(session, *drawn.input.context, drawn.pass);
  writeAttentionFigure(out, mapsOf(backgrounds, drawn, drawn.view, darkThemeFrom(session)), options,
                       receipt);
}

void drawAttentionMovie(const Session& session, const AttentionDrawn& drawn,
                        const AttentionLens& lens, const std::vector<AttentionLayer>& layers,
                        const std::string& out, const Receipt& receipt) {
  const std::string kind =
      session.arguments.choice("--movie", {"turn", "apart", "frames", "layers"});
  if (kind == "layers") return writeLayers(session, drawn, lens, layers, out, receipt);
  const BlockPicture picture = blockOf(session, drawn);
  writeInSight(session, [&](const auto& progress) {
    return writeBlockMovie(out, picture, motionNamed(kind), attentionOptionsFrom(session), receipt,
                           session.stop, progress);
  });
}

void drawOcclusionPicture(const Session& session, const CutInput& input, const AttentionPass& pass,
                          const OcclusionMap& map, const std::string& out,
                          const Receipt& receipt) {
  const ModelContext& context = *input.context;
  writeOcclusionFigure(
      out,
      {map, context.frames.geo, context.frames.frames.back().grid, leadWords(context, map.frame),
       pass.model, context.frames.attribution, darkThemeFrom(session)},
      attentionOptionsFrom(session), receipt);
}

ExitCode showPattern(const Session& session, const std::string& out) {
  const Arguments& arguments = session.arguments;
  LabPattern pattern = patternNamed(arguments.text("--pattern"),
                                    thwFromText("--field", arguments.text("--field")));
  if (volumeOf(pattern.field) < 1 || volumeOf(pattern.field) > 100'000)
    throw UsageError("--field must have between 1 and 100 000 cells.");
  pattern.padding =
      paddingTypeFromName(arguments.choice("--padding", {"zeros", "ignore", "nearest"}));
  pattern.globalVectors = arguments.integer("--globals", 0, 64);
  PatternLook look;
  if (arguments.has("--layer"))
    look.layer = std::size_t(arguments.integer("--layer", 1, int(pattern.layers.size())) - 1);
  if (arguments.has("--cell")) look.element = thwFromText("--cell", arguments.text("--cell"));
  look.grown = arguments.integer("--grown", 0, int(pattern.layers.size()));
  look.dark = darkThemeFrom(session);
  look.onlyLit = arguments.has("--only-lit");
  const BlockView view = blockViewFrom(session);
  const BlockPicture picture = patternPicture(pattern, look, view);
  const Receipt receipt = receiptFor(session, "--out", std::vector<std::string>());
  const FigureOptions options = attentionOptionsFrom(session);
  const AttentionForm form = attentionFormOf(out);
  if (form == AttentionForm::Table || form == AttentionForm::NetCdf)
    writePattern(out, pattern, look.element, receipt);
  else if (form == AttentionForm::Movie)
    writeInSight(session, [&](const auto& progress) {
      const std::string kind = arguments.choice("--movie", {"turn", "apart", "frames", "layers"});
      if (kind == "layers")
        return writeGrowthMovie(out, pattern, look, view, options, receipt, session.stop, progress);
      return writeBlockMovie(out, picture, motionNamed(kind), options, receipt, session.stop,
                             progress);
    });
  else
    writeBlockFigure(out, picture, options, receipt);
  const LayerCost cost = layerCost(pattern, look.layer);
  session.console.resultJson(Json::object({{"file", out},
                                           {"pattern", patternText(pattern)},
                                           {"cuboids", cost.cuboids},
                                           {"elements", cost.volume},
                                           {"pairs", cost.pairs},
                                           {"attention_flops", cost.attentionFlops},
                                           {"weight_bytes", cost.weightBytes},
                                           {"times_fewer_pairs_than_full", cost.cheaper}}));
  for (const std::string& line : picture.notes) session.console.note(line);
  session.console.result(out);
  return ExitCode::Done;
}

namespace {

DiffusionTraces tracesFrom(const Session& session, const CutInput& input) {
  const Arguments& arguments = session.arguments;
  ScenarioRequest request;
  request.context = input.context;
  request.nSigma = {arguments.number("--n", -4.0, 4.0)};
  if (arguments.has("--beside")) request.nSigma.push_back(arguments.number("--beside", -4.0, 4.0));
  request.seed = arguments.seed("--seed");
  request.firstMember = arguments.integer("--member", 1, 256) - 1;
  request.steps = arguments.integer("--steps", 0, 1000);
  if (arguments.has("--guidance"))
    request.guidance = arguments.choice("--guidance", {"own", "official", "none"});
  NowcastEngine engine(engineOptionsFrom(session));
  return withProgress(session, "Watching the denoiser", [&](const auto& progress) {
           const DiffusionTraces traces = engine.trace(request, session.stop, progress);
           return traces.empty() ? std::nullopt : std::optional(traces);
         }).value();
}

Receipt receiptOfTraces(const Session& session, const CutInput& input,
                        const DiffusionTraces& traces) {
  const DiffusionTrace& trace = *traces.front();
  Receipt receipt = receiptFor(session, "--out", input);
  receipt.model = trace.model;
  receipt.weightsSha256 = trace.weightsHash;
  receipt.sampler = trace.sampler;
  receipt.guidance = trace.guidance;
  receipt.device = trace.device;
  receipt.seed = trace.seed;
  receipt.firstMember = trace.member;
  receipt.members = 1;
  for (const auto& one : traces) receipt.nSigma.push_back(one->nSigma);
  return receipt;
}

void writeDiffusion(const Session& session, const DiffusionPicture& picture,
                    const std::string& out, const Receipt& receipt) {
  const FigureOptions options = attentionOptionsFrom(session);
  switch (attentionFormOf(out)) {
    case AttentionForm::NetCdf:
      return writeDiffusionFile(out, picture.traces, receipt);
    case AttentionForm::Table:
      return writeDiffusionTable(out, picture.traces, receipt);
    case AttentionForm::Movie:
      return writeInSight(session, [&](const auto& progress) {
        return writeDiffusionMovie(out, picture, options, receipt, session.stop, progress);
      });
    case AttentionForm::Picture:
      break;
  }
  if (session.arguments.has("--step"))
    writeDiffusionFigure(out, picture, options, receipt);
  else
    writeDiffusionSheet(out, picture, options, receipt);
}

Json jsonOf(const DiffusionTrace& trace) {
  constexpr double kWhole = 255.0;  // all intensities on the 0-255 scale
  Json steps = Json::array();
  for (const DiffusionStep& step : trace.steps)
    steps.push(Json::object({{"noise", step.noise},
                             {"clean_mean", kWhole * step.cleanMean},
                             {"push_size", step.pushSize}}));
  return Json::object(
      {{"n", trace.nSigma},
       {"seed", std::int64_t(trace.seed)},
       {"expected_mean", kWhole * trace.expectedMean},
       {"commanded_mean", trace.isCommanded() ? Json(kWhole * trace.commandedMean) : Json()},
       {"seconds", trace.secondsTaken},
       {"steps", steps}});
}

}  // namespace

ExitCode showDiffusion(const Session& session, const std::string& out) {
  const CutInput input = cutInput(session, *readInputs(session));
  DiffusionPicture picture{.traces = tracesFrom(session, input)};
  const DiffusionTrace& first = *picture.traces.front();
  const int steps = int(first.steps.size());
  const int leads = int(first.steps.front().clean.frames.size());
  const int lead = session.arguments.integer("--lead", 0, leads);
  const int step = session.arguments.integer("--step", 0, steps);
  picture.lead = (lead == 0 ? leads : lead) - 1;
  picture.step = (step == 0 ? steps : step) - 1;
  picture.footnote = input.context->frames.attribution;
  picture.dark = darkThemeFrom(session);
  writeDiffusion(session, picture, out, receiptOfTraces(session, input, picture.traces));
  Json traces = Json::array();
  for (const auto& trace : picture.traces) traces.push(jsonOf(*trace));
  session.console.resultJson(
      Json::object({{"file", out}, {"model", first.model}, {"traces", traces}}));
  session.console.result(out);
  return ExitCode::Done;
}

}  // namespace stormloom::cli
