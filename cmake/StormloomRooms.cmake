# The four rooms: core <- models <- app, core <- render <- app. An include that points the other way, or past
# the doors of models/ (the headers directly in that folder), stops the build here.
function(stormloom_check_room room)
  cmake_parse_arguments(arg "" "" "FORBIDDEN" ${ARGN})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.h
       ${PROJECT_SOURCE_DIR}/${room}/*.cpp ${PROJECT_SOURCE_DIR}/${room}/*.cu)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  foreach(file IN LISTS files)
    file(STRINGS ${file} includes REGEX "^[ ]*#[ ]*include")
    foreach(line IN LISTS includes)
      foreach(pattern IN LISTS arg_FORBIDDEN)
        if(line MATCHES "${pattern}")
          file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${file})
          message(FATAL_ERROR "${name}: the room ${room}/ may not have: ${line}\n"
                  "Rooms: core <- models <- app, core <- render <- app (docs/architecture.md).")
        endif()
      endforeach()
    endforeach()
  endforeach()
endfunction()

stormloom_check_room(core FORBIDDEN "\"(models|render|app)/" "<(torch|ATen|vtk|Q[A-Z])")
stormloom_check_room(models FORBIDDEN "\"(render|app)/" "<(vtk|Q[A-Z])")
stormloom_check_room(render FORBIDDEN "\"(models|app)/" "<(torch|ATen|Q[A-Z])")
stormloom_check_room(app FORBIDDEN "\"models/[a-z_]+/" "<(torch|ATen)")
