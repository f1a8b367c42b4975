#include <torch/torch.h>

#include <QtTest>

#include "core/errors.h"
#include "models/engine/extrapolated_part.h"
#include "models/engine/intensity_calibration.h"
#include "models/engine/sharpening.h"

using namespace stormloom;
using torch::Tensor;

class TestIntensityCalibration : public QObject {
  Q_OBJECT
private Q_SLOTS:
  void aSmoothForecastGetsTheIntensitiesOfTheExtrapolatedPicture() {
    torch::manual_seed(3);
    const Tensor forecast = 0.1 + 0.2 * torch::rand({2, 6, 8, 8});
    const Tensor extrapolated = torch::rand({2, 6, 8, 8});
    const Tensor matched = matchedByRank(forecast, extrapolated);
    QVERIFY(torch::equal(std::get<0>(matched.flatten(2).sort(2)),
                         std::get<0>(extrapolated.flatten(2).sort(2))));
    QVERIFY(torch::equal(matched.flatten(2).argmax(2), forecast.flatten(2).argmax(2)));
  }

  void dryCellsStayDry() {
    Tensor forecast = torch::rand({1, 1, 8, 8});
    forecast.slice(3, 0, 4).zero_();
    const Tensor matched = matchedByRank(forecast, torch::full({1, 1, 8, 8}, 0.7));
    QCOMPARE(matched.slice(3, 0, 4).abs().max().item<float>(), 0.0f);
  }

  void aCardThatSaysNothingChangesNothing() {
    torch::manual_seed(4);
    const Tensor forecast = torch::rand({1, 6, 8, 8}), extrapolated = torch::rand({1, 6, 8, 8});
    const IntensityCalibration nothing = IntensityCalibration::fromJson(Json::object({}), 6);
    QVERIFY(torch::equal(nothing(forecast, extrapolated), forecast));
  }

  void aCalibrationOfAnotherLengthIsRefused() {
    QVERIFY_EXCEPTION_THROWN(
        IntensityCalibration::fromJson(Json::parse(R"({"matched_share": [1.0, 1.0]})"), 6),
        ModelError);
    QVERIFY_EXCEPTION_THROWN(
        IntensityCalibration::fromJson(Json::parse(R"({"matched_share": [1, 1, 1, 1, 1, 2]})"), 6),
        ModelError);
  }

  void whereRainIsStrongTheExtrapolationSaysWhere() {
    torch::manual_seed(5);
    const Tensor forecast = 0.1 + 0.3 * torch::rand({1, 1, 32, 32});
    Tensor extrapolated = 0.1 * torch::rand({1, 1, 32, 32});
    extrapolated.slice(2, 8, 16).slice(3, 8, 16).fill_(0.8);
    const auto strongInside = [&](double trustedFrom) {
      const IntensityCalibration calibration{{0.0}, {1.0}, trustedFrom};
      const Tensor strong = calibration(forecast, extrapolated) > 0.5;
      return strong.slice(2, 8, 16).slice(3, 8, 16).sum().item<double>() / 64.0;
    };
    QVERIFY(strongInside(0.0) < 0.5);
    QVERIFY2(strongInside(90.0) > 0.95, qPrintable(QString::number(strongInside(90.0))));
  }

  void aPartOfTheExtrapolatedFrameIsGivenByLeadTime() {
    torch::manual_seed(6);
    const Tensor frames = torch::rand({4, 8, 8}), extrapolated = torch::rand({2, 8, 8});
    const ExtrapolatedPart part = ExtrapolatedPart::of({0.25, 0.0}, extrapolated);
    const Tensor given = part.times(2)(frames);  // two forecasts of two lead times
    QVERIFY(torch::allclose(given[0], 0.75 * frames[0] + 0.25 * extrapolated[0]));
    QVERIFY(torch::allclose(given[2], 0.75 * frames[2] + 0.25 * extrapolated[0]));
    QVERIFY(torch::equal(given[3], frames[3]));
    const Tensor second = torch::tensor({1}, torch::kInt64);
    QVERIFY(torch::equal(part.only(second)(frames.slice(0, 0, 1)), frames.slice(0, 0, 1)));
    QVERIFY(torch::equal(ExtrapolatedPart::of({}, extrapolated)(frames), frames));
  }

  void sharpeningKeepsTheMeanAndMakesPeaksHigher() {
    Tensor frames = torch::full({1, 64, 64}, 0.2);
    frames[0][32][32] = 0.5;
    const Tensor sharp = Sharpening{.strength = 0.3, .cells = 2.0}(frames);
    QVERIFY(std::abs(sharp.mean().item<float>() - frames.mean().item<float>()) < 1e-6f);
    QVERIFY(sharp[0][32][32].item<float>() > 0.55f);
    QVERIFY(torch::equal(Sharpening{}(frames), frames));
    QVERIFY(torch::allclose(Sharpening{.strength = 0.3}(torch::full({1, 9, 9}, 0.4)),
                            torch::full({1, 9, 9}, 0.4)));
  }
};

QTEST_APPLESS_MAIN(TestIntensityCalibration)
#include "tst_intensity_calibration.moc"
