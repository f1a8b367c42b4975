#include "app/attention/background_export.h"

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

}  // namespace stormloom
