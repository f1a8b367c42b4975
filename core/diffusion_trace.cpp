#include "core/diffusion_trace.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "core/cf_grid.h"
#include "core/errors.h"
#include "core/netcdf_file.h"
#include "core/scratch_file.h"

namespace stormloom {
namespace {

constexpr double kWhole = 255.0;  // a share of the whole scale on the 0-255 scale
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

/// Frames one after the other, NaN where nothing is known.
void append(std::vector<double>& values, const FrameSequence& frames) {
  for (const Frame& frame : frames.frames)
    for (int row = 0; row < frame.grid->height(); ++row)
      for (int col = 0; col < frame.grid->width(); ++col)
        values.push_back(
            double(frame.grid->hasValue(row, col) ? frame.grid->at(row, col) : kUnknown));
}

void appendPush(std::vector<double>& values, const DiffusionStep& step) {
  const std::size_t pixels = step.clean.frames.front().grid->values().size();
  for (std::size_t lead = 0; lead < step.clean.frames.size(); ++lead) {
    if (step.push.empty())
      values.insert(values.end(), pixels, 0.0);
    else
      values.insert(values.end(), step.push[lead].begin(), step.push[lead].end());
  }
}

void writeSteps(NetCdfFile& file, const char* name, const char* meaning,
                const std::vector<double>& values) {
  file.addVariable(name, NetCdfFile::Type::Float, {"scenario", "step", "time", "y", "x"});
  file.setText(name, "long_name", meaning);
  file.setText(name, "units", "1");
  file.setText(name, "grid_mapping", "crs");
  file.writeDoubles(name, values);
}

void writeDiffusionAxes(NetCdfFile& file, const DiffusionTrace& trace) {
  const FrameSequence& frames = trace.steps.front().clean;
  std::vector<double> noise, times, x, y;
  for (const DiffusionStep& step : trace.steps) noise.push_back(step.noise);
  for (const Frame& frame : frames.frames)
    times.push_back(double(frame.validTime.time_since_epoch().count()));
  for (int row = 0; row < frames.geo.height(); ++row)
    y.push_back(frames.geo.pointFromCell({0.5, row + 0.5}).y);
  for (int col = 0; col < frames.geo.width(); ++col)
    x.push_back(frames.geo.pointFromCell({col + 0.5, 0.5}).x);
  const auto axis = [&](const char* name, const std::vector<double>& values, const char* units) {
    file.addDimension(name, values.size());
    file.addVariable(name, NetCdfFile::Type::Double, {name});
    file.setText(name, "units", units);
    file.writeDoubles(name, values);
  };
  const bool geographic = frames.geo.isGeographic();
  file.addDimension("step", noise.size());
  file.addVariable("noise", NetCdfFile::Type::Double, {"step"});
  file.setText("noise", "long_name", "share of noise left in the latents");
  file.setText("noise", "units", "1");
  file.writeDoubles("noise", noise);
  axis("time", times, kCfTimeUnit);
  file.setText("time", "standard_name", "time");
  file.setText("time", "calendar", "standard");
  axis("y", y, geographic ? "degrees_north" : "m");
  file.setText("y", "standard_name", geographic ? "latitude" : "projection_y_coordinate");
  axis("x", x, geographic ? "degrees_east" : "m");
  file.setText("x", "standard_name", geographic ? "longitude" : "projection_x_coordinate");
  writeGridMapping(file, frames.geo);
}

}  // namespace

bool isWhole(const DiffusionTraces& traces) {
  for (const auto& trace : traces)
    for (const Frame& frame : trace->steps.front().clean.frames)
      if (!frame.grid) return false;
  return true;
}

double largestPush(const DiffusionTraces& traces) {
  double most = 1e-9;
  for (const auto& trace : traces)
    if (trace)
      for (const DiffusionStep& step : trace->steps) most = std::max(most, step.pushSize);
  return most;
}

namespace {

/// One number for each trace.
void writeScenarios(NetCdfFile& file, const char* name, const char* meaning,
                    const std::vector<double>& values) {
  file.addVariable(name, NetCdfFile::Type::Double, {"scenario"});
  file.setText(name, "long_name", meaning);
  file.setText(name, "units", "1");
  file.writeDoubles(name, values);
}

/// One number for each step of each trace.
void writeOfSteps(NetCdfFile& file, const char* name, const char* meaning,
                  const std::vector<double>& values) {
  file.addVariable(name, NetCdfFile::Type::Double, {"scenario", "step"});
  file.setText(name, "long_name", meaning);
  file.setText(name, "units", "1");
  file.writeDoubles(name, values);
}

void writeMeans(NetCdfFile& file, const DiffusionTraces& traces) {
  std::vector<double> n, expected, commanded, means, pushes;
  for (const auto& trace : traces) {
    n.push_back(trace->nSigma);
    expected.push_back(kWhole * trace->expectedMean);
    commanded.push_back(trace->isCommanded() ? kWhole * trace->commandedMean : double(kUnknown));
    for (const DiffusionStep& step : trace->steps) {
      means.push_back(kWhole * step.cleanMean);
      pushes.push_back(step.pushSize);
    }
  }
  writeScenarios(file, "n_sigma", "anticipated intensity in standard deviations", n);
  writeScenarios(file, "expected_mean", "mean intensity that was to be expected, 0-255 scale",
                 expected);
  writeScenarios(file, "commanded_mean",
                 "mean intensity that was commanded, 0-255 scale; no value: nothing was commanded",
                 commanded);
  writeOfSteps(file, "clean_mean", "mean of the predicted clean frames, 0-255 scale", means);
  writeOfSteps(file, "push_size", "mean size of the push, 0-255 scale", pushes);
}

}  // namespace

void writeDiffusionFile(const std::string& path, const DiffusionTraces& traces,
                        const Receipt& receipt) {
  if (traces.empty() || traces.front()->steps.empty())
    throw UsageError("No step of the denoiser was kept.");
  const DiffusionTrace& first = *traces.front();
  NetCdfFile file = NetCdfFile::create(path);
  file.setText("", "Conventions", "CF-1.8");
  file.setText("", "title", "Steps of the denoiser of " + first.model);
  file.setText("", "institution", "made with Stormloom");
  file.setText("", "stormloom_kind", "diffusion");
  for (const auto& [name, value] : receiptAttributes(receipt)) file.setText("", name, value);
  file.addDimension("scenario", traces.size());
  writeDiffusionAxes(file, first);
  writeMeans(file, traces);
  std::vector<double> latents, clean, push;
  for (const auto& trace : traces)
    for (const DiffusionStep& step : trace->steps) {
      append(latents, step.latents);
      append(clean, step.clean);
      appendPush(push, step);
    }
  writeSteps(file, "latents", "decoded latents of the step, 0-255 scale", latents);
  writeSteps(file, "clean", "predicted clean frames of the step, 0-255 scale", clean);
  writeSteps(file, "push", "what the command changed in the predicted frames, 0-255 scale", push);
  file.commit();
}

void writeDiffusionTable(const std::string& path,
                         const DiffusionTraces& traces, const Receipt& receipt) {
  std::ostringstream out;
  out << "# receipt: " << receiptText(receipt) << "\n"
      << "# expected_mean, commanded_mean, clean_mean and push_size on the 0-255 scale, noise from "
         "1 "
         "to 0; commanded_mean is empty where nothing was commanded\n"
      << "n,seed,member,step,noise,expected_mean,commanded_mean,clean_mean,push_size\n";
  for (const auto& trace : traces)
    for (std::size_t i = 0; i < trace->steps.size(); ++i) {
      const DiffusionStep& step = trace->steps[i];
      out << trace->nSigma << "," << trace->seed << "," << trace->member + 1 << "," << i + 1 << ","
          << step.noise << "," << kWhole * trace->expectedMean << ",";
      if (trace->isCommanded()) out << kWhole * trace->commandedMean;
      out << "," << kWhole * step.cleanMean << "," << step.pushSize << "\n";
    }
  writeWholeFile(path, out.str());
}

}  // namespace stormloom
