#include "app/gui/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTimer>

#include "app/figure/desk_film.h"
#include "app/gui/export_formats.h"
#include "core/file_ending.h"

namespace stormloom {

namespace {

/// What a picture or an animation shows.
enum class Content { AllPanes, ActivePane, Scenarios };

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

/// Long words, such as names of files, may be broken anywhere.
QString breakable(QString text) {
  constexpr qsizetype kLongWord = 24;
  qsizetype since = 0;
  for (qsizetype i = 0; i < text.size(); ++i) {
    since = text[i].isSpace() ? 0 : since + 1;
    if (since < kLongWord || text[i].isHighSurrogate()) continue;
    text.insert(i + 1, QChar(0x200B));
    since = 0;
  }
  return text;
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
    tell(left);
  });
  const auto ended = [this](const QString& sentence) {
    setRunning(false);
    tell(sentence);
    if (!isVisible()) Q_EMIT said(sentence);
  };
  connect(&job_, &ExportJob::done, this,
          [=, this](const QString& file) {
            ended((asked_.isFilm() ? tr("Written and read again: %1") : tr("Written: %1")).arg(file));
          });
  connect(&job_, &ExportJob::failed, this, ended);
  connect(&job_, &ExportJob::cancelled, this,
          [=] { ended(tr("Cancelled; nothing was left behind.")); });
}

void ExportDialog::build() {
  rows_ = new QGridLayout(this);
  rows_->setColumnStretch(1, 1);
  content_ = new QComboBox;
  content_->setObjectName("content");
  content_->addItem(tr("All panes, as in the window"), int(Content::AllPanes));
  content_->addItem(tr("The active pane alone"), int(Content::ActivePane));
  content_->addItem(tr("Observed and scenarios, side by side"), int(Content::Scenarios));
  format_ = new QComboBox;
  format_->setObjectName("format");
  for (const ExportFormat& format : kFormats) format_->addItem(tr(format.name));
  addRow(tr("What"), content_);
  addRow(tr("Format"), format_);
  buildPictureRows();
  millimetres_ = numbers(40, 1200, 180, tr(" mm wide"));
  dotsPerInch_ = numbers(36, 1200, 300, tr(" dots an inch"));
  paperRow_ = side({millimetres_, dotsPerInch_});
  addRow(tr("On paper"), paperRow_);
  buildValueRows();
  file_ = new QLineEdit;
  file_->setObjectName("file");
  file_->setMinimumWidth(420);
  auto* browse = new QPushButton(tr("Choose…"));
  connect(browse, &QPushButton::clicked, this, &ExportDialog::chooseFile);
  addRow(tr("File"), side({file_, browse}));
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
  between_ = numbers(0, 60, 0, QString());
  between_->setSpecialValueText(tr("none"));
  between_->setToolTip(tr("Computed along the motion of the rain and marked as interpolated."));
  title_ = checked(tr("Title"));
  clock_ = checked(tr("Clock"));
  legend_ = checked(tr("Legend"));
  scaleBar_ = checked(tr("Scale bar"));
  zoomed_ = checked(tr("Zoom as in the window"));
  zoomed_->setObjectName("zoomed");
  zoomed_->setToolTip(tr("The part that the maps show now, to whole cells. Otherwise all of it."));
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
  marksRow_ = side({title_, clock_, legend_, scaleBar_, zoomed_});
  logoRow_ = side({logo_, browse});
  addRow(tr("Size"), size_);
  addRow(tr("Times"), timesRow_);
  addRow(tr("Speed"), speed_);
  addRow(tr("Pictures in between"), between_);
  addRow(tr("With"), marksRow_);
  addRow(tr("Note"), note_);
  addRow(tr("Logo"), logoRow_);
}

void ExportDialog::buildValueRows() {
  values_ = new QComboBox;
  values_->setObjectName("values");
  for (const ExportValues& values : kValues) values_->addItem(tr(values.name));
  percentile_ = numbers(1, 99, 90, tr(" %"));
  percentile_->setObjectName("percentile");
  threshold_ = numbers(1, 254, 133, tr(" of 255"));
  threshold_->setObjectName("threshold");
  nSigma_ = new QComboBox;
  nSigma_->setObjectName("nSigma");
  thresholds_ = new QLineEdit("74,133,181");
  thresholds_->setObjectName("thresholds");
  thresholds_->setToolTip(tr("On the 0-255 scale, separated by commas."));
  valuesRow_ = side({values_, percentile_, threshold_, nSigma_});
  addRow(tr("Values"), valuesRow_);
  addRow(tr("Thresholds"), thresholds_);
}

void ExportDialog::buildLowerRows() {
  constexpr int kCommandLines = 5;
  command_ = new QPlainTextEdit;
  command_->setObjectName("command");
  command_->setReadOnly(true);  // broken anywhere: names have no blanks
  command_->setFixedHeight(command_->fontMetrics().lineSpacing() * (kCommandLines + 1));
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
  addRow(tr("Equal command"), command_);
  rows_->addWidget(message_, rows_->rowCount(), 0, 1, 2);
  rows_->addLayout(buttons, rows_->rowCount(), 0, 1, 2);
}

void ExportDialog::wire() {
  const auto show = [this] { showWhatCanBeChosen(); };
  connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::proposeName);
  for (QComboBox* box : {content_, from_, to_, values_, nSigma_})
    connect(box, &QComboBox::currentIndexChanged, this, show);
  for (QSpinBox* box : {between_, millimetres_, dotsPerInch_, percentile_, threshold_})
    connect(box, &QSpinBox::valueChanged, this, show);
  for (QLineEdit* line : {file_, note_, logo_, thresholds_}) connect(line, &QLineEdit::textChanged, this, show);
  for (QCheckBox* box : {title_, clock_, legend_, scaleBar_, zoomed_})
    connect(box, &QCheckBox::toggled, this, show);
  connect(size_, &QComboBox::currentTextChanged, this, show);
  connect(speed_, &QDoubleSpinBox::valueChanged, this, show);
  connect(write_, &QPushButton::clicked, this, &ExportDialog::write);
  connect(cancel_, &QPushButton::clicked, this,
          [this] {
            if (job_.isRunning()) return job_.cancel();
            if (writing_) return setRunning(false);  // panes are still collected
            reject();
          });
  connect(this, &QDialog::rejected, this, [this] {
    if (isWriting()) Q_EMIT said(tr("The export goes on; Ctrl+Shift+E shows how far it is."));
  });
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
  keepChoice("values", values_);
  keepNumber("percentile", percentile_);
  keepNumber("threshold", threshold_);
  keepText("thresholds", thresholds_);
  keepBox("title", title_);
  keepBox("clock", clock_);
  keepBox("legend", legend_);
  keepBox("scaleBar", scaleBar_);
  keepText("note", note_);
  keepText("logo", logo_);
}

void ExportDialog::open(const ExportSubject& subject) {
  if (!isWriting()) {
    takeSubject(subject);
    proposeName();
    message_->clear();
  }
  show();
  raise();
}

void ExportDialog::repeat(const ExportSubject& subject) {
  if (isWriting()) return open(subject);
  takeSubject(subject);
  proposeName();
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
  const QString chosen = nSigma_->currentText();
  const QSignalBlocker quiet(nSigma_);
  nSigma_->clear();
  nSigma_->addItem(tr("every n"));
  for (const double n : subject.scenario ? subject.scenario->request.nSigma : std::vector<double>())
    nSigma_->addItem(tr("n = %1").arg(n), n);
  nSigma_->setCurrentIndex(std::max(0, nSigma_->findText(chosen)));
}

void ExportDialog::refresh(const ExportSubject& subject) {
  if (isWriting()) return;
  const bool proposed = file_->text() == proposed_;
  takeSubject(subject);
  if (proposed) return proposeName();
  showWhatCanBeChosen();
}

void ExportDialog::proposeName() {
  const QString name = defaultFileName(subject_, kFormats[format_->currentIndex()].ending);
  proposed_ = QDir(lastFolder()).filePath(name);
  file_->setText(proposed_);
  showWhatCanBeChosen();
}

/// What is drawn or written as it is chosen.
ExportSubject ExportDialog::chosenSubject() const {
  ExportSubject chosen = subject_;
  if (chosen.panes && Content(content_->currentData().toInt()) == Content::ActivePane)
    chosen.panes = chosen.panes->activePaneAlone();
  if (chosen.panes && chosen.panes->showsPart() && !zoomed_->isChecked())
    chosen.panes = chosen.panes->withWholeMaps();
  return chosen;
}

/// Below the rows, which make room for it.
void ExportDialog::tell(const QString& sentence) {
  message_->setText(breakable(sentence));
  adjustSize();
}

/// Not in a QFormLayout: that of Qt 6.4 writes beyond its memory when rows come and go beside a text
/// whose height depends on its width.
void ExportDialog::addRow(const QString& name, QWidget* field) {
  auto* label = new QLabel(name);
  label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  label->setBuddy(field);
  const int row = rows_->rowCount();
  rows_->addWidget(label, row, 0);
  rows_->addWidget(field, row, 1);
}

void ExportDialog::showRow(QWidget* field, bool shown) {
  field->setVisible(shown);
  const int at = rows_->indexOf(field);
  int row = 0, column = 0, rowSpan = 0, columnSpan = 0;
  rows_->getItemPosition(at, &row, &column, &rowSpan, &columnSpan);
  rows_->itemAtPosition(row, 0)->widget()->setVisible(shown);
}

void ExportDialog::showWhatCanBeChosen() {
  const ExportFormat& format = kFormats[format_->currentIndex()];
  const ExportValues& values = kValues[values_->currentIndex()];
  const bool ofValues = isOfValues(format);
  command_->setPlainText(subject_.observed ? exportCommand(chosenSubject(), request()) : QString());
  const bool pictures = isPicture(format);
  const bool film = pictures && QLatin1String(format.ending) != QLatin1String(".png");
  const bool lacksScenarios =
      !subject_.scenario && (format.needsScenario || (ofValues && values.ofForecast));
  write_->setEnabled(!isWriting() && !lacksScenarios);
  write_->setToolTip(lacksScenarios ? tr("Needs scenarios; they are still being computed.")
                                    : QString());
  for (QWidget* widget : {static_cast<QWidget*>(content_), static_cast<QWidget*>(size_), marksRow_,
                          static_cast<QWidget*>(note_), logoRow_})
    showRow(widget, pictures);
  for (QWidget* widget : {timesRow_, static_cast<QWidget*>(speed_), static_cast<QWidget*>(between_)})
    showRow(widget, film);
  zoomed_->setVisible(subject_.panes && subject_.panes->showsPart() &&
                      Content(content_->currentData().toInt()) != Content::Scenarios);
  showRow(paperRow_, isFigure(format));
  const QString product = values.product;
  showRow(valuesRow_, ofValues);
  percentile_->setVisible(product == "percentile");
  threshold_->setVisible(product == "exceedance");
  nSigma_->setVisible(nSigma_->count() > 2);  // more than one
  showRow(thresholds_, hasThresholds(format) && product != "exceedance");
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
  const ExportFormat& format = kFormats[format_->currentIndex()];
  ExportRequest request{.file = file_->text(), .framesPerSecond = speed_->value()};
  if (*format.ending && lowerEnding(request.file.toStdString()).empty()) request.file += format.ending;
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
  if (isOfValues(format)) request.command += valueWords();
  request.asInWindow = isPicture(format) && subject_.panes && subject_.context &&
                       Content(content_->currentData().toInt()) != Content::Scenarios;
  return request;
}

/// Options of `stormloom-cli export` in the order of their names, as they are recorded.
QStringList ExportDialog::valueWords() const {
  const QString product = kValues[values_->currentIndex()].product;
  QStringList words;
  if (nSigma_->currentIndex() > 0) words << "--n" << nSigma_->currentData().toString();
  if (product == "percentile") words << "--percentile" << QString::number(percentile_->value());
  if (product != "intensity") words << "--product" << product;
  if (product == "exceedance")
    words << "--threshold" << QString::number(threshold_->value());
  else if (hasThresholds(kFormats[format_->currentIndex()]))
    words << "--threshold" << thresholds_->text().remove(' ');
  return words;
}

/// Why nothing can be written as it is chosen; empty: it can.
QString ExportDialog::objection(const ExportRequest& asked) const {
  const ExportFormat& format = kFormats[format_->currentIndex()];
  if (!subject_.observed) return tr("There is nothing on the desk to export.");
  for (const std::string& source : sourcesOf(*subject_.observed))
    if (QFileInfo(QString::fromStdString(source)) == QFileInfo(asked.file))
      return tr("This file is open: what is made of it must not take its place. Choose another name.");
  if (lowerEnding(asked.file.toStdString()) != format.ending && !QFileInfo(asked.file).isDir())
    return *format.ending
               ? tr("Files of this format end in %1. Change the name, or choose another format.")
                     .arg(format.ending)
               : tr("This is written as a folder, whose name has no ending. Change the name, or "
                    "choose another format.");
  const bool scores = QString(format.command) == "verify" || QString(format.command).endsWith("scores");
  if (scores && !subject_.truthIsShown)
    return tr("Scores need what was observed after the run time. Open those frames too, and show them.");
  if (isOfValues(format) && kValues[values_->currentIndex()].ofMembers && nSigma_->count() > 2 &&
      nSigma_->currentIndex() == 0)
    return tr("Members of different n make no ensemble. Choose one n.");
  if (!isPicture(format)) return {};
  if (!chosenSize().isValid())
    return tr("The size needs width × height in pixels, for instance 1920 × 1080.");
  if (asked.look.width > 0 && !isFigureSize(asked.look.width, asked.look.height))
    return tr("Pictures have from 320 × 240 to 16384 × 16384 pixels, at most 150 million. Choose another size.");
  if (asked.to > 0 && asked.from > asked.to && !asked.isOnePicture())
    return tr("The first time lies behind the last. Choose a part of the time axis.");
  return {};
}

void ExportDialog::write() {
  asked_ = request();
  written_ = chosenSubject();
  if (const QString why = objection(asked_); !why.isEmpty()) return tell(why);
  if (QFileInfo::exists(asked_.file)) {
    const auto answer = QMessageBox::question(
        this, tr("Export"), tr("%1 is already there. Replace it?").arg(asked_.file),
        QMessageBox::Yes | QMessageBox::No, QMessageBox::No);
    if (answer != QMessageBox::Yes) return;
  }
  QSettings().setValue("export/folder", QFileInfo(asked_.file).absolutePath());
  remember(true);
  setRunning(true);
  if (asked_.asInWindow) return gatherPanes();
  job_.start(written_, asked_);
}

/// One time of the panes in each turn of the event loop, then the rest in the background.
void ExportDialog::gatherPanes() {
  if (!writing_) return;
  if (!written_.panes->addNext()) return job_.start(written_, asked_);
  tell(tr("collecting the panes, %1 %").arg(int(100.0 * written_.panes->share())));
  QTimer::singleShot(0, this, &ExportDialog::gatherPanes);
}

void ExportDialog::setRunning(bool running) {
  writing_ = running;
  progress_->setVisible(running);
  progress_->setValue(0);
  write_->setEnabled(!running);
  cancel_->setText(running ? tr("Cancel") : tr("Close"));
}

}  // namespace stormloom
