#include "core/receipt.h"

#include <algorithm>
#include <cstdio>
#include <span>

#include "core/scenario.h"
#include "core/sha256.h"
#include "core/utf8.h"

namespace stormloom {

namespace {

constexpr std::string_view kSignature = R"({"stormloom_receipt":1,)";

/// Escapes what is no plain ASCII, and what XML and HTML would read as markup.
std::string plainText(std::string_view json) {
  std::string plain;
  for (std::size_t i = 0; i < json.size();) {
    const std::size_t length = std::max<std::size_t>(1, utf8Length(json.substr(i)));
    const auto byte = static_cast<unsigned char>(json[i]);
    char escape[16];
    if (length == 1 && byte != '<' && byte != '>' && byte != '&' && byte != '\'') {
      plain += json[i];
    } else if (length == 1) {
      std::snprintf(escape, sizeof escape, "\\u%04x", unsigned(byte));
      plain += escape;
    } else {
      const std::uint32_t point = utf8CodePoint(json.substr(i), length);
      if (point < 0x10000u)
        std::snprintf(escape, sizeof escape, "\\u%04x", point);
      else
        std::snprintf(escape, sizeof escape, "\\u%04x\\u%04x", 0xD800u + ((point - 0x10000u) >> 10),
                      0xDC00u + ((point - 0x10000u) & 0x3FFu));
      plain += escape;
    }
    i += length;
  }
  return plain;
}

/// Length of the JSON object that begins `text`; 0 when it has no end.
std::size_t objectLength(std::string_view text) {
  int depth = 0;
  bool inString = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

void setText(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json.set(key, value);
}

Json jsonFromInputs(const std::vector<ReceiptInput>& inputs) {
  Json list = Json::array();
  for (const ReceiptInput& input : inputs) {
    Json entry = Json::object({{"path", input.path}, {"sha256", input.sha256}});
    if (!input.origin.isNull()) entry.set("receipt", input.origin);
    setText(entry, "option", input.option);
    list.push(entry);
  }
  return list;
}

std::vector<ReceiptInput> inputsFromJson(const Json& list) {
  std::vector<ReceiptInput> inputs;
  for (const Json& entry : list)
    inputs.push_back(
        {entry.value("path", ""), entry.value("sha256", ""), entry.value("receipt", Json()),
         entry.value("option", "")});
  return inputs;
}

Json jsonFromModels(const std::vector<ReceiptModel>& models) {
  Json list = Json::array();
  for (const ReceiptModel& model : models) {
    Json entry = Json::object({{"model", model.name}});
    setText(entry, "weights_sha256", model.weightsSha256);
    list.push(entry);
  }
  return list;
}

std::vector<ReceiptModel> modelsFromJson(const Json& list) {
  std::vector<ReceiptModel> models;
  for (const Json& entry : list)
    models.push_back({entry.value("model", ""), entry.value("weights_sha256", "")});
  return models;
}

std::string boxText(const LonLatBox& box) {
  char text[128];
  std::snprintf(text, sizeof text, "%.5f,%.5f,%.5f,%.5f", box.west, box.south, box.east, box.north);
  return text;
}

}  // namespace

ReceiptInput optionInput(const std::string& option, const std::string& path) {
  return {path, sha256OfFile(path), {}, option};
}

std::string regionHash(const std::vector<std::uint8_t>& region) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(region)));
  return hash.hex();
}

std::string numberList(const std::vector<double>& values) {
  std::string text;
  char number[32];
  for (const double value : values) {
    std::snprintf(number, sizeof number, "%s%g", text.empty() ? "" : ",", value);
    text += number;
  }
  return text;
}

Json Receipt::toJson() const {
  Json json = Json::object({{"stormloom_receipt", 1}, {"program_version", programVersion}});
  setText(json, "command_line", commandLine);
  setText(json, "command", command);
  if (!command.empty()) json.set("options", options);
  setText(json, "output", output);
  json.set("inputs", jsonFromInputs(inputs));
  if (box) json.set("box", std::vector<double>{box->west, box->south, box->east, box->north});
  setText(json, "first_time", firstTime);
  setText(json, "run_time", runTime);
  setText(json, "context_id", contextId);
  setText(json, "model", model);
  setText(json, "weights_sha256", weightsSha256);
  if (!models.empty()) json.set("models", jsonFromModels(models));
  setText(json, "sampler", sampler);
  setText(json, "guidance", guidance);
  setText(json, "quality", quality);
  if (steps > 0) json.set("steps", steps);
  if (!nSigma.empty()) json.set("n_sigma", nSigma);
  if (seed) json.set("seed", *seed);
  if (members > 0) json.set("members", members);
  if (firstMember > 0) json.set("first_member", firstMember);
  if (!nSigmaByLead.empty()) json.set("n_sigma_by_lead", nSigmaByLead);
  setText(json, "region_sha256", regionSha256);
  setText(json, "map_sha256", mapSha256);
  setText(json, "device", device);
  setText(json, "precision", precision);
  return json;
}

Receipt Receipt::fromJson(const Json& json) {
  Receipt receipt;
  receipt.programVersion = json.value("program_version", "");
  receipt.commandLine = json.value("command_line", "");
  receipt.command = json.value("command", "");
  receipt.options = json.value("options", std::vector<std::string>());
  receipt.output = json.value("output", "");
  receipt.inputs = inputsFromJson(json.value("inputs", Json::array()));
  const auto box = json.value("box", std::vector<double>());
  if (box.size() == 4) receipt.box = LonLatBox{box[0], box[1], box[2], box[3]};
  receipt.firstTime = json.value("first_time", "");
  receipt.runTime = json.value("run_time", "");
  receipt.contextId = json.value("context_id", "");
  receipt.model = json.value("model", "");
  receipt.weightsSha256 = json.value("weights_sha256", "");
  receipt.models = modelsFromJson(json.value("models", Json::array()));
  receipt.sampler = json.value("sampler", "");
  receipt.guidance = json.value("guidance", "");
  receipt.quality = json.value("quality", "");
  receipt.steps = json.value("steps", 0);
  receipt.nSigma = json.value("n_sigma", std::vector<double>());
  if (json.contains("seed")) receipt.seed = json.at("seed").asUint();
  receipt.members = json.value("members", 0);
  receipt.firstMember = json.value("first_member", 0);
  receipt.nSigmaByLead = json.value("n_sigma_by_lead", std::vector<double>());
  receipt.regionSha256 = json.value("region_sha256", "");
  receipt.mapSha256 = json.value("map_sha256", "");
  receipt.device = json.value("device", "");
  receipt.precision = json.value("precision", "");
  return receipt;
}

std::string receiptText(const Receipt& receipt) { return plainText(receipt.toJson().dump()); }

std::optional<Receipt> findReceipt(std::string_view text) {
  const std::size_t at = text.find(kSignature);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t length = objectLength(text.substr(at));
  if (length == 0) return std::nullopt;
  return Receipt::fromJson(Json::parse(text.substr(at, length), {}, "receipt"));
}

std::vector<std::pair<std::string, std::string>> receiptAttributes(const Receipt& receipt) {
  std::string files;
  for (const ReceiptInput& input : receipt.inputs)
    files += (files.empty() ? "" : "\n") + input.sha256 + "  " + input.path;
  std::string models;
  for (const ReceiptModel& model : receipt.models)
    models += (models.empty() ? "" : "\n") + model.name + "  " + model.weightsSha256;
  const std::vector<std::pair<std::string, std::string>> all = {
      {"command_line", receipt.commandLine},
      {"program_version", receipt.programVersion},
      {"input_files_sha256", files},
      {"box_west_south_east_north", receipt.box ? boxText(*receipt.box) : ""},
      {"first_context_time", receipt.firstTime},
      {"run_time", receipt.runTime},
      {"context_id", receipt.contextId},
      {"model", receipt.model},
      {"weights_sha256", receipt.weightsSha256},
      {"models", models},
      {"sampler", receipt.sampler},
      {"guidance", receipt.guidance},
      {"quality", receipt.quality},
      {"steps", receipt.steps > 0 ? std::to_string(receipt.steps) : ""},
      {"requested_n_sigma", numberList(receipt.nSigma)},
      {"seed", receipt.seed ? std::to_string(*receipt.seed) : ""},
      {"members", receipt.members > 0 ? std::to_string(receipt.members) : ""},
      {"first_member", receipt.firstMember > 0 ? std::to_string(receipt.firstMember) : ""},
      {"requested_n_sigma_by_lead", numberList(receipt.nSigmaByLead)},
      {"region_sha256", receipt.regionSha256},
      {"map_sha256", receipt.mapSha256},
      {"device", receipt.device},
      {"precision", receipt.precision},
      {"receipt", receiptText(receipt)}};
  std::vector<std::pair<std::string, std::string>> filled;
  for (const auto& entry : all)
    if (!entry.second.empty()) filled.push_back(entry);
  return filled;
}

Receipt withForecast(Receipt receipt, const ScenarioForecast& forecast) {
  const ScenarioRequest& request = forecast.request;
  receipt.model = forecast.model;
  receipt.weightsSha256 = forecast.weightsHash;
  receipt.sampler = forecast.sampler;
  receipt.guidance = forecast.guidance;
  receipt.quality = request.quality == Quality::Full ? "full" : "preview";
  receipt.steps = forecast.steps;
  receipt.nSigma = request.nSigma;
  receipt.seed = request.seed;
  receipt.members = request.members;
  receipt.firstMember = request.firstMember;
  receipt.nSigmaByLead = request.nSigmaByLead;
  if (request.region) receipt.regionSha256 = regionHash(*request.region);
  receipt.device = forecast.device;
  receipt.precision = forecast.precision;
  if (request.context) receipt.contextId = request.context->hash;
  return receipt;
}

Receipt withForecast(Receipt receipt, const DeterministicForecast& forecast) {
  receipt.model = forecast.model;
  receipt.weightsSha256 = forecast.weightsHash;
  receipt.device = forecast.device;
  return receipt;
}

}  // namespace stormloom
