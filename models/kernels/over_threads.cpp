#include "models/kernels/over_threads.h"

#include <ATen/Parallel.h>
#include <omp.h>

#ifndef _OPENMP
#error "This file is compiled for OpenMP, else its work is done by one thread."
#endif

namespace stormloom {

void overThreads(std::int64_t count, std::int64_t atLeast,
                 const std::function<void(std::int64_t, std::int64_t)>& work) {
  at::parallel_for(0, count, atLeast, work);
}

OneThreadScope::OneThreadScope(bool wanted) : before_(omp_get_max_threads()) {
  if (wanted) omp_set_num_threads(1);
}

OneThreadScope::~OneThreadScope() { omp_set_num_threads(before_); }

}  // namespace stormloom
