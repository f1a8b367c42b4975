#pragma once

#include <functional>
#include <stop_token>
#include <string>

namespace stormloom {

/// `stormloom-cli train vae|denoiser|alignment|earthformer`; a run is described by one JSON file and repeated from it:
/// what is empty here, the recipe's "run" says.
struct TrainingRequest {
  std::string network;     ///< "vae", "denoiser", "alignment", "earthformer"
  std::string data;        ///< training corpus (HDF5, data/train/README.md)
  std::string output;      ///< weights file (.safetensors); model card, run, log and state lie beside it
  std::string recipe;      ///< JSON file with sizes and rates; "": the shipped recipe of the network
  std::string vae;         ///< weights of the VAE (denoiser, alignment)
  std::string start;       ///< weights to begin with, their card beside them; "": a new beginning
  std::string teacher;     ///< folder of a PreDiff that teaches the Earthformer; "": none
  std::string device = "auto";
  std::string precision;    ///< "fp32", "tf32", "bf16"; "": as the recipe's run says, else bf16
  double maxMinutes = 0.0;  ///< 0: as the recipe says; stops cleanly with a state to resume from
  double stateSeconds = 60.0;  ///< between states that a killed run goes on from
  bool resume = true;       ///< go on from the state beside the output, if there is one
};
using TrainingLog = std::function<void(const std::string& line)>;
void train(const TrainingRequest& request, std::stop_token stop, const TrainingLog& log);

}  // namespace stormloom
