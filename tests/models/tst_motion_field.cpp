#include <torch/torch.h>

#include <QtTest>

#include "models/motion/motion_field.h"

using namespace stormloom;
using torch::Tensor;

namespace {

/// A broad shower whose middle stands at (x, y).
Tensor shower(double x, double y, std::int64_t size, double radius = 9.0) {
  const Tensor axis = torch::arange(size, torch::kFloat32);
  const Tensor dx = (axis - x).square().unsqueeze(0), dy = (axis - y).square().unsqueeze(1);
  return 0.6 * torch::exp(-(dx + dy) / (2.0 * radius * radius));
}

/// (1,7,64,64): two showers that move alike.
Tensor movingShowers(double vx, double vy) {
  std::vector<Tensor> frames;
  for (int k = 0; k < 7; ++k)
    frames.push_back(shower(18 + vx * k, 24 + vy * k, 64) +
                     shower(40 + vx * k, 44 + vy * k, 64, 4.0));
  return torch::stack(frames).unsqueeze(0);
}

}  // namespace

class TestMotionField : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void initTestCase() { torch::set_num_threads(1); }

  void showersGiveTheirOwnSpeedAndDirection() {
    const Tensor motion = motionField(movingShowers(2.5, -1.0));
    const auto at = motion.accessor<float, 4>();
    QVERIFY2(std::abs(at[0][0][20][30] - 2.5f) < 0.25f, std::to_string(at[0][0][20][30]).c_str());
    QVERIFY2(std::abs(at[0][1][20][30] + 1.0f) < 0.25f, std::to_string(at[0][1][20][30]).c_str());
  }

  void extrapolationFollowsThePathAndPersistenceDoesNot() {
    const Tensor frames = movingShowers(2.0, 1.0);
    const Tensor last = frames.select(1, 6);
    const Tensor truth =
        shower(18 + 2.0 * 9, 24 + 9.0, 64) + shower(40 + 2.0 * 9, 44 + 9.0, 64, 4.0);
    const Tensor forecast = extrapolate(last, motionField(frames), 3).select(1, 2)[0];
    const double error = (forecast - truth).square().mean().item<double>();
    const double persistence = (last[0] - truth).square().mean().item<double>();
    QVERIFY2(error < 0.1 * persistence, qPrintable(QString("%1 %2").arg(error).arg(persistence)));
  }

  void rainOutsideIsNotMadeUp() {
    const Tensor frame = torch::ones({1, 16, 16});
    Tensor motion = torch::zeros({1, 2, 16, 16});
    motion.select(1, 0).fill_(4.0);
    const Tensor moved = extrapolate(frame, motion, 2);
    QCOMPARE(moved[0][0][8][2].item<float>(), 0.0f);
    QCOMPARE(moved[0][0][8][4].item<float>(), 1.0f);
    QCOMPARE(moved[0][1][8][6].item<float>(), 0.0f);
  }

  void windowsDoNotKnowTheirNeighbours() {
    const Tensor a = movingShowers(2.0, 1.0), b = movingShowers(-1.0, 2.0);
    const Tensor together = motionField(torch::cat({a, b}));
    QVERIFY(torch::allclose(together.narrow(0, 0, 1), motionField(a), 1e-3, 1e-3));
    QVERIFY(torch::allclose(together.narrow(0, 1, 1), motionField(b), 1e-3, 1e-3));
  }

  void aDryWindowDoesNotMove() {
    const Tensor motion = motionField(torch::zeros({1, 7, 32, 32}));
    QVERIFY(motion.isfinite().all().item<bool>());
    QVERIFY(motion.abs().max().item<float>() < 1e-3f);
  }
};

QTEST_APPLESS_MAIN(TestMotionField)
#include "tst_motion_field.moc"
