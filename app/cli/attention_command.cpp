#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>

#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "app/cli/pictures.h"
#include "app/figure/attention_figure.h"
#include "core/attention_file.h"
#include "core/scratch_file.h"
#include "core/wettest_box.h"
#include "models/attention.h"

namespace stormloom::cli {

namespace {

enum class Form { NetCdf, Picture, Table };

Form formOf(const std::string& out) {
  const std::string ending = lowerEnding(out);
  return ending == ".nc" ? Form::NetCdf : ending == ".png" ? Form::Picture : Form::Table;
}

/// FRAME,ROW,COL.
Thw tripleFrom(const std::string& option, const std::string& text) {
  Thw triple = {0, 0, 0};
  const char* at = text.data();
  const char* end = text.data() + text.size();
  for (std::size_t i = 0; i < 3; ++i) {
    const auto read = std::from_chars(at, end, triple[i]);
    const bool last = i == 2;
    if (read.ec != std::errc() || triple[i] < 0 || triple[i] > 100'000 ||
        (last ? read.ptr != end : read.ptr == end || *read.ptr != ','))
      throw UsageError(option +
                       " needs FRAME,ROW,COL counted from 0, for instance 6,40,64, not \"" + text +
                       "\".");
    at = read.ptr + 1;
  }
  return triple;
}

AttentionPass passFrom(const Session& session) {
  const Arguments& arguments = session.arguments;
  AttentionPass pass;
  pass.model = arguments.choice("--model", {"earthformer", "prediff", "alignment"});
  pass.nSigma = arguments.number("--n", -4.0, 4.0);
  pass.seed = arguments.seed("--seed");
  pass.member = arguments.integer("--member", 1, 256) - 1;
  pass.step = arguments.integer("--step", 0, 10000) - 1;
  pass.steps = arguments.integer("--steps", 0, 1000);
  return pass;
}

int headFrom(const Arguments& arguments) {
  const std::string text = arguments.text("--head");
  if (text == "mean") return kMeanOfHeads;
  return arguments.integer("--head", 0, 1000);
}

/// Cross-attention at the finest level looks at the whole past of a place; else the last layer.
const AttentionLayer& defaultLayer(const std::vector<AttentionLayer>& layers) {
  const AttentionLayer* best = &layers.back();
  for (const AttentionLayer& layer : layers)
    if (layer.cross && (!best->cross || volumeOf(layer.query.data) > volumeOf(best->query.data)))
      best = &layer;
  return *best;
}

const AttentionLayer& layerFrom(const Arguments& arguments,
                                const std::vector<AttentionLayer>& layers) {
  const std::string path = arguments.text("--layer");
  if (path.empty()) return defaultLayer(layers);
  std::vector<std::string> names;
  for (const AttentionLayer& layer : layers) {
    if (layer.path == path) return layer;
    names.push_back(layer.path);
  }
  const std::string meant = nearestWord(path, names);
  throw UsageError("There is no attention layer " + path + ". " +
                   (meant.empty() ? "" : "Did you mean " + meant + "? ") +
                   "--layers lists all of them.");
}

/// The asking pixel on the model's grid; `frames` are those of the field that asks.
Thw pixelFrom(const Arguments& arguments, const ModelContext& context, std::int64_t frames) {
  if (arguments.has("--query")) return tripleFrom("--query", arguments.text("--query"));
  const auto [row, col] = wettestCell(*context.frames.frames.back().grid);
  return {frames - 1, row, col};
}

Thw cellFrom(const Arguments& arguments, const ModelContext& context, const AttentionLayer& layer) {
  if (arguments.has("--cell")) {
    if (arguments.has("--query"))
      throw UsageError("--query names a pixel of the map, --cell a cell of the layer: give one.");
    return tripleFrom("--cell", arguments.text("--cell"));
  }
  const Thw pixel = pixelFrom(arguments, context, layer.query.data[0]);
  return levelCell(layer.query.data, int(pixel[0]), int(pixel[1]), int(pixel[2]),
                   context.frames.geo);
}

Json jsonOf(const Thw& thw) { return Json(std::vector<std::int64_t>{thw[0], thw[1], thw[2]}); }

Json jsonOf(const AttentionLayer& layer) {
  return Json::object({{"path", layer.path},
                       {"words", layer.words},
                       {"heads", layer.heads},
                       {"global_vectors", layer.globalVectors},
                       {"cross", layer.cross},
                       {"query_shape", jsonOf(layer.query.data)},
                       {"attended_shape", jsonOf(layer.attended.data)},
                       {"cuboid_size", jsonOf(layer.attended.size)},
                       {"shift", jsonOf(layer.attended.shift)},
                       {"cuboids", layer.query.cuboids()}});
}

ExitCode listLayers(const Session& session, const std::vector<AttentionLayer>& layers) {
  Json list = Json::array();
  TextTable table({"layer", "what it is", "heads"});
  for (const AttentionLayer& layer : layers) {
    list.push(jsonOf(layer));
    table.add({layer.path, layer.words, std::to_string(layer.heads)});
  }
  session.console.resultJson(Json::object({{"layers", list}}));
  session.console.result(table.text());
  return ExitCode::Done;
}

Receipt receiptOf(const Session& session, const CutInput& input, const AttentionPass& pass) {
  Receipt receipt = receiptFor(session, "--out", input);
  if (pass.model == "earthformer") return receipt;
  receipt.nSigma = {pass.nSigma};
  receipt.seed = pass.seed;
  receipt.firstMember = pass.member;
  receipt.members = 1;
  return receipt;
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

void drawPicture(const Session& session, const ModelContext& context, const AttentionPass& pass,
                 const AttentionView& view, const std::string& out, const Receipt& receipt) {
  const Backgrounds backgrounds(session, context, pass);
  AttentionPicture picture{view, context.frames.geo, {}, nullptr, context.frames.attribution};
  for (const LevelFrame& frame : view.layer.attendedFrames)
    picture.frames.push_back(backgrounds.of(frame));
  picture.asked = backgrounds.of(view.layer.queryFrames[std::size_t(view.query[0])]);
  writePng(out, drawAttention(picture, figureOptionsFrom(session)), receipt);
}

Json strongestCells(const AttentionView& view) {
  std::vector<AttentionCell> cells = view.cells;
  std::stable_sort(cells.begin(), cells.end(), [](const AttentionCell& a, const AttentionCell& b) {
    return a.weight > b.weight;
  });
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(cells.size(), 10); ++i)
    list.push(Json::object({{"cell", jsonOf(cells[i].at)}, {"weight", cells[i].weight}}));
  return list;
}

void report(const Session& session, const AttentionView& view, const std::string& out) {
  double inCells = 0.0;
  for (const AttentionCell& cell : view.cells) inCells += cell.weight;
  session.console.resultJson(Json::object({{"file", out},
                                           {"model", view.model},
                                           {"weights_sha256", view.weightsHash},
                                           {"layer", jsonOf(view.layer)},
                                           {"head", view.head},
                                           {"query", jsonOf(view.query)},
                                           {"cells", view.cells.size()},
                                           {"weight_of_cells", inCells},
                                           {"weight_of_padding", view.padding},
                                           {"global_weights", view.globals},
                                           {"drawn_by_globals", view.drawnByGlobals},
                                           {"strongest", strongestCells(view)}}));
  session.console.note(view.layer.words +
                       ". Attention says where a layer looked, not what caused "
                       "the forecast; --occlude tests that.");
  session.console.result(out);
}

void write(const Session& session, const CutInput& input, const AttentionPass& pass,
           const AttentionView& view, const std::string& out) {
  Receipt receipt = receiptOf(session, input, pass);
  receipt.model = view.model;
  receipt.weightsSha256 = view.weightsHash;
  switch (formOf(out)) {
    case Form::NetCdf:
      writeAttentionFile(out, view, receipt);
      break;
    case Form::Table:
      writeAttentionTable(out, view, receipt);
      break;
    case Form::Picture:
      drawPicture(session, *input.context, pass, view, out, receipt);
      break;
  }
  report(session, view, out);
}

ExitCode occlude(const Session& session, AttentionLens& lens, const CutInput& input,
                 const Thw& pixel, const std::string& out) {
  if (formOf(out) != Form::Table) throw UsageError("--occlude writes a table: --out FILE.csv");
  const int patch = session.arguments.integer("--patch", 4, 192);
  const OcclusionMap map = withProgress(session, "Occlusion", [&](const EngineProgress& progress) {
                             return lens.occlude(*input.context, int(pixel[0]), int(pixel[1]),
                                                 int(pixel[2]), patch, session.stop, progress);
                           }).value();
  std::ostringstream table;
  table << "# change of the forecast at frame " << map.frame << ", row " << map.row << ", column "
        << map.col << " (0-255 scale, " << decimals(map.intact, 3)
        << " with nothing taken away) when a patch of the context is dry\n"
        << "# receipt: " << receiptText(receiptFor(session, "--out", input)) << "\n"
        << "patch_row,patch_col,first_row,first_col,pixels,change\n";
  for (int i = 0; i < map.rows * map.cols; ++i)
    table << i / map.cols << "," << i % map.cols << "," << i / map.cols * map.patch << ","
          << i % map.cols * map.patch << "," << map.patch << "," << map.change[std::size_t(i)]
          << "\n";
  writeWholeFile(out, table.str());
  session.console.resultJson(Json::object({{"file", out},
                                           {"frame", map.frame},
                                           {"row", map.row},
                                           {"col", map.col},
                                           {"patch", map.patch},
                                           {"rows", map.rows},
                                           {"cols", map.cols},
                                           {"intact", map.intact},
                                           {"change", map.change}}));
  session.console.result(out);
  return ExitCode::Done;
}

/// Frames of the forecast, which rollout and occlusion are asked about.
std::int64_t forecastFrames(const ModelContext& context) { return context.grid.targetFrames; }

ExitCode run(const Session& session) {
  const Arguments& arguments = session.arguments;
  const bool listing = arguments.has("--layers");
  const std::string out = listing ? "" : arguments.required("--out");
  if (!listing) checkOutput(session, out, {".nc", ".png", ".csv"});
  const AttentionPass pass = passFrom(session);
  const CutInput input = cutInput(session, *readInputs(session), gridOfWeights(session));
  const ModelContext& context = *input.context;
  EngineOptions options = engineOptionsFrom(session);
  options.earthformerWeights = arguments.text("--weights");
  AttentionLens lens(options);
  const auto layers = lens.look(context, pass, session.stop);
  stopHere(session);
  if (listing) return listLayers(session, layers);
  const bool back = arguments.has("--rollout");
  if (back || arguments.has("--occlude")) {
    const Thw pixel = pixelFrom(arguments, context, forecastFrames(context));
    if (!back) return occlude(session, lens, input, pixel, out);
    write(session, input, pass, lens.rollout(int(pixel[0]), int(pixel[1]), int(pixel[2])).view,
          out);
    return ExitCode::Done;
  }
  const AttentionLayer& layer = layerFrom(arguments, layers);
  const Thw cell = cellFrom(arguments, context, layer);
  write(session, input, pass, lens.weights(layer.path, cell, headFrom(arguments)), out);
  return ExitCode::Done;
}

}  // namespace

Command attentionCommand() {
  std::vector<Option> options = {
      {"--model", "NAME", "earthformer, prediff (its denoiser) or alignment.", "earthformer"},
      {"--layers", "", "Only list the layers.", ""},
      {"--layer", "NAME", "As --layers names it; else cross-attention or the last layer.", ""},
      {"--query", "FRAME,ROW,COL", "Pixel that asks, from 0; else the wettest, last frame.", ""},
      {"--cell", "FRAME,ROW,COL", "The same as a cell of the layer's own grid.", ""},
      {"--head", "N", "One head, counted from 0, or mean.", "mean"},
      {"--rollout", "", "Follow a pixel of the forecast back through all layers.", ""},
      {"--occlude", "", "Instead: how the forecast changes when patches are dry.", ""},
      {"--patch", "PIXELS", "With --occlude: side of a patch.", "16"},
      {"--n", "N", "prediff, alignment: the scenario.", "0"},
      {"--seed", "S", "prediff, alignment: the dice.", "1"},
      {"--member", "M", "prediff, alignment: which future, from 1 on.", "1"},
      {"--step", "K", "prediff, alignment: step of the sampler from 1 on; 0: the last.", "0"},
      {"--steps", "K", "prediff, alignment: steps in all; 0: the model's own number.", "0"},
      {"--weights", "FILE", "Earthformer weights instead of the shipped ones.", ""},
      {"--out", "FILE", ".nc, .csv or .png to write.", "", "", true}};
  for (const Option& option : contextOptions()) options.push_back(option);
  options.push_back({"--size", "WxH", "For .png: pixels.", ""});
  return {
      "attention",
      "PATH... --model NAME --out FILE.nc|.csv|.png",
      "What a forecast at a place looked at.",
      "One pass through the network is kept; then one element is asked for its weights. They say "
      "where a\nlayer looked, not what caused the forecast: --occlude tests that.",
      options,
      {"attention out/demo.nc --layers",
       "attention out/demo.nc --query 5,64,64 --out out/attention.png",
       "attention out/demo.nc --model prediff --step 1 --out out/attention.nc",
       "attention out/demo.nc --occlude --query 5,64,64 --out out/why.csv"},
      1,
      -1,
      run};
}

}  // namespace stormloom::cli
