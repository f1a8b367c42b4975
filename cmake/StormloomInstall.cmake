# cmake --install build/dev --prefix WHERE: programs and what they look for above themselves (core/program_folder.h).
# The tree may be moved afterwards.
include(GNUInstallDirs)
install(TARGETS stormloom-cli DESTINATION ${CMAKE_INSTALL_BINDIR})
if(STORMLOOM_GUI)
  install(TARGETS stormloom DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS stormloom-decoder DESTINATION ${CMAKE_INSTALL_LIBEXECDIR})
install(DIRECTORY resources/ DESTINATION ${CMAKE_INSTALL_DATADIR}/stormloom)
install(FILES .deps/base_map/base_map.bin .deps/base_map/places.csv DESTINATION ${CMAKE_INSTALL_DATADIR}/stormloom OPTIONAL)
