# link_statically(PATTERN): of the imported libraries whose names match, the archives that Debian
# ships beside the shared ones go into the programs. gRPC alone brings fifty libraries, and to load
# and to bind them takes a program longer than all that it does before it serves.
function(link_statically pattern)
  get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
  list(FILTER imported INCLUDE REGEX "${pattern}")
  foreach(library ${imported})
    get_target_property(configurations ${library} IMPORTED_CONFIGURATIONS)
    foreach(configuration ${configurations})
      get_target_property(shared ${library} IMPORTED_LOCATION_${configuration})
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${shared}")
      if(EXISTS "${archive}")
        set_target_properties(${library} PROPERTIES IMPORTED_LOCATION_${configuration} ${archive})
      endif()
    endforeach()
  endforeach()
endfunction()
