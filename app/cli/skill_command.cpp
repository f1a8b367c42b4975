#include <fstream>

#include "app/cli/command.h"
#include "models/skill.h"

namespace stormloom::cli {

namespace {

constexpr const char* kBegin = "<!-- figures -->\n";

/// The page between its introduction, which is kept, and its end.
void writePage(const std::string& path, const std::string& tables) {
  std::string introduction;
  if (std::ifstream before(path); before) {
    const std::string whole((std::istreambuf_iterator<char>(before)),
                            std::istreambuf_iterator<char>());
    introduction = whole.substr(0, whole.find(kBegin));
  }
  std::ofstream page(path, std::ios::trunc);
  page << introduction << kBegin << tables;
  page.close();
  if (!page) throw IoError(path + ": cannot be written. Choose a folder you may write to.");
}

ExitCode run(const Session& session) {
  SkillRequest request;
  request.data = session.arguments.required("--data");
  request.modelFolder = session.arguments.text("--models");
  request.device = session.arguments.text("--device");
  request.precision = session.arguments.choice("--precision", {"fp32", "tf32", "bf16", "fp16"});
  request.windows = int(session.arguments.number("--windows", 1, 1e5));
  request.members = int(session.arguments.number("--members", 2, 1000));
  request.steps = int(session.arguments.number("--steps", 0, 1000));
  request.sampler = session.arguments.text("--sampler");
  request.obedience = !session.arguments.has("--no-obedience");
  request.pictures = session.arguments.text("--pictures");
  const Json figures = [&] {
    ProgressLine progress(session.console, "measuring");
    return measureSkill(request, session.stop, [&](double share, const std::string& what) {
      progress.update(share, what);
    });
  }();
  if (figures.isNull()) throw Cancelled();
  const std::string page = skillPage(figures);
  if (const std::string path = session.arguments.text("--out"); !path.empty()) {
    writePage(path, page);
    session.console.result(path);
  } else {
    session.console.result(page);
  }
  session.console.resultJson(figures);
  return ExitCode::Done;
}

}  // namespace

Command skillCommand() {
  return {
      "skill",
      "--data FILE",
      "Measures the models on weather they were not trained on, beside extrapolation.",
      "Validation windows of a training corpus, event by event: MSE, CRPS, CSI, FSS, spread, "
      "ranks, "
      "reliability, spectra, and whether the slider is obeyed.",
      {{"--data", "FILE", "Training corpus, HDF5.", ""},
       {"--models", "FOLDER", "Model cards and weights; without it the shipped ones.", ""},
       {"--windows", "N", "Validation windows, evenly spaced.", "60"},
       {"--members", "M", "Members of each ensemble.", "8"},
       {"--steps", "K", "Sampling steps; 0: the model's own number.", "0"},
       {"--sampler", "NAME", "flow-ab2, flow-euler or flow-heun; without it the model's own.", ""},
       {"--no-obedience", "", "Leave out whether the slider is obeyed.", ""},
       {"--pictures", "FOLDER", "Best and worst case of each event as GIF.", ""},
       {"--out", "FILE.md", "Page to write; its introduction is kept.", ""}},
      {"skill --data frames.h5 --windows 20 --out docs/skill.md"},
      0,
      0,
      run};
}

}  // namespace stormloom::cli
