#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "models/engine/model_card.h"
#include "models/training.h"
#include "models/training/training_recipe.h"

namespace stormloom {

/// What every network is trained with.
struct TrainingMaterial {
  const TrainingRecipe& recipe;
  const FrameCorpus& corpus;  ///< frames on the device
  torch::Device device;
  bool bf16 = false;
  std::string vaeWeights;  ///< "": none given
  std::string start;       ///< weights that the network begins with; "": none given
  std::string teacher;     ///< folder of a PreDiff whose expectation is learned; "": none
};

/// One network's part of a training run. Made on the device, with its own beginning.
class TrainingTask {
public:
  virtual ~TrainingTask() = default;
  virtual torch::nn::Module& network() = 0;
  /// Data as they are after so many steps; called once, before the first step of a sitting.
  virtual void prepare(std::int64_t steps) = 0;
  virtual void refresh() = 0;  ///< called after each step
  /// Mean loss of one new batch, to be differentiated.
  virtual torch::Tensor loss() = 0;
  /// Figures on the validation event with the weights as they are.
  virtual Json validate() = 0;
  /// What a program must know to use the network.
  virtual Json use() = 0;
  /// A row of pictures (rows,columns,H,W) in [0, 1] to look at.
  virtual torch::Tensor pictures() = 0;
};

std::unique_ptr<TrainingTask> vaeTask(const TrainingMaterial& material);
std::unique_ptr<TrainingTask> denoiserTask(const TrainingMaterial& material);
std::unique_ptr<TrainingTask> alignmentTask(const TrainingMaterial& material);
std::unique_ptr<TrainingTask> earthformerTask(const TrainingMaterial& material);

/// More than a corpus' validation event has.
inline constexpr std::int64_t kAllValidationWindows = 160;
/// The validation windows of a corpus, at most `atMost` of them, evenly spaced; of one event (its row in
/// FrameCorpus::events) or, with -1, of all.
WindowBatch validationWindows(const FrameCorpus& corpus, std::int64_t atMost, int event = -1);

}  // namespace stormloom
