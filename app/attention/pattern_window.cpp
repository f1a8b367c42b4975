#include "app/attention/pattern_window.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <sstream>

#include "app/attention/attention_worker.h"
#include "app/attention/background_export.h"
#include "app/attention/block_panel.h"
#include "app/attention/pattern_side.h"
#include "app/figure/block_figure.h"
#include "core/errors.h"
#include "core/pattern_file.h"
#include "core/pattern_text.h"
#include "core/shell_words.h"

namespace stormloom {
namespace {

constexpr int kQuietMilliseconds = 700;  // after the last change, before times are measured

/// How `stormloom-cli attention --pattern` makes the same.
Receipt receiptOfPattern(const PatternSide& side, const BlockView& seen, const QString& file,
                         const std::string& movie) {
  Receipt receipt;
  receipt.command = "attention";
  receipt.output = "--out";
  CommandOptions options = patternOptions(side.pattern(), side.look());
  options["--out"] = QFileInfo(file).fileName().toStdString();
  options["--turn"] = QString("%1,%2").arg(seen.turn).arg(seen.tilt).toStdString();
  if (seen.apart > 0.0) options["--apart"] = QString::number(seen.apart).toStdString();
  if (!movie.empty()) options["--movie"] = movie;
  for (const auto& [name, value] : options) {
    receipt.options.push_back(name);
    if (!value.empty()) receipt.options.push_back(value);
  }
  std::vector<std::string> words = {"stormloom-cli", "attention"};
  words.insert(words.end(), receipt.options.begin(), receipt.options.end());
  receipt.commandLine = quotedForShell(words);
  return receipt;
}

}  // namespace

PatternWindow::PatternWindow(QWidget* parent)
    : QMainWindow(parent), worker_(new AttentionWorker({}, this)), export_(new BackgroundExport(this)) {
  setWindowTitle(tr("Pattern lab — Stormloom"));
  resize(1280, 800);
  auto* all = new QWidget;
  auto* column = new QVBoxLayout(all);
  column->setContentsMargins(8, 8, 8, 6);
  auto* row = new QHBoxLayout;
  row->setSpacing(12);
  for (int i = 0; i < 2; ++i) {
    sides_[std::size_t(i)] = new PatternSide(labPresets(), i);
    sides_[std::size_t(i)]->setObjectName(i == 0 ? "left" : "right");
    row->addWidget(sides_[std::size_t(i)], 1);
    connect(sides_[std::size_t(i)], &PatternSide::patternChanged, &measureSoon_,
            qOverload<>(&QTimer::start));
  }
  column->addLayout(row, 1);
  auto* foot = new QHBoxLayout;
  readout_ = new QLabel;
  readout_->setObjectName("patternReadout");
  auto* take = new QPushButton(tr("Export"));
  take->setMenu(buildExportMenu());
  foot->addWidget(readout_, 1);
  foot->addWidget(take);
  column->addLayout(foot);
  setCentralWidget(all);
  for (PatternSide* side : sides_) connect(side, &PatternSide::said, readout_, &QLabel::setText);
  measureSoon_.setSingleShot(true);
  measureSoon_.setInterval(kQuietMilliseconds);
  connect(&measureSoon_, &QTimer::timeout, this, &PatternWindow::measure);
  connect(worker_, &AttentionWorker::layerTimed, this, &PatternWindow::takeTiming);
  connect(worker_, &AttentionWorker::failed, readout_, &QLabel::setText);
  export_->showIn(readout_);
  connect(export_, &BackgroundExport::done, this, &PatternWindow::exported);
  measureSoon_.start();
}

PatternWindow::~PatternWindow() {
  delete worker_;
  delete export_;
}

QMenu* PatternWindow::buildExportMenu() {
  auto* menu = new QMenu(this);
  for (int i = 0; i < 2; ++i) {
    const QString side = i == 0 ? tr("Left") : tr("Right");
    const auto ask = [this, i](const QString& name, const QString& forms, Film film) {
      const QString file = QFileDialog::getSaveFileName(this, tr("Export"), name, forms);
      if (!file.isEmpty()) exportTo(i, file, film);
    };
    const QString films = "MP4 (*.mp4);;GIF (*.gif)";
    menu->addAction(tr("%1 as picture…").arg(side), this, [ask] {
      ask("pattern.png", "PNG (*.png);;SVG (*.svg);;PDF (*.pdf)", Film::Turn);
    });
    menu->addAction(tr("%1 as numbers…").arg(side), this,
                    [ask] {
                      ask("pattern.nc", "NetCDF (*.nc);;CSV (*.csv)", Film::Turn);
                    });
    menu->addAction(tr("%1 turning, as film…").arg(side), this,
                    [ask, films] { ask("pattern.mp4", films, Film::Turn); });
    menu->addAction(tr("%1 going apart, as film…").arg(side), this,
                    [ask, films] { ask("apart.mp4", films, Film::Apart); });
    menu->addAction(tr("%1, reach growing layer by layer, as film…").arg(side), this,
                    [ask, films] { ask("reach.mp4", films, Film::Growth); });
  }
  return menu;
}

void PatternWindow::measure() {
  std::vector<LabPattern> patterns;
  for (PatternSide* side : sides_) {
    patterns.push_back(side->pattern());
    patterns.push_back(side->fullPattern());
  }
  worker_->timeLayers(patterns);
}

void PatternWindow::takeTiming(int pattern, int layer, double milliseconds, int threads) {
  if (measureSoon_.isActive()) return;  // of what was shown before
  PatternSide& side = *sides_[std::size_t(pattern / 2)];
  if (pattern % 2 == 0)
    side.setTiming(layer, milliseconds, threads);
  else
    side.setFullTiming(milliseconds);
}

void PatternWindow::exportTo(int index, const QString& file, Film film) {
  PatternSide& side = *sides_[std::size_t(index)];
  const BlockView seen = side.block().canvas().view();
  const BlockPicture picture = patternPicture(side.pattern(), side.look(), seen);
  const QString ending = QFileInfo(file).suffix().toLower();
  if (ending == "csv" || ending == "nc") {
    const Receipt receipt = receiptOfPattern(side, seen, file, {});
    return export_->start(file, [pattern = side.pattern(), element = side.look().element, file,
                                  receipt](std::stop_token, const BackgroundExport::Progress&) {
      writePattern(file.toStdString(), pattern, element, receipt);
    });
  }
  if (ending == "png" || ending == "svg" || ending == "pdf") {
    const Receipt receipt = receiptOfPattern(side, seen, file, {});
    return export_->start(file, [picture, file, receipt](std::stop_token,
                                                         const BackgroundExport::Progress&) {
      writeBlockFigure(file.toStdString(), picture, {}, receipt);
    });
  }
  if (film == Film::Growth) {
    const Receipt receipt = receiptOfPattern(side, seen, file, "layers");
    return export_->start(
        file, [pattern = side.pattern(), look = side.look(), seen, file, receipt](
                  std::stop_token stop, const BackgroundExport::Progress& progress) {
          writeGrowthMovie(file.toStdString(), pattern, look, seen, {}, receipt, stop, progress);
        });
  }
  const BlockMotion motion = film == Film::Apart ? BlockMotion::Apart : BlockMotion::Turn;
  const Receipt receipt = receiptOfPattern(side, seen, file, blockMotionName(motion));
  export_->start(file, [picture, motion, file, receipt](std::stop_token stop,
                                                        const BackgroundExport::Progress& progress) {
    writeBlockMovie(file.toStdString(), picture, motion, {}, receipt, stop, progress);
  });
}

void PatternWindow::setProjected(bool projected) {
  for (PatternSide* side : sides_) side->setProjected(projected);
}

void PatternWindow::act(const std::vector<std::string>& words) {
  QStringList rest;
  for (std::size_t i = 1; i < words.size(); ++i) rest << QString::fromStdString(words[i]);
  const std::string& what = words.front();
  const QString value = rest.join(' ');
  const auto refuse = [&] {
    throw UsageError("The pattern lab cannot \"" + what + " " + value.toStdString() + "\".");
  };
  if (what == "left" || what == "right") {
    PatternSide& side = *sides_[what == "left" ? 0 : 1];
    if (rest.size() == 2 && rest[0] == "globals")
      side.setGlobals(rest[1].toInt());
    else if (!side.usePreset(value))
      refuse();
    return;
  }
  for (PatternSide* side : sides_) {
    if (what == "layer")
      side->setLayer(value.toInt());
    else if (what == "grown")
      side->setGrown(value.toInt());
    else if (what == "globals")
      side->setGlobals(value.toInt());
    else if (what == "lit")
      side->showOnlyLit();
    else if (what == "usual")
      side->showUsual();
    else if (what == "element")
      side->setElement({value.section(',', 0, 0).toInt(), value.section(',', 1, 1).toInt(),
                        value.section(',', 2, 2).toInt()});
    else if (!side->block().act(words))
      refuse();
  }
}

}  // namespace stormloom
