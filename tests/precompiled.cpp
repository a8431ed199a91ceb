// Compiles the headers that the tests share; see CMakeLists.txt.
