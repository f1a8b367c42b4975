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
#include <QRegularExpression>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTimer>

#include "app/figure/desk_film.h"

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
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: past, truth and scenarios, PNG"), ".png",
     "figure --kind strip", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: all members, PDF"), ".pdf",
     "figure --kind stamps", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: all members, SVG"), ".svg",
     "figure --kind stamps", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: mean intensity over time, PDF"), ".pdf",
     "figure --kind fan", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: mean intensity over time, SVG"), ".svg",
     "figure --kind fan", true},
    {QT_TRANSLATE_NOOP("stormloom::ExportDialog", "Figure: table of scores, PDF"), ".pdf",
     "figure --kind scores", true},
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

bool isFigure(const Format& format) { return QString(format.command).startsWith("figure"); }

QString lastFolder() {
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  const QString folder = QSettings().value("export/folder", documents).toString();
  return QDir(folder).exists() ? folder : QDir::homePath();
}

QWidget* side(const QList<QWidget*>& widgets) {
  auto* line = new QWidget;
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  for (QWidget* widget : widgets) layout->addWidget(widget);
  if (!qobject_cast<QLineEdit*>(widgets.front())) layout->addStretch();
  return line;
}

QCheckBox* checked(const QString& text) {
  auto* box = new QCheckBox(text);
  box->setChecked(true);
  return box;
}

QSpinBox* numbers(int low, int high, int value, const QString& suffix) {
  auto* box = new QSpinBox;
  box->setRange(low, high);
  box->setValue(value);
  box->setSuffix(suffix);
  return box;
}

}  // namespace

ExportDialog::ExportDialog(QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Export"));
  build();
  remember(false);
  wire();
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
  form_ = form;
  content_ = new QComboBox;
  content_->setObjectName("content");
  content_->addItem(tr("All panes, as in the window"), true);
  content_->addItem(tr("Observed and scenarios, side by side"), false);
  format_ = new QComboBox;
  format_->setObjectName("format");
  for (const Format& format : kFormats) format_->addItem(tr(format.name));
  form->addRow(tr("What"), content_);
  form->addRow(tr("Format"), format_);
  buildPictureRows();
  millimetres_ = numbers(40, 1200, 180, tr(" mm wide"));
  dotsPerInch_ = numbers(36, 1200, 300, tr(" dots an inch"));
  paperRow_ = side({millimetres_, dotsPerInch_});
  form->addRow(tr("On paper"), paperRow_);
  file_ = new QLineEdit;
  file_->setObjectName("file");
  file_->setMinimumWidth(420);
  auto* browse = new QPushButton(tr("Choose…"));
  connect(browse, &QPushButton::clicked, this, &ExportDialog::chooseFile);
  form->addRow(tr("File"), side({file_, browse}));
  buildLowerRows();
  for (auto* button : findChildren<QPushButton*>())
    button->setAutoDefault(button == write_);  // Enter writes, wherever the focus is
}

void ExportDialog::buildPictureRows() {
  size_ = new QComboBox;
  size_->setObjectName("size");
  size_->setEditable(true);
  size_->setInsertPolicy(QComboBox::NoInsert);
  size_->addItem(tr("As the panes need"));
  for (const char* size : {"1280 × 720", "1920 × 1080", "2560 × 1440", "3840 × 2160"})
    size_->addItem(QString::fromUtf8(size));
  size_->setToolTip(tr("Or any other, such as 1600 × 1200: width × height in pixels."));
  speed_ = new QDoubleSpinBox;
  speed_->setRange(1.0, 60.0);
  speed_->setValue(4.0);
  speed_->setSuffix(tr(" pictures a second"));
  from_ = new QComboBox;
  from_->setObjectName("from");
  to_ = new QComboBox;
  to_->setObjectName("to");
  between_ = numbers(0, 9, 0, QString());
  between_->setSpecialValueText(tr("none"));
  between_->setToolTip(tr("Computed along the motion of the rain and marked as interpolated."));
  title_ = checked(tr("Title"));
  clock_ = checked(tr("Clock"));
  legend_ = checked(tr("Legend"));
  scaleBar_ = checked(tr("Scale bar"));
  note_ = new QLineEdit;
  note_->setObjectName("note");
  note_->setPlaceholderText(tr("a line of your own"));
  logo_ = new QLineEdit;
  logo_->setObjectName("logo");
  logo_->setPlaceholderText(tr("a picture for the upper right corner"));
  auto* browse = new QPushButton(tr("Choose…"));
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString chosen = QFileDialog::getOpenFileName(this, tr("Logo"), logo_->text(),
                                                        tr("Pictures (*.png *.jpg *.jpeg *.svg)"));
    if (!chosen.isEmpty()) logo_->setText(chosen);
  });
  timesRow_ = side({from_, new QLabel(tr("to")), to_});
  marksRow_ = side({title_, clock_, legend_, scaleBar_});
  logoRow_ = side({logo_, browse});
  form_->addRow(tr("Size"), size_);
  form_->addRow(tr("Times"), timesRow_);
  form_->addRow(tr("Speed"), speed_);
  form_->addRow(tr("Pictures in between"), between_);
  form_->addRow(tr("With"), marksRow_);
  form_->addRow(tr("Note"), note_);
  form_->addRow(tr("Logo"), logoRow_);
}

void ExportDialog::buildLowerRows() {
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
  write_->setObjectName("write");
  write_->setDefault(true);
  cancel_ = new QPushButton(tr("Close"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(progress_, 1);
  buttons->addStretch();
  buttons->addWidget(cancel_);
  buttons->addWidget(write_);
  form_->addRow(tr("Equal command"), command_);
  form_->addRow(message_);
  form_->addRow(buttons);
}

void ExportDialog::wire() {
  const auto show = [this] { showWhatCanBeChosen(); };
  connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::proposeName);
  for (QComboBox* box : {content_, from_, to_})
    connect(box, &QComboBox::currentIndexChanged, this, show);
  for (QSpinBox* box : {between_, millimetres_, dotsPerInch_})
    connect(box, &QSpinBox::valueChanged, this, show);
  for (QLineEdit* line : {file_, note_, logo_}) connect(line, &QLineEdit::textChanged, this, show);
  for (QCheckBox* box : {title_, clock_, legend_, scaleBar_})
    connect(box, &QCheckBox::toggled, this, show);
  connect(size_, &QComboBox::currentTextChanged, this, show);
  connect(speed_, &QDoubleSpinBox::valueChanged, this, show);
  connect(write_, &QPushButton::clicked, this, &ExportDialog::write);
  connect(cancel_, &QPushButton::clicked, this,
          [this] { job_.isRunning() ? job_.cancel() : reject(); });
  connect(this, &QDialog::rejected, this, [this] { if (!job_.isRunning()) setRunning(false); });
}

/// Choices are those of the last export, also after the program was closed; times and names belong
/// to the event.
void ExportDialog::remember(bool write) {
  QSettings settings;
  const auto keep = [&](const char* key, QVariant now, const auto& set) {
    const QString name = QString("export/") + key;
    if (write)
      settings.setValue(name, now);
    else if (settings.contains(name))
      set(settings.value(name));
  };
  const auto keepBox = [&](const char* key, QCheckBox* box) {
    keep(key, box->isChecked(), [=](const QVariant& value) { box->setChecked(value.toBool()); });
  };
  const auto keepNumber = [&](const char* key, QSpinBox* box) {
    keep(key, box->value(), [=](const QVariant& value) { box->setValue(value.toInt()); });
  };
  const auto keepChoice = [&](const char* key, QComboBox* box) {
    keep(key, box->currentIndex(), [=](const QVariant& value) {
      box->setCurrentIndex(std::clamp(value.toInt(), 0, box->count() - 1));
    });
  };
  const auto keepText = [&](const char* key, QLineEdit* line) {
    keep(key, line->text(), [=](const QVariant& value) { line->setText(value.toString()); });
  };
  keepChoice("content", content_);
  keepChoice("format", format_);
  keep("size", size_->currentText(),
       [&](const QVariant& value) { size_->setCurrentText(value.toString()); });
  keep("speed", speed_->value(), [&](const QVariant& value) { speed_->setValue(value.toDouble()); });
  keepNumber("between", between_);
  keepNumber("millimetres", millimetres_);
  keepNumber("dotsPerInch", dotsPerInch_);
  keepBox("title", title_);
  keepBox("clock", clock_);
  keepBox("legend", legend_);
  keepBox("scaleBar", scaleBar_);
  keepText("note", note_);
  keepText("logo", logo_);
}

void ExportDialog::open(const ExportSubject& subject) {
  if (!job_.isRunning()) {
    takeSubject(subject);
    message_->clear();
  }
  show();
  raise();
}

void ExportDialog::repeat(const ExportSubject& subject) {
  if (job_.isRunning()) return open(subject);
  takeSubject(subject);
  show();
  write();
}

/// The part of the time axis that was chosen stays chosen while the event has it.
void ExportDialog::takeSubject(const ExportSubject& subject) {
  subject_ = subject;
  for (QComboBox* box : {from_, to_}) {
    const QString chosen = box->currentText();
    const QSignalBlocker quiet(box);
    box->clear();
    const ValidTime run = subject.context ? subject.context->runTime : ValidTime::max();
    for (const ValidTime time : subject.panes ? subject.panes->times() : std::vector<ValidTime>())
      box->addItem(time > run ? tr("%1 UTC, forecast").arg(QString::fromStdString(clockText(time)))
                              : tr("%1 UTC").arg(QString::fromStdString(clockText(time))));
    const int known = box->findText(chosen);
    box->setCurrentIndex(known >= 0 ? known : box == from_ ? 0 : box->count() - 1);
  }
  proposeName();
}

void ExportDialog::proposeName() {
  const QString name = defaultFileName(subject_, kFormats[format_->currentIndex()].ending);
  file_->setText(QDir(lastFolder()).filePath(name));
  showWhatCanBeChosen();
}

void ExportDialog::showWhatCanBeChosen() {
  const Format& format = kFormats[format_->currentIndex()];
  command_->setText(subject_.observed ? exportCommand(subject_, request()) : QString());
  const bool pictures = isPicture(format);
  const bool film = pictures && QLatin1String(format.ending) != QLatin1String(".png");
  write_->setEnabled(!job_.isRunning() && (!format.needsScenario || subject_.scenario));
  write_->setToolTip(write_->isEnabled() ? QString()
                                         : tr("Needs scenarios; they are still being computed."));
  for (QWidget* widget : {static_cast<QWidget*>(content_), static_cast<QWidget*>(size_), marksRow_,
                          static_cast<QWidget*>(note_), logoRow_})
    form_->setRowVisible(widget, pictures);
  for (QWidget* widget : {timesRow_, static_cast<QWidget*>(speed_), static_cast<QWidget*>(between_)})
    form_->setRowVisible(widget, film);
  form_->setRowVisible(paperRow_, isFigure(format));
  adjustSize();
}

void ExportDialog::chooseFile() {
  const QString chosen = QFileDialog::getSaveFileName(
      this, tr("Export to"), file_->text(), QString(), nullptr, QFileDialog::DontConfirmOverwrite);
  if (!chosen.isEmpty()) file_->setText(chosen);
}

/// (0, 0) where the size is left to the panes; not valid for what is no size.
QSize ExportDialog::chosenSize() const {
  if (size_->currentText() == size_->itemText(0)) return {0, 0};
  static const QRegularExpression pattern("^\\s*(\\d{1,5})\\s*[x×*]\\s*(\\d{1,5})\\s*$");
  const auto match = pattern.match(size_->currentText());
  return match.hasMatch() ? QSize(match.captured(1).toInt(), match.captured(2).toInt())
                          : QSize();
}

ExportRequest ExportDialog::request() const {
  const QSize size = chosenSize();
  const Format& format = kFormats[format_->currentIndex()];
  ExportRequest request{.file = file_->text(), .framesPerSecond = speed_->value()};
  request.from = from_->currentIndex() > 0 ? from_->currentIndex() + 1 : 0;
  request.to = to_->currentIndex() + 1 < to_->count() ? to_->currentIndex() + 1 : 0;
  request.between = between_->value();
  request.look.width = std::max(0, size.width());
  request.look.height = std::max(0, size.height());
  request.look.title = title_->isChecked();
  request.look.clock = clock_->isChecked();
  request.look.legend = legend_->isChecked();
  request.look.scaleBar = scaleBar_->isChecked();
  request.look.note = note_->text().toStdString();
  request.look.logoFile =
      logo_->text().isEmpty() ? "" : QFileInfo(logo_->text()).absoluteFilePath().toStdString();
  request.command = QString(format.command).split(' ', Qt::SkipEmptyParts);
  if (isFigure(format))
    request.command << "--mm" << QString::number(millimetres_->value()) << "--dpi"
                    << QString::number(dotsPerInch_->value());
  request.asInWindow = isPicture(format) && content_->currentData().toBool() && subject_.panes &&
                       subject_.context;
  return request;
}

/// Why nothing can be written as it is chosen; empty: it can.
QString ExportDialog::objection(const ExportRequest& asked) const {
  if (!subject_.observed) return tr("There is nothing on the desk to export.");
  if (!isPicture(kFormats[format_->currentIndex()])) return {};
  if (!chosenSize().isValid())
    return tr("The size needs width × height in pixels, for instance 1920 × 1080.");
  if (asked.to > 0 && asked.from > asked.to && !asked.isOnePicture())
    return tr("The first time lies behind the last. Choose a part of the time axis.");
  return {};
}

void ExportDialog::write() {
  const ExportRequest asked = request();
  if (const QString why = objection(asked); !why.isEmpty()) return message_->setText(why);
  if (QFileInfo::exists(asked.file)) {
    const auto answer = QMessageBox::question(
        this, tr("Export"), tr("%1 is already there. Replace it?").arg(asked.file));
    if (answer != QMessageBox::Yes) return;
  }
  QSettings().setValue("export/folder", QFileInfo(asked.file).absolutePath());
  remember(true);
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
