# LibTorch as it lies inside a Python installation (the PyPI wheel), without its own CMake package: that one probes
# for GPUs and demands a CUDA toolkit, which a machine without nvcc does not have.
#   STORMLOOM_PYTHON   the interpreter whose torch is used (default: .deps/py of this checkout, else python3)
# Gives LibTorch::LibTorch, STORMLOOM_TORCH_DIR and STORMLOOM_TORCH_CUDA: CUDA's own folder beside it, empty where there
# is none.
if(NOT STORMLOOM_PYTHON)
  if(EXISTS ${PROJECT_SOURCE_DIR}/.deps/py/bin/python3)
    set(STORMLOOM_PYTHON ${PROJECT_SOURCE_DIR}/.deps/py/bin/python3 CACHE FILEPATH "Python with torch")
  else()
    find_program(STORMLOOM_PYTHON python3 REQUIRED)
  endif()
endif()
if(NOT STORMLOOM_TORCH_DIR)
  execute_process(COMMAND ${STORMLOOM_PYTHON} -c
      "import importlib.util, os; print(os.path.dirname(importlib.util.find_spec('torch').origin))"
    OUTPUT_VARIABLE torch_dir OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE torch_missing)
  if(torch_missing)
    message(FATAL_ERROR "${STORMLOOM_PYTHON} has no torch. Run ./stormloom, which installs the pinned one, "
            "or pass -DSTORMLOOM_PYTHON=<an interpreter that has it>.")
  endif()
  set(STORMLOOM_TORCH_DIR ${torch_dir} CACHE PATH "Folder of the torch package")
endif()
file(GLOB nvidia_libs ${STORMLOOM_TORCH_DIR}/../nvidia/*/lib)
file(GLOB STORMLOOM_TORCH_CUDA ${STORMLOOM_TORCH_DIR}/../nvidia/cu13)
set(torch_lib ${STORMLOOM_TORCH_DIR}/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch REQUIRED_VARS STORMLOOM_TORCH_DIR)

if(NOT TARGET LibTorch::LibTorch)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    ${STORMLOOM_TORCH_DIR}/include ${STORMLOOM_TORCH_DIR}/include/torch/csrc/api/include)
  target_compile_definitions(LibTorch::LibTorch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
  set(rpaths -Wl,-rpath,${torch_lib})
  foreach(dir IN LISTS nvidia_libs)
    list(APPEND rpaths -Wl,-rpath-link,${dir})
  endforeach()
  set(cuda_libs)
  if(EXISTS ${torch_lib}/libtorch_cuda.so)
    set(cuda_libs ${torch_lib}/libtorch_cuda.so ${torch_lib}/libc10_cuda.so)
  endif()
  # torch_cuda registers the GPU by being loaded; nothing refers to it by name, hence no-as-needed.
  target_link_libraries(LibTorch::LibTorch INTERFACE ${rpaths}
    -Wl,--push-state,--no-as-needed ${torch_lib}/libtorch.so ${torch_lib}/libtorch_cpu.so ${cuda_libs}
    -Wl,--pop-state ${torch_lib}/libc10.so)
endif()
