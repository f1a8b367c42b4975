#include "core/scenario_file.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <new>

#include "core/cf_grid.h"
#include "core/errors.h"
#include "core/frame_picking.h"
#include "core/netcdf_file.h"

namespace stormloom {
namespace {

constexpr double kDigitalScale = 255.0;  ///< the networks' [0, 1] on the 0-255 scale

std::string kindText(const FrameSequence& sequence) {
  return sequence.synthetic ? "synthetic" : "observed";
}

void writeGlobals(NetCdfFile& file, const std::string& kind, const std::string& title,
                  const FrameSequence& source, const Receipt& receipt) {
  file.setText("", "Conventions", "CF-1.8");
  file.setText("", "title", title);
  file.setText("", "institution", "made with Stormloom");
  file.setText("", "history", receipt.commandLine);
  file.setText("", "stormloom_kind", kind);
  file.setText("", "product", source.product);
  file.setText("", "event", source.event);
  file.setText("", "attribution", source.attribution);
  file.setText("", "data_kind", kindText(source));
  file.setText("", "scale_note", source.scaleNote);
  for (const auto& [name, value] : receiptAttributes(receipt)) file.setText("", name, value);
}

void writeRunTime(NetCdfFile& file, ValidTime runTime) {
  file.addVariable("forecast_reference_time", NetCdfFile::Type::Double, {});
  file.setText("forecast_reference_time", "standard_name", "forecast_reference_time");
  file.setText("forecast_reference_time", "units", kCfTimeUnit);
  file.setText("forecast_reference_time", "calendar", "standard");
  file.writeDoubles("forecast_reference_time", {double(runTime.time_since_epoch().count())});
}

void writePeriods(NetCdfFile& file, const FrameSequence& frames, ValidTime runTime) {
  std::vector<double> periods;
  for (const Frame& frame : frames.frames) {
    periods.push_back(double((frame.validTime - runTime).count()));
  }
  file.addVariable("forecast_period", NetCdfFile::Type::Double, {"time"});
  file.setText("forecast_period", "standard_name", "forecast_period");
  file.setText("forecast_period", "units", "s");
  file.writeDoubles("forecast_period", periods);
}

void addIntensity(NetCdfFile& file, const std::vector<std::string>& dimensions,
                  const FrameSequence& frames) {
  addPackedField(file, "intensity", dimensions, frames.quantity);
  const bool scenarios = dimensions.size() == 5;
  file.setText(
      "intensity", "coordinates",
      std::string("forecast_reference_time forecast_period") + (scenarios ? " n_sigma" : ""));
}

constexpr const char* kComputed = "context_interpolated";

/// Which frames of the context were not observed but computed between two that were.
void writeComputed(NetCdfFile& file, const FrameSequence& context) {
  std::vector<double> computed;
  for (const Frame& frame : context.frames) computed.push_back(isComputed(frame) ? 1.0 : 0.0);
  file.addVariable(kComputed, NetCdfFile::Type::Double, {"context_time"});
  file.setText(kComputed, "long_name", "1: computed along the motion between two observed frames");
  file.setText(kComputed, "units", "1");
  file.writeDoubles(kComputed, computed);
}

void readComputed(const NetCdfFile& file, const std::string& path, FrameSequence& context) {
  if (!file.hasVariable(kComputed)) return;
  const std::vector<double> computed = file.doubles(kComputed);
  for (std::size_t k = 0; k < std::min(computed.size(), context.frames.size()); ++k)
    if (computed[k] != 0.0) context.frames[k].source = sourceBetween(path, path);
}

void writeContext(NetCdfFile& file, const FrameSequence& context) {
  writeCfTimes(file, "context_time", context);
  writeComputed(file, context);
  addPackedField(file, "context", {"context_time", "y", "x"}, context.quantity);
  addStateField(file, "context_state", {"context_time", "y", "x"});
  for (std::size_t k = 0; k < context.frames.size(); ++k) {
    writePackedGrid(file, {"context"}, {k}, *context.frames[k].grid);
    writeStateGrid(file, "context_state", {k}, *context.frames[k].grid);
  }
}

/// Numbers per lead time on the 0-255 scale, e.g. commanded_intensity(scenario, time).
void writeMeans(NetCdfFile& file, const std::string& name,
                const std::vector<std::string>& dimensions, const std::string& meaning,
                std::vector<double> unitValues) {
  for (double& value : unitValues) value *= kDigitalScale;
  file.addVariable(name, NetCdfFile::Type::Double, dimensions);
  file.setText(name, "long_name", meaning + ", mean over the box on the 0-255 scale");
  file.setText(name, "units", "1");
  file.writeDoubles(name, unitValues);
}

std::vector<double> distinctN(const ScenarioForecast& forecast) {
  std::vector<double> n;
  for (const ScenarioMember& member : forecast.members) {
    if (n.empty() || n.back() != member.nSigma) n.push_back(member.nSigma);
  }
  return n;
}

void appendAll(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void writeScenarioNumbers(NetCdfFile& file, const ScenarioForecast& forecast,
                          const std::vector<double>& n, std::size_t realizations) {
  file.addVariable("n_sigma", NetCdfFile::Type::Double, {"scenario"});
  file.setText("n_sigma", "long_name",
               "anticipated intensity: standard deviations above what the context lets expect");
  file.setText("n_sigma", "units", "1");
  file.writeDoubles("n_sigma", n);
  file.addVariable("realization", NetCdfFile::Type::Int32, {"realization"});
  file.setText("realization", "standard_name", "realization");
  file.setText("realization", "units", "1");
  std::vector<double> numbers;
  for (std::size_t k = 0; k < realizations; ++k)
    numbers.push_back(double(forecast.members[k].member));
  file.writeDoubles("realization", numbers);
  std::vector<double> commanded;
  std::vector<double> achieved;
  for (std::size_t k = 0; k < forecast.members.size(); ++k) {
    if (k % realizations == 0) appendAll(commanded, forecast.members[k].commanded);
    appendAll(achieved, forecast.members[k].achieved);
  }
  writeMeans(file, "commanded_intensity", {"scenario", "time"}, "what was asked for", commanded);
  writeMeans(file, "achieved_intensity", {"scenario", "realization", "time"}, "what came out",
             achieved);
  writeMeans(file, "anticipated_mean", {"time"}, "mu, given the context", forecast.anticipated.mu);
  writeMeans(file, "anticipated_deviation", {"time"}, "sigma, given the context",
             forecast.anticipated.sigma);
}

ScenarioMember readMember(const NetCdfFile& file, const FrameSequence& like,
                          const std::vector<std::size_t>& leading) {
  ScenarioMember member{.nSigma = std::numeric_limits<double>::quiet_NaN(), .frames = like};
  for (std::size_t k = 0; k < like.frames.size(); ++k) {
    std::vector<std::size_t> at = leading;
    at.push_back(k);
    member.frames.frames[k].grid = readPackedGrid(file, "intensity", "", at, like.quantity);
  }
  return member;
}

std::vector<double> slice(const std::vector<double>& all, std::size_t from, std::size_t count) {
  if (from + count > all.size()) return {};
  std::vector<double> part(all.begin() + from, all.begin() + from + count);
  for (double& value : part) value /= kDigitalScale;
  return part;
}

void readMembers(const NetCdfFile& file, const FrameSequence& like, ResultFile& result) {
  const std::vector<std::size_t> shape = file.shape("intensity");
  if (shape.size() != 5) {
    result.members.push_back(readMember(file, like, {}));
    return;
  }
  const std::vector<double> n = file.doubles("n_sigma");
  const std::vector<double> commanded = file.doubles("commanded_intensity");
  const std::vector<double> achieved = file.doubles("achieved_intensity");
  const std::vector<double> numbers = file.doubles("realization");
  const std::size_t leads = like.frames.size();
  if (file.hasVariable("anticipated_mean") && file.hasVariable("anticipated_deviation")) {
    result.anticipated.mu = slice(file.doubles("anticipated_mean"), 0, leads);
    result.anticipated.sigma = slice(file.doubles("anticipated_deviation"), 0, leads);
  }
  for (std::size_t s = 0; s < shape[0]; ++s) {
    for (std::size_t m = 0; m < shape[1]; ++m) {
      ScenarioMember member = readMember(file, like, {s, m});
      member.nSigma = n.at(s);
      if (!(std::abs(numbers.at(m)) < 1e6)) throw IoError("its members have no usable numbers");
      member.member = int(numbers[m]);
      member.commanded = slice(commanded, s * leads, leads);
      member.achieved = slice(achieved, (s * shape[1] + m) * leads, leads);
      result.members.push_back(std::move(member));
    }
  }
}

FrameSequence sequenceFrom(const NetCdfFile& file, const std::string& timeName) {
  FrameSequence sequence{.geo = readCfGrid(file)};
  sequence.product = file.text("", "product");
  sequence.event = file.text("", "event");
  sequence.attribution = file.text("", "attribution");
  sequence.scaleNote = file.text("", "scale_note");
  sequence.synthetic = file.text("", "data_kind") == "synthetic";
  for (const ValidTime time : readCfTimes(file, timeName)) {
    sequence.frames.push_back({.validTime = time, .grid = nullptr});
  }
  return sequence;
}

}  // namespace

void writeSequenceFile(const std::string& path, const FrameSequence& sequence,
                       const Receipt& receipt) {
  NetCdfFile file = NetCdfFile::create(path);
  writeGlobals(file, "sequence", sequence.product + " " + sequence.event, sequence, receipt);
  writeCfGrid(file, sequence.geo);
  writeCfTimes(file, "time", sequence);
  addPackedField(file, "intensity", {"time", "y", "x"}, sequence.quantity);
  addStateField(file, "intensity_state", {"time", "y", "x"});
  for (std::size_t k = 0; k < sequence.frames.size(); ++k) {
    writePackedGrid(file, {"intensity"}, {k}, *sequence.frames[k].grid);
    writeStateGrid(file, "intensity_state", {k}, *sequence.frames[k].grid);
  }
  file.commit();
}

void writeScenarioFile(const std::string& path, const ScenarioForecast& forecast,
                       const Receipt& receipt) {
  if (forecast.members.empty()) throw UsageError(path + ": there is no scenario to write.");
  const FrameSequence& first = forecast.members.front().frames;
  const ModelContext& context = *forecast.request.context;
  const std::vector<double> n = distinctN(forecast);
  const std::size_t realizations = forecast.members.size() / n.size();
  NetCdfFile file = NetCdfFile::create(path);
  writeGlobals(file, "scenario", "Radar scenarios by anticipated intensity", context.frames,
               withForecast(receipt, forecast));
  if (!context.note.empty()) file.setText("", "comment", context.note);
  writeCfGrid(file, first.geo);
  file.addDimension("scenario", n.size());
  file.addDimension("realization", realizations);
  writeCfTimes(file, "time", first);
  writeRunTime(file, context.runTime);
  writePeriods(file, first, context.runTime);
  writeScenarioNumbers(file, forecast, n, realizations);
  addIntensity(file, {"scenario", "realization", "time", "y", "x"}, first);
  for (std::size_t k = 0; k < forecast.members.size(); ++k) {
    const FrameSequence& frames = forecast.members[k].frames;
    for (std::size_t lead = 0; lead < frames.frames.size(); ++lead) {
      writePackedGrid(file, {"intensity"}, {k / realizations, k % realizations, lead},
                      *frames.frames[lead].grid);
    }
  }
  writeContext(file, context.frames);
  file.commit();
}

void writeForecastFile(const std::string& path, const DeterministicForecast& forecast,
                       const ModelContext& context, const Receipt& receipt) {
  Receipt all = withForecast(receipt, forecast);
  all.contextId = context.hash;
  NetCdfFile file = NetCdfFile::create(path);
  writeGlobals(file, "forecast", "Radar forecast, " + forecast.model, context.frames, all);
  if (!context.note.empty()) file.setText("", "comment", context.note);
  writeCfGrid(file, forecast.frames.geo);
  writeCfTimes(file, "time", forecast.frames);
  writeRunTime(file, context.runTime);
  writePeriods(file, forecast.frames, context.runTime);
  addIntensity(file, {"time", "y", "x"}, forecast.frames);
  for (std::size_t k = 0; k < forecast.frames.frames.size(); ++k) {
    writePackedGrid(file, {"intensity"}, {k}, *forecast.frames.frames[k].grid);
  }
  writeContext(file, context.frames);
  file.commit();
}

namespace {

/// What every reader of a result relies on: grids of the georeference's size, times that rise, numbers for each lead.
void requireSound(const ResultFile& result) {
  const auto check = [](bool sound, const char* what) {
    if (!sound) throw IoError(std::string("its ") + what + " are not what Stormloom writes");
  };
  const auto checkFrames = [&](const FrameSequence& sequence) {
    for (std::size_t k = 0; k < sequence.frames.size(); ++k) {
      const Frame& frame = sequence.frames[k];
      check(frame.grid && frame.grid->width() == sequence.width() && frame.grid->height() == sequence.height(),
            "fields");
      check(k == 0 || frame.validTime > sequence.frames[k - 1].validTime, "times");
    }
    check(!sequence.frames.empty(), "times");
  };
  checkFrames(result.context);
  for (const ScenarioMember& member : result.members) {
    checkFrames(member.frames);
    for (const std::vector<double>* numbers : {&member.commanded, &member.achieved})
      check(numbers->empty() || numbers->size() == member.frames.frames.size(), "intensities");
    check(member.member >= 0 && std::abs(std::isnan(member.nSigma) ? 0.0 : member.nSigma) < 100.0, "members");
  }
  const LonLatBox box = result.context.geo.bounds();
  check(std::isfinite(box.west + box.east + box.south + box.north), "places");
}

ResultFile readUnchecked(const std::string& path) {
  const NetCdfFile file = NetCdfFile::open(path);
  ResultFile result{.kind = file.text("", "stormloom_kind"), .context = sequenceFrom(file, "time")};
  const bool forecast = result.kind == "scenario" || result.kind == "forecast";
  if (!forecast && result.kind != "sequence") {
    throw IoError(path + ": this NetCDF was not written by Stormloom.");
  }
  if (const auto receipt = findReceipt(file.text("", "receipt"))) result.receipt = *receipt;
  if (forecast) {
    FrameSequence like = result.context;
    like.provenance =
        result.receipt.quality == "preview" ? Provenance::Preview : Provenance::Forecast;
    const double runTime = file.doubles("forecast_reference_time").at(0);
    if (!(std::abs(runTime) < 1e11)) throw IoError("its run time is none");
    result.runTime = ValidTime(seconds(std::llround(runTime)));
    readMembers(file, like, result);
    result.context = sequenceFrom(file, "context_time");
  }
  const std::string field = forecast ? "context" : "intensity";
  for (std::size_t k = 0; k < result.context.frames.size(); ++k) {
    Frame& frame = result.context.frames[k];
    frame.grid = readPackedGrid(file, field, field + "_state", {k}, result.context.quantity);
    frame.source = path;
  }
  if (forecast) readComputed(file, path, result.context);
  return result;
}

}  // namespace

ResultFile readResultFile(const std::string& path) {
  try {
    ResultFile result = readUnchecked(path);
    requireSound(result);
    return result;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    const std::string reason = error.what();
    if (reason.find(path) != std::string::npos) throw IoError(reason);
    throw IoError(path + ": " + reason + (reason.ends_with('.') ? "" : ".") +
                  " The file is damaged or was changed: make it again.");
  }
}

bool isResultFile(const std::string& path) {
  // By its bytes: opening whoever's NetCDF is the decoder's work.
  std::ifstream file(path, std::ios::binary);
  constexpr std::size_t kSearched = std::size_t(4) << 20, kBesideName = 256;
  std::string bytes(kSearched, '\0');
  file.read(bytes.data(), std::streamsize(bytes.size()));
  bytes.resize(std::size_t(std::max<std::streamsize>(0, file.gcount())));
  if (!bytes.starts_with("\x89HDF\r\n\x1a\n")) return false;
  for (std::size_t at = 0; (at = bytes.find("stormloom_kind", at)) != std::string::npos; ++at) {
    const std::string_view value = std::string_view(bytes).substr(at + 14, kBesideName);
    for (const char* kind : {"sequence", "scenario", "forecast"})
      if (value.find(kind) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace stormloom
