#pragma once

#include <QDialog>

#include "app/gui/export_job.h"

class QComboBox;
class QCheckBox;
class QDoubleSpinBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;

namespace stormloom {

/// Asks what to write, then shows how far it is; the window stays usable meanwhile.
class ExportDialog : public QDialog {
  Q_OBJECT
public:
  explicit ExportDialog(QWidget* parent = nullptr);
  /// Shows the dialog for this subject; a running export goes on.
  void open(const ExportSubject& subject);
  /// The last export's settings once more, under a new name beside the last file.
  void repeat(const ExportSubject& subject);
  /// What is on the desk has changed; choices and a name that was typed stay.
  void refresh(const ExportSubject& subject);
  ExportJob& job() { return job_; }

Q_SIGNALS:
  void said(const QString& sentence);  ///< of an export whose dialog is closed

private:
  void build();
  void buildPictureRows();
  void buildValueRows();
  void buildLowerRows();
  void wire();
  void remember(bool write);
  void takeSubject(const ExportSubject& subject);
  void proposeName();
  void chooseFile();
  void write();
  void gatherPanes();
  void showWhatCanBeChosen();
  void setRunning(bool running);
  void tell(const QString& sentence);
  void addRow(const QString& name, QWidget* field);
  void showRow(QWidget* field, bool shown);
  bool isWriting() const { return writing_ || job_.isRunning(); }
  QSize chosenSize() const;
  ExportSubject chosenSubject() const;
  QStringList valueWords() const;
  ExportRequest request() const;
  QString objection(const ExportRequest& asked) const;

  ExportSubject subject_;
  ExportSubject written_;  ///< what is written, as it was when that began
  ExportRequest asked_;
  bool writing_ = false;
  QString proposed_;  ///< name of the file, unless somebody typed another
  ExportJob job_;
  QComboBox* content_ = nullptr;
  QComboBox* format_ = nullptr;
  QComboBox* size_ = nullptr;
  QDoubleSpinBox* speed_ = nullptr;
  QGridLayout* rows_ = nullptr;
  QComboBox *from_ = nullptr, *to_ = nullptr;
  QSpinBox* between_ = nullptr;
  QCheckBox *title_ = nullptr, *clock_ = nullptr, *legend_ = nullptr, *scaleBar_ = nullptr;
  QCheckBox* zoomed_ = nullptr;
  QLineEdit *note_ = nullptr, *logo_ = nullptr;
  QSpinBox *millimetres_ = nullptr, *dotsPerInch_ = nullptr;
  QWidget *timesRow_ = nullptr, *marksRow_ = nullptr, *logoRow_ = nullptr, *paperRow_ = nullptr;
  QComboBox *values_ = nullptr, *nSigma_ = nullptr;
  QSpinBox *percentile_ = nullptr, *threshold_ = nullptr;
  QLineEdit* thresholds_ = nullptr;
  QWidget* valuesRow_ = nullptr;
  QLineEdit* file_ = nullptr;
  QLabel* message_ = nullptr;
  QPlainTextEdit* command_ = nullptr;
  QProgressBar* progress_ = nullptr;
  QPushButton* write_ = nullptr;
  QPushButton* cancel_ = nullptr;
};

}  // namespace stormloom
