#include <algorithm>
#include <array>
#include <charconv>

#include "app/cli/attention_pictures.h"
#include "app/cli/inputs.h"
#include "app/cli/outputs.h"
#include "core/attention_file.h"
#include "core/wettest_box.h"
#include "models/attention.h"

namespace stormloom::cli {

namespace {

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

const AttentionLayer& layerFrom(const Arguments& arguments,
                                const std::vector<AttentionLayer>& layers) {
  const std::string path = arguments.text("--layer");
  if (path.empty()) return layers[usualLayer(layers)];
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

/// What a pass kept, and where its answers go.
struct Asked {
  const CutInput& input;
  const AttentionPass& pass;
  const AttentionLens& lens;
  const std::vector<AttentionLayer>& layers;
};

void write(const Session& session, const Asked& asked, const AttentionView& view,
           const std::string& out) {
  Receipt receipt = receiptOf(session, asked.input, asked.pass);
  receipt.model = view.model;
  receipt.weightsSha256 = view.weightsHash;
  const AttentionDrawn drawn{asked.input, asked.pass, view};
  switch (attentionFormOf(out)) {
    case AttentionForm::NetCdf:
      writeAttentionFile(out, view, receipt);
      break;
    case AttentionForm::Table:
      writeAttentionTable(out, view, receipt);
      break;
    case AttentionForm::Picture:
      drawAttentionPicture(session, drawn, out, receipt);
      break;
    case AttentionForm::Movie:
      drawAttentionMovie(session, drawn, asked.lens, asked.layers, out, receipt);
      break;
  }
  report(session, view, out);
}

ExitCode occlude(const Session& session, AttentionLens& lens, const CutInput& input,
                 const AttentionPass& pass, const Thw& pixel, const std::string& out) {
  const AttentionForm form = attentionFormOf(out);
  if (form != AttentionForm::Table && form != AttentionForm::Picture)
    throw UsageError("--occlude writes a table or a picture: --out FILE.csv, .png, .svg or .pdf");
  const int patch = session.arguments.integer("--patch", 4, 192);
  const OcclusionMap map = withProgress(session, "Occlusion", [&](const EngineProgress& progress) {
                             return lens.occlude(*input.context, int(pixel[0]), int(pixel[1]),
                                                 int(pixel[2]), patch, session.stop, progress);
                           }).value();
  const Receipt receipt = receiptOf(session, input, pass);
  if (form == AttentionForm::Table)
    writeOcclusionTable(out, map, receipt);
  else
    drawOcclusionPicture(session, input, pass, map, out, receipt);
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

ExitCode ask(const Session& session, const std::string& out) {
  const Arguments& arguments = session.arguments;
  const AttentionPass pass = passFrom(session);
  const CutInput input = cutInput(session, *readInputs(session), gridOfWeights(session));
  const ModelContext& context = *input.context;
  EngineOptions options = engineOptionsFrom(session);
  options.earthformerWeights = arguments.text("--weights");
  AttentionLens lens(options);
  const auto layers = lens.look(context, pass, session.stop);
  stopHere(session);
  if (out.empty()) return listLayers(session, layers);
  const Asked asked{input, pass, lens, layers};
  const bool back = arguments.has("--rollout");
  if (back || arguments.has("--occlude")) {
    const Thw pixel = pixelFrom(arguments, context, forecastFrames(context));
    if (!back) return occlude(session, lens, input, pass, pixel, out);
    write(session, asked, lens.rollout(int(pixel[0]), int(pixel[1]), int(pixel[2])).view, out);
    return ExitCode::Done;
  }
  const AttentionLayer& layer = layerFrom(arguments, layers);
  const Thw cell = cellFrom(arguments, context, layer);
  write(session, asked, lens.weights(layer.path, cell, headFrom(arguments)), out);
  return ExitCode::Done;
}

/// What would be left aside without a word is refused.
void refuseWhatDoesNotGoTogether(const Arguments& arguments) {
  using Pair = std::array<const char*, 2>;
  static constexpr Pair kApart[] = {
      {"--rollout", "--occlude"}, {"--rollout", "--diffusion"}, {"--rollout", "--pattern"},
      {"--occlude", "--diffusion"}, {"--occlude", "--pattern"}, {"--diffusion", "--pattern"},
      {"--rollout", "--layer"}, {"--rollout", "--cell"}, {"--occlude", "--layer"},
      {"--occlude", "--cell"}, {"--diffusion", "--layer"}, {"--diffusion", "--query"},
      {"--pattern", "--model"}, {"--pattern", "--query"}};
  static constexpr Pair kOnlyWith[] = {
      {"--beside", "--diffusion"}, {"--guidance", "--diffusion"}, {"--lead", "--diffusion"},
      {"--patch", "--occlude"}, {"--field", "--pattern"}, {"--padding", "--pattern"},
      {"--globals", "--pattern"}, {"--grown", "--pattern"}, {"--only-lit", "--pattern"}};
  for (const auto& [one, other] : kApart)
    if (arguments.has(one) && arguments.has(other))
      throw UsageError(std::string(one) + " and " + other +
                       " do not go together: leave one of them out.");
  for (const auto& [option, with] : kOnlyWith)
    if (arguments.has(option) && !arguments.has(with))
      throw UsageError(std::string(option) + " says something only with " + with +
                       ": add that, or leave " + option + " out.");
  if (arguments.has("--diffusion") || arguments.text("--model") != "earthformer") return;
  for (const char* option : {"--n", "--step", "--steps"})
    if (arguments.has(option))
      throw UsageError(std::string(option) +
                       " is of PreDiff: add --model prediff or --model alignment, or leave it out.");
}

ExitCode run(const Session& session) {
  const Arguments& arguments = session.arguments;
  refuseWhatDoesNotGoTogether(arguments);
  const bool pattern = arguments.has("--pattern");
  const bool reads = !arguments.positionals().empty();
  if (pattern && reads)
    throw UsageError("--pattern shows how cuboids are cut; it reads no files. Leave PATH out.");
  if (!pattern && !reads) throw UsageError("attention needs PATH..., or --pattern NAME.");
  const bool listing = arguments.has("--layers");
  const std::string out = listing ? "" : arguments.required("--out");
  const std::vector<std::string> drawn = {".png", ".svg", ".pdf", ".mp4", ".webm", ".gif"};
  std::vector<std::string> all = {".nc", ".csv"};
  all.insert(all.end(), drawn.begin(), drawn.end());
  if (!listing) checkOutput(session, out, all);
  if (arguments.has("--movie") && (listing || attentionFormOf(out) != AttentionForm::Movie))
    throw UsageError("--movie makes a film: let --out end with .mp4, .webm or .gif, or leave it out.");
  if (pattern) return showPattern(session, out);
  if (arguments.has("--diffusion") && !listing) return showDiffusion(session, out);
  return ask(session, out);
}

std::vector<Option> attentionOptions() {
  std::vector<Option> options = {
      {"--model", "NAME", "earthformer, prediff (its denoiser) or alignment.", "earthformer"},
      {"--layers", "", "Only list the layers.", ""},
      {"--layer", "NAME", "As --layers names it; else one that looks at every frame of a place.",
       ""},
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
      {"--diffusion", "", "Instead: noise becoming rain, step by step.", ""},
      {"--beside", "N", "With --diffusion: another scenario from the same noise.", ""},
      {"--guidance", "NAME", "With --diffusion: own, official or none, as scenario has it.", ""},
      {"--lead", "K", "With --diffusion: the frame, from 1 on; 0: the last.", "0"},
      {"--pattern", "NAME", "Instead, without PATH: a pattern or layers like 3x2x2:lld.", ""},
      {"--field", "T,H,W", "With --pattern: the field that is cut.", "6,4,4"},
      {"--padding", "NAME", "With --pattern: zeros, ignore or nearest.", "zeros"},
      {"--globals", "N", "With --pattern: global vectors.", "0"},
      {"--grown", "K", "With --pattern: what reaches --cell through K layers.", "0"},
      {"--only-lit", "", "With --pattern: all other cells small.", ""},
      {"--mm", "W", "Width of .png, .svg, .pdf in millimetres; 0: so that letters can be read.",
       "0"},
      {"--dpi", "D", "Dots per inch of .png.", "300"},
      {"--as", "NAME", "For .png, .svg, .pdf: maps, or a block in space and time.", "maps"},
      {"--movie", "NAME", "For films: turn, apart, frames or layers (of --pattern: the reach).",
       "turn"},
      {"--turn", "ROUND,ABOVE", "Of a block: degrees from where it is seen.", ""},
      {"--apart", "SHARE", "Of a block: how far its cuboids stand apart, 0 to 1.", "0"},
      {"--ground", "NAME", "Of a block: cuboids or rain where nothing is looked at.", "cuboids"},
      {"--theme", "NAME", "Of pictures: dark or light.", "dark"},
      {"--out", "FILE", ".nc, .csv, .png, .svg, .pdf, .mp4, .webm or .gif to write.", "", "",
       true}};
  for (const Option& option : contextOptions()) options.push_back(option);
  options.push_back({"--size", "WxH", "Of pictures: pixels.", ""});
  return options;
}

}  // namespace

Command attentionCommand() {
  return {"attention",
          "PATH... --model NAME --out FILE.nc|.csv|.png|.svg|.pdf|.mp4",
          "What a forecast at a place looked at.",
          "One pass through the network is kept; then one element is asked for its weights. They "
          "say where a\nlayer looked, not what caused the forecast: --occlude tests that. "
          "--diffusion shows the steps of PreDiff,\n--pattern how cuboids are cut: full, axial, "
          "divided_st, video_swin_2x4, spatial_lg_4, "
          "axial_space_dilate_2,\n\"figure (6,4,4): local\", or layers such as "
          "3x2x2:ddd+3x2x2:lll:1x1x1: size, l(ocal) or d(ilated), shift along\nT, H, W; + between "
          "layers.",
          attentionOptions(),
          {"attention out/demo.nc --layers",
           "attention out/demo.nc --query 5,64,64 --out out/attention.png",
           "attention out/demo.nc --as block --out out/block.mp4",
           "attention out/demo.nc --model prediff --step 1 --out out/attention.nc",
           "attention out/demo.nc --occlude --query 5,64,64 --out out/why.png",
           "attention out/demo.nc --diffusion --n 0 --beside 3 --out out/steps.svg",
           "attention --pattern axial --field 13,32,32 --apart 1 --out out/axial.png"},
          0,
          -1,
          run};
}

}  // namespace stormloom::cli
