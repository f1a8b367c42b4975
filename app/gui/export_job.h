#pragma once

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QStringList>
#include <QObject>
#include <stop_token>

#include "app/gui/export_subject.h"

namespace stormloom {

/// What to write and how it shall look.
struct ExportRequest {
  QString file;
  int width = 0;  ///< 0: as large as the panes need
  int height = 0;
  double framesPerSecond = 4.0;
  bool withPast = true;  ///< false: the forecast alone
  int between = 0;       ///< pictures computed between every two
  QStringList command = {};  ///< words of stormloom-cli that make the file from the result; empty: made here
  bool asInWindow = false;  ///< the window's panes, whose film is complete; else what was observed and scenarios
};

/// Writes one export in the background. One at a time.
class ExportJob : public QObject {
  Q_OBJECT
public:
  explicit ExportJob(QObject* parent = nullptr);
  ~ExportJob() override;
  void start(const ExportSubject& subject, const ExportRequest& request);
  void cancel() { stop_.request_stop(); }
  bool isRunning() const { return job_.isRunning(); }

Q_SIGNALS:
  void progress(double share, const QString& timeLeft);
  void done(const QString& file);
  void failed(const QString& sentence);
  void cancelled();

private:
  void writeByCommand(const ExportSubject& subject, const ExportRequest& request,
                      std::stop_token stop);
  void write(const ExportSubject& subject, const ExportRequest& request, std::stop_token stop);

  QFuture<void> job_;
  std::stop_source stop_;
};

}  // namespace stormloom
