// Samplers of noise-predicting weights, on data whose clean latents are known in closed form.
#include <torch/torch.h>

// clang-format off: LibTorch comes before Qt.
#include <QtTest>
// clang-format on
#include <cmath>

#include "core/errors.h"
#include "models/engine/sampling_plan.h"
#include "models/sampling/respaced_samplers.h"

using namespace stormloom;
using torch::Tensor;

namespace {

constexpr double kMean = 0.7,
                 kDeviation = 0.4;  // of the data: every latent is N(kMean, kDeviation)

const NoiseSchedule& schedule() {
  static const NoiseSchedule official{DiffusionOptions()};
  return official;
}

struct Level {
  double alpha, sigma;
};
Level levelAt(std::int64_t t) {
  const double bar = schedule().alphaBar[t].item<double>();
  return {std::sqrt(bar), std::sqrt(1.0 - bar)};
}

/// Deviation of zt.
double spreadAt(const Level& level) { return std::hypot(level.alpha * kDeviation, level.sigma); }

/// What a perfect denoiser knows of Gaussian data.
Tensor cleanOfGaussian(const Tensor& zt, std::int64_t t) {
  const Level level = levelAt(t);
  const double gain = level.alpha * kDeviation * kDeviation / std::pow(spreadAt(level), 2);
  return kMean + gain * (zt - level.alpha * kMean);
}

Tensor noiseOfGaussian(const Tensor& zt, const Tensor& t) {
  const auto step = t[0].item<std::int64_t>();
  const Level level = levelAt(step);
  return (zt - level.alpha * cleanOfGaussian(zt, step)) / level.sigma;
}

/// Where the diffusion's differential equation leads from zT to step t: quantiles stay quantiles.
Tensor exactAt(const Tensor& zT, std::int64_t t) {
  const Level start = levelAt(999), end = levelAt(t);
  return end.alpha * kMean + spreadAt(end) / spreadAt(start) * (zT - start.alpha * kMean);
}

double largest(const Tensor& difference) { return difference.abs().max().item<double>(); }

/// From step 999 down to step 39 in equal strides, so that all numbers of steps end at the same place.
double dpmError(std::int64_t steps) {
  const Tensor zT = torch::linspace(-3, 3, 61, torch::kFloat64).view({1, -1});
  std::vector<std::int64_t> asked;
  for (std::int64_t k = 0; k <= steps; ++k) asked.push_back(999 - 960 * k / steps);
  const Tensor exact = cleanOfGaussian(exactAt(zT, asked.back()), asked.back());
  return largest(sampleDpmSolver(schedule(), asked, cleanOfGaussian, zT) - exact);
}

double ddimError(std::int64_t steps) {
  const Tensor zT = torch::linspace(-3, 3, 61, torch::kFloat64).view({1, -1});
  const DdimTables tables = ddimTables(schedule(), "uniform", steps, 0.0);
  const auto first = tables.timesteps[steps - 1].item<std::int64_t>();
  const Level start = levelAt(first), begin = levelAt(999);
  const Tensor there =
      start.alpha * kMean + spreadAt(start) / spreadAt(begin) * (zT - begin.alpha * kMean);
  return largest(sampleDdim(tables, cleanOfGaussian, there, {}) - exactAt(zT, 0));
}

StepNoise countedNoise(at::IntArrayRef shape) {
  std::vector<Tensor> each;
  for (int k = 0; k < 1000; ++k) each.push_back(torch::randn(shape));
  return [each](std::int64_t k) { return each[std::size_t(k)]; };
}

}  // namespace

class TestSamplers : public QObject {
  Q_OBJECT

private Q_SLOTS:
  void init() { torch::manual_seed(11); }

  void dpmSolverIsOfSecondOrder() {
    const double coarse = dpmError(20), fine = dpmError(40), finest = dpmError(80);
    QVERIFY2(coarse < 0.05, qPrintable(QString::number(coarse)));
    QVERIFY2(coarse / fine > 3.0, qPrintable(QString("%1 %2").arg(coarse).arg(fine)));
    QVERIFY2(fine / finest > 3.0, qPrintable(QString("%1 %2").arg(fine).arg(finest)));
  }

  void dpmSolverBeatsDdimOfAsManySteps() { QVERIFY(dpmError(25) < 0.5 * ddimError(25)); }

  void ddimWithoutDiceIsOfFirstOrder() {
    const double coarse = ddimError(25), fine = ddimError(50), finest = ddimError(100);
    QVERIFY2(coarse / fine > 1.7, qPrintable(QString("%1 %2").arg(coarse).arg(fine)));
    QVERIFY2(fine / finest > 1.7, qPrintable(QString("%1 %2").arg(fine).arg(finest)));
  }

  void ddimWithAllItsDiceAndEveryStepIsTheAncestralSampler() {
    const Tensor zT = torch::randn({2, 1, 2, 2, 2});
    const StepNoise noise = countedNoise(zT.sizes());
    Tensor beforeTheLast;
    (void)AncestralSampler(schedule(), noiseOfGaussian)
        .sample(zT, noise, {}, [&](std::int64_t k, const Tensor& z) {
          if (k == 998) beforeTheLast = z;
        });
    const Tensor ddim =
        sampleDdim(ddimTables(schedule(), "uniform", 1000, 1.0), cleanOfGaussian, zT, noise);
    QVERIFY2(largest(ddim - beforeTheLast) < 1e-3,
             qPrintable(QString::number(largest(ddim - beforeTheLast))));
  }

  void allSamplersDrawTheDataTheyWereMadeFor_data() {
    QTest::addColumn<QString>("sampler");
    for (const char* name : {"ddpm", "ddim", "ddim with dice", "dpm++"})
      QTest::newRow(name) << name;
  }

  void allSamplersDrawTheDataTheyWereMadeFor() {
    QFETCH(QString, sampler);
    const Tensor zT = torch::randn({1, 1, 40, 40, 8});
    const StepNoise noise = [&](std::int64_t) { return torch::randn_like(zT); };
    Tensor z;
    if (sampler == "ddpm")
      z = *AncestralSampler(schedule(), noiseOfGaussian).sample(zT, noise);
    else if (sampler == "dpm++")
      z = sampleDpmSolver(schedule(), dpmSolverTimesteps(1000, 100), cleanOfGaussian, zT);
    else
      z = sampleDdim(ddimTables(schedule(), "uniform", 100, sampler == "ddim" ? 0.0 : 1.0),
                     cleanOfGaussian, zT, noise);
    QVERIFY2(std::abs(z.mean().item<double>() - kMean) < 0.02,
             qPrintable(QString::number(z.mean().item<double>())));
    QVERIFY2(std::abs(z.std().item<double>() - kDeviation) < 0.02,
             qPrintable(QString::number(z.std().item<double>())));
  }

  void oneStepIsTheEstimateItself() {
    const Tensor zT = torch::randn({1, 4});
    const Tensor z = sampleDpmSolver(schedule(), dpmSolverTimesteps(1000, 1), cleanOfGaussian, zT);
    QVERIFY(torch::equal(z, cleanOfGaussian(zT, 999)));
  }

  void dpmSolverAsksFromTheNoisiestStepDown() {
    QCOMPARE(dpmSolverTimesteps(1000, 4), (std::vector<std::int64_t>{999, 749, 499, 249}));
    const std::vector<std::int64_t> every = dpmSolverTimesteps(12, 12);
    QVERIFY(std::ranges::adjacent_find(every, std::ranges::less_equal()) == every.end());
    QCOMPARE(every.back(), std::int64_t(0));
    QVERIFY_EXCEPTION_THROWN(dpmSolverTimesteps(1000, 0), ModelError);
    QVERIFY_EXCEPTION_THROWN(dpmSolverTimesteps(20, 21), ModelError);
  }

  void samplersAreKnownByName() {
    QVERIFY(diffusionSamplerOf("ddpm").kind == DiffusionSampler::Kind::Ddpm);
    QVERIFY(diffusionSamplerOf("dpm++").kind == DiffusionSampler::Kind::DpmSolver);
    QCOMPARE(diffusionSamplerOf("ddim").eta, 0.0);
    QCOMPARE(diffusionSamplerOf("ddim-quad:0.25").eta, 0.25);
    QCOMPARE(diffusionSamplerOf("ddim-quad:0.25").selection, std::string("quad"));
    for (const char* name : {"", "flow-euler", "ddim:", "ddim:2", "ddim:-1", "ddim:nan",
                             "ddim:0.5x", "dpm++:1", "ddpm:1"})
      QVERIFY_EXCEPTION_THROWN(diffusionSamplerOf(name), UsageError);
  }
};

QTEST_APPLESS_MAIN(TestSamplers)
#include "tst_samplers.moc"
