#pragma once

#include <QElapsedTimer>
#include <QFutureWatcher>
#include <QObject>
#include <stop_token>

#include "app/gui/export_request.h"

namespace stormloom {

/// Writes one export in the background. One at a time. What it tells, it tells on its own thread, never
/// on the one that writes.
class ExportJob : public QObject {
  Q_OBJECT
public:
  explicit ExportJob(QObject* parent = nullptr);
  ~ExportJob() override;
  void start(const ExportSubject& subject, const ExportRequest& request);
  void cancel() { stop_.request_stop(); }
  bool isRunning() const { return running_; }

Q_SIGNALS:
  void progress(double share, const QString& timeLeft);
  void done(const QString& file);
  void failed(const QString& sentence);
  void cancelled();

private:
  void tell(double share, const QString& sentence);
  template <class Ending>
  void end(Ending&& ending);
  void writeByCommand(const ExportSubject& subject, const ExportRequest& request,
                      std::stop_token stop);
  void write(const ExportSubject& subject, const ExportRequest& request, std::stop_token stop);

  QFuture<void> job_;
  bool running_ = false;  ///< until the end is told
  std::stop_source stop_;
};

}  // namespace stormloom
