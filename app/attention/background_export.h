#pragma once

#include <QFuture>
#include <QObject>
#include <functional>
#include <stop_token>

class QLabel;
class QProgressBar;

namespace stormloom {

/// Writes one file after the other in the background; what it is given runs in another thread.
class BackgroundExport : public QObject {
  Q_OBJECT
public:
  using Progress = std::function<void(double share)>;
  using Write = std::function<void(std::stop_token stop, const Progress& progress)>;

  explicit BackgroundExport(QObject* parent = nullptr) : QObject(parent) {}
  ~BackgroundExport() override;
  /// `write` throws what shall be said; a file that is still being written is given up.
  void start(const QString& file, Write write);
  /// Tells a person in these how far it is and how it ended; without a bar, in words alone.
  void showIn(QLabel* sentence, QProgressBar* bar = nullptr);
  void cancel() { stop_.request_stop(); }
  bool isRunning() const { return job_.isRunning(); }

Q_SIGNALS:
  void progress(double share);
  void done(const QString& file);
  void failed(const QString& sentence);

private:
  QFuture<void> job_;
  std::stop_source stop_;
};

}  // namespace stormloom
