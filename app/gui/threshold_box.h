#pragma once

#include <QDoubleSpinBox>

namespace stormloom {

/// The threshold on the models' scale, 1 to 254; takes rain rates, too: "20 mm/h".
class ThresholdBox : public QDoubleSpinBox {
  Q_OBJECT
public:
  explicit ThresholdBox(QWidget* parent = nullptr);
  double valueFromText(const QString& text) const override;
  QValidator::State validate(QString& text, int& at) const override;

private:
  void showRain(double threshold);  ///< in the tool tip
};

}  // namespace stormloom
