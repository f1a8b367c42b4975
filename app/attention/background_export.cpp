#include "app/attention/background_export.h"

#include <QLabel>
#include <QProgressBar>
#include <QtConcurrent>

namespace stormloom {

BackgroundExport::~BackgroundExport() {
  cancel();
  job_.waitForFinished();
}

void BackgroundExport::start(const QString& file, Write write) {
  cancel();
  job_.waitForFinished();
  stop_ = std::stop_source();
  job_ = QtConcurrent::run([this, file, write = std::move(write), stop = stop_.get_token()] {
    try {
      write(stop, [this](double share) { Q_EMIT progress(share); });
      if (!stop.stop_requested()) Q_EMIT done(file);
    } catch (const std::exception& error) {
      Q_EMIT failed(QString::fromUtf8(error.what()));
    }
  });
}

void BackgroundExport::showIn(QLabel* sentence, QProgressBar* bar) {
  connect(this, &BackgroundExport::progress, sentence, [sentence, bar](double share) {
    if (bar)
      bar->setValue(int(share * bar->maximum()));
    else
      sentence->setText(tr("Drawing: %1 %").arg(int(100.0 * share)));
  });
  connect(this, &BackgroundExport::failed, sentence, &QLabel::setText);
  connect(this, &BackgroundExport::done, sentence, [sentence, bar](const QString& file) {
    if (bar) bar->setValue(0);
    sentence->setText(tr("Written: %1").arg(file));
  });
}

}  // namespace stormloom
