# stormloom_flags: what every target of this project is compiled with.
add_library(stormloom_flags INTERFACE)
target_include_directories(stormloom_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(stormloom_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Werror -Wno-missing-field-initializers>)
# GCC 12 sees overlapping copies where "text" + std::string is written (its bug 105651); later ones do not.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(stormloom_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
target_compile_definitions(stormloom_flags INTERFACE
  STORMLOOM_VERSION="${PROJECT_VERSION}" QT_NO_KEYWORDS)
if(STORMLOOM_SANITIZE_ADDRESS)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined)
elseif(STORMLOOM_SANITIZE_THREAD)
  add_compile_options(-fsanitize=thread -g1)
  add_link_options(-fsanitize=thread)
endif()
if(STORMLOOM_FUZZ)  # the same objects serve tests and fuzz targets
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "Fuzz targets need clang++ (cmake --preset asan).")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# Instrumented code makes GCC see variables as perhaps uninitialised (GCC's manual warns of it with -fsanitize).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND (STORMLOOM_SANITIZE_ADDRESS OR STORMLOOM_SANITIZE_THREAD))
  target_compile_options(stormloom_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
endif()
