#pragma once

#include <torch/torch.h>

#include <new>
#include <string>

#include "core/errors.h"
#include "models/engine/prediff_model.h"

namespace stormloom {

/// Runs a job of an engine; LibTorch's errors become sentences for a person, and a job that was
/// stopped an empty answer.
template <class Work>
auto inWords(const std::string& device, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Stopped&) {
    if constexpr (std::is_default_constructible_v<decltype(work())>)
      return {};
    else
      throw UsageError("The computation was stopped before there was an answer.");
  } catch (const c10::OutOfMemoryError&) {
    throw DeviceError("The memory of " + device +
                      " ran out. Ask for fewer members at once, or use --device cpu.");
  } catch (const c10::Error& error) {
    throw ModelError(std::string("The computation failed: ") + error.what_without_backtrace() +
                     ". The weights may not suit this program; use the ones that came with it.");
  } catch (const std::bad_alloc&) {
    throw DeviceError("The memory of this machine ran out. Ask for fewer members at once.");
  }
}

}  // namespace stormloom
