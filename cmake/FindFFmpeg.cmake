# libavcodec, libavformat, libavutil and libswscale without pkg-config. Gives FFmpeg::FFmpeg.
find_path(FFMPEG_INCLUDE_DIR libavcodec/avcodec.h)
set(ffmpeg_libraries)
foreach(name IN ITEMS avformat avcodec swscale avutil)
  find_library(FFMPEG_${name}_LIBRARY ${name})
  list(APPEND ffmpeg_libraries ${FFMPEG_${name}_LIBRARY})
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(FFmpeg REQUIRED_VARS FFMPEG_INCLUDE_DIR FFMPEG_avformat_LIBRARY
  FFMPEG_avcodec_LIBRARY FFMPEG_swscale_LIBRARY FFMPEG_avutil_LIBRARY)
mark_as_advanced(FFMPEG_INCLUDE_DIR FFMPEG_avformat_LIBRARY FFMPEG_avcodec_LIBRARY FFMPEG_swscale_LIBRARY
  FFMPEG_avutil_LIBRARY)
if(FFmpeg_FOUND AND NOT TARGET FFmpeg::FFmpeg)
  add_library(FFmpeg::FFmpeg INTERFACE IMPORTED)
  target_include_directories(FFmpeg::FFmpeg SYSTEM INTERFACE ${FFMPEG_INCLUDE_DIR})
  target_link_libraries(FFmpeg::FFmpeg INTERFACE ${ffmpeg_libraries})
endif()
