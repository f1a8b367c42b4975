#include "app/gui/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTimer>

#include "app/gui/desk_film.h"
#include "core/shell_words.h"

namespace stormloom {

namespace {

struct Format {
  const char* name;
  const char* ending;
  const char* command = "";  ///< of stormloom-cli, where it makes the file; empty: pictures or NetCDF
  bool needsScenario = false;
};
constexpr Format kFormats[] = {
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "MP4 video, plays everywhere"), ".mp4"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "WebM video, for web pages"), ".webm"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GIF animation"), ".gif"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Folder of PNG pictures"), ""},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "PNG picture of one time"), ".png"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Report, a page with the animation inside"), ".html",
     "report", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Report, PDF"), ".pdf", "report", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: past, truth and scenarios, PDF"), ".pdf",
     "figure --kind strip", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: past, truth and scenarios, SVG"), ".svg",
     "figure --kind strip", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: all members, PDF"), ".pdf",
     "figure --kind stamps", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: mean intensity over time, PDF"), ".pdf",
     "figure --kind fan", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "NetCDF, all values"), ".nc"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GeoTIFF, a file for each map"), "", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "CSV, series over time"), ".csv", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "GeoJSON, outlines of strong rain"), ".geojson",
     "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "KMZ, for Google Earth"), ".kmz", "export"},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "NumPy array"), ".npy", "export"}};

bool isPicture(const Format& format) {
  return !*format.command && QLatin1String(format.ending) != QLatin1String(".nc");
}

QString lastFolder() {
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  const QString folder = QSettings().value("export/folder", documents).toString();
  return QDir(folder).exists() ? folder : QDir::homePath();
}

}  // namespace

ExportDialog::ExportDialog(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Export"));
  build();
  connect(&job_, &ExportJob::progress, this, [this](double share, const QString& left) {
    progress_->setValue(int(share * 1000.0));
    message_->setText(left);
  });
  const auto ended = [this](const QString& sentence) {
    setRunning(false);
    message_->setText(sentence);
  };
  connect(&job_, &ExportJob::done, this,
          [=](const QString& file) { ended(tr("Written and read again: %1").arg(file)); });
  connect(&job_, &ExportJob::failed, this, ended);
  connect(&job_, &ExportJob::cancelled, this,
          [=] { ended(tr("Cancelled; nothing was left behind.")); });
}

void ExportDialog::build() {
  auto* form = new QFormLayout(this);
  content_ = new QComboBox;
  content_->addItem(tr("All panes, as in the window"), true);
  content_->addItem(tr("Observed and scenarios, side by side"), false);
  content_->setItemData(0, tr("Arranged by hand; the receipt says how the forecast was made."),
                        Qt::ToolTipRole);
  content_->setItemData(1, tr("stormloom-cli rerun makes this file again, byte for byte."),
                        Qt::ToolTipRole);
  format_ = new QComboBox;
  for (const Format& format : kFormats) format_->addItem(tr(format.name));
  size_ = new QComboBox;
  size_->addItem(tr("As the panes need"), QSize());
  for (const QSize size :
       {QSize(1280, 720), QSize(1920, 1080), QSize(2560, 1440), QSize(3840, 2160)})
    size_->addItem(QString("%1 × %2").arg(size.width()).arg(size.height()), size);
  speed_ = new QDoubleSpinBox;
  speed_->setRange(1.0, 60.0);
  speed_->setValue(4.0);
  speed_->setSuffix(tr(" pictures a second"));
  past_ = new QCheckBox(tr("With the frames before the run"));
  past_->setChecked(true);
  between_ = new QSpinBox;
  between_->setRange(0, 9);
  between_->setSpecialValueText(tr("none"));
  between_->setToolTip(tr("Computed along the motion of the rain and marked as interpolated."));
  file_ = new QLineEdit;
  file_->setMinimumWidth(420);
  auto* browse = new QPushButton(tr("Choose…"));
  auto* line = new QHBoxLayout;
  line->addWidget(file_);
  line->addWidget(browse);
  command_ = new QLabel;
  command_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  command_->setWordWrap(true);
  message_ = new QLabel;
  message_->setWordWrap(true);
  progress_ = new QProgressBar;
  progress_->setRange(0, 1000);
  progress_->setTextVisible(false);  // a thin line; the words stand above it
  progress_->hide();
  write_ = new QPushButton(tr("Write"));
  write_->setDefault(true);
  cancel_ = new QPushButton(tr("Close"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(progress_, 1);
  buttons->addStretch();
  buttons->addWidget(cancel_);
  buttons->addWidget(write_);
  form->addRow(tr("What"), content_);
  form->addRow(tr("Format"), format_);
  form->addRow(tr("Size"), size_);
  form->addRow(tr("Speed"), speed_);
  form->addRow(tr("Pictures in between"), between_);
  form->addRow(QString(), past_);
  form->addRow(tr("File"), line);
  form->addRow(tr("Equal command"), command_);
  form->addRow(message_);
  form->addRow(buttons);
  connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::proposeName);
  connect(content_, &QComboBox::currentIndexChanged, this, &ExportDialog::showWhatCanBeChosen);
  connect(between_, &QSpinBox::valueChanged, this, &ExportDialog::showWhatCanBeChosen);
  connect(speed_, &QDoubleSpinBox::valueChanged, this, &ExportDialog::showWhatCanBeChosen);
  connect(size_, &QComboBox::currentIndexChanged, this, &ExportDialog::showWhatCanBeChosen);
  connect(file_, &QLineEdit::textChanged, this, &ExportDialog::showWhatCanBeChosen);
  connect(browse, &QPushButton::clicked, this, &ExportDialog::chooseFile);
  connect(write_, &QPushButton::clicked, this, &ExportDialog::write);
  connect(cancel_, &QPushButton::clicked, this,
          [this] { job_.isRunning() ? job_.cancel() : reject(); });
  connect(this, &QDialog::rejected, this, [this] { if (!job_.isRunning()) setRunning(false); });
}

void ExportDialog::open(const ExportSubject& subject) {
  if (!job_.isRunning()) {
    subject_ = subject;
    proposeName();
    message_->clear();
  }
  show();
  raise();
}

void ExportDialog::repeat(const ExportSubject& subject) {
  if (job_.isRunning()) return open(subject);
  subject_ = subject;
  proposeName();
  show();
  write();
}

void ExportDialog::proposeName() {
  const QString name = defaultFileName(subject_, kFormats[format_->currentIndex()].ending);
  file_->setText(QDir(lastFolder()).filePath(name));
  showWhatCanBeChosen();
}

/// The words that make the result, and those that make the file from it.
QString ExportDialog::equalCommand(const ExportRequest& asked) const {
  const QString result = defaultFileName(subject_, ".nc");
  const QString first = commandText(subject_);
  if (!subject_.context || asked.asInWindow || asked.file.endsWith(".nc")) return first;
  QStringList words = {"stormloom-cli"};
  words += asked.command.isEmpty() ? QStringList{"render"} : asked.command;
  words.insert(2, result);
  if (asked.command.isEmpty()) words += {"--fps", QString::number(asked.framesPerSecond)};
  if (asked.command.isEmpty() && asked.between > 0)
    words += {"--between", QString::number(asked.between)};
  if (asked.command.isEmpty() && asked.width > 0)
    words += {"--size", QString("%1x%2").arg(asked.width).arg(asked.height)};
  words += {"--out", QFileInfo(asked.file).fileName()};
  std::vector<std::string> quoted;
  for (const QString& word : words) quoted.push_back(word.toStdString());
  return first + " && " + QString::fromStdString(quotedForShell(quoted));
}

void ExportDialog::showWhatCanBeChosen() {
  const Format& format = kFormats[format_->currentIndex()];
  command_->setText(equalCommand(request()));
  const bool pictures = isPicture(format);
  write_->setEnabled(!job_.isRunning() && (!format.needsScenario || subject_.scenario));
  write_->setToolTip(write_->isEnabled() ? QString()
                                         : tr("Needs scenarios; they are still being computed."));
  for (QWidget* widget : {static_cast<QWidget*>(content_), static_cast<QWidget*>(size_),
                          static_cast<QWidget*>(speed_), static_cast<QWidget*>(past_)})
    widget->setEnabled(pictures);
  between_->setEnabled(pictures && !content_->currentData().toBool());
  past_->setVisible(subject_.context != nullptr);
}

void ExportDialog::chooseFile() {
  const QString chosen = QFileDialog::getSaveFileName(
      this, tr("Export to"), file_->text(), QString(), nullptr, QFileDialog::DontConfirmOverwrite);
  if (!chosen.isEmpty()) file_->setText(chosen);
}

ExportRequest ExportDialog::request() const {
  const QSize size = size_->currentData().toSize();
  const Format& format = kFormats[format_->currentIndex()];
  return {file_->text(),
          size.isValid() ? size.width() : 0,
          size.isValid() ? size.height() : 0,
          speed_->value(),
          past_->isChecked(),
          between_->value(),
          QString(format.command).split(' ', Qt::SkipEmptyParts),
          isPicture(format) && content_->currentData().toBool() && subject_.panes};
}

void ExportDialog::write() {
  if (!subject_.observed) return message_->setText(tr("There is nothing on the desk to export."));
  const ExportRequest asked = request();
  if (QFileInfo::exists(asked.file)) {
    const auto answer = QMessageBox::question(
        this, tr("Export"), tr("%1 is already there. Replace it?").arg(asked.file));
    if (answer != QMessageBox::Yes) return;
  }
  QSettings().setValue("export/folder", QFileInfo(asked.file).absolutePath());
  setRunning(true);
  if (asked.asInWindow) return gatherPanes();
  job_.start(subject_, asked);
}

/// One time of the panes in each turn of the event loop, then the rest in the background.
void ExportDialog::gatherPanes() {
  if (!progress_->isVisible()) return;
  if (!subject_.panes->addNext()) return job_.start(subject_, request());
  message_->setText(tr("collecting the panes, %1 %").arg(int(100.0 * subject_.panes->share())));
  QTimer::singleShot(0, this, &ExportDialog::gatherPanes);
}

void ExportDialog::setRunning(bool running) {
  progress_->setVisible(running);
  progress_->setValue(0);
  write_->setEnabled(!running);
  cancel_->setText(running ? tr("Cancel") : tr("Close"));
}

}  // namespace stormloom
